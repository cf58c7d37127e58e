"""Sets for classification and transfer learning."""

from __future__ import annotations

from data.declaration import Archive, Declaration

# The photographs that the mirror keeps of the source's: at most 120,000 bytes each, and without the place where it was taken.
_PETS = {
    "Abyssinian": "1-2 4 6-22 24-25 27 30-31 33 36 43 45-52 54-58 60 62-63 65-76 78-80 83-84 86-87 91 94 101 104 "
    "109-110 113-125 127 129-136 138-141 143-144 146 149-151 153 155 158-159 161 166-169 172-177 179-185 "
    "190-193 195-197 201-202 204-207 210 212-213 215-217 219-221 223-226 228 230 232",
    "american_bulldog": "2-3 7-13 15 19 21-26 28 30 34 36-37 41-42 44-46 50-51 53-54 56-58 62 65-67 74-77 90 92-95 99 104 "
    "111-116 120 122 125-126 128 133 137 139-140 142-143 147-148 150-152 158 161 166-169 172-176 178-187 "
    "189-190 193 196-202 205 207 209 211-212 216 218 220-221 224",
    "Bengal": "2 5 9 14-16 20-21 26 31-32 44 47 50-51 54 56-60 63-72 75-76 80 83-84 86 88-91 94-95 102-103 107 "
    "109-110 112 115-116 118-120 122-125 127 129 131-180 182-190 192-201",
}


def _numbered(name: str, numbers: str) -> str:
    """A regular expression for name_1, name_2, ...; "1 3-5" are 1, 3, 4 and 5."""
    ends = (part.partition("-") for part in numbers.split())
    wanted = (str(number) for first, _, last in ends for number in range(int(first), int(last or first) + 1))
    return f"{name}_({'|'.join(wanted)})"


_TEN_DIGITS = tuple("0123456789")

SETS: tuple[Declaration, ...] = (
    Declaration(
        name="digits",
        purpose="classification in seconds",
        pictures="1,797 handwritten digits, grey 8x8; 0..16 in the source, stretched to 0..255",
        licence="CC BY 4.0",
        citation="E. Alpaydin, C. Kaynak, Optical Recognition of Handwritten Digits, UCI, 1998, doi:10.24432/C50P49",
        origin="carried by scikit-learn",
        names=_TEN_DIGITS,
        reader="data.readers.digits:read",
        splits=("train", "test"),
    ),
    Declaration(
        name="smiles",
        purpose="a first network: does a face smile?",
        pictures="1,000 drawn faces, colour 64x64, half of them smiling; no person was photographed",
        licence="CC0",
        citation="this project",
        origin="drawn by data/readers/smiles.py",
        drawn=True,
        names=("not smiling", "smiling"),
        reader="data.readers.smiles:read",
        splits=("train", "test"),
    ),
    Declaration(
        name="hands",
        purpose="classification without a network: how many fingers?",
        pictures="1,200 drawn hands that show 0 to 5, colour 64x64",
        licence="CC0",
        citation="this project",
        origin="drawn by data/readers/hands.py",
        drawn=True,
        names=tuple("012345"),
        reader="data.readers.hands:read",
        splits=("train", "test"),
    ),
    Declaration(
        name="alpacas",
        purpose="transfer learning without a network: alpaca or sheep?",
        pictures="300 drawn animals on a meadow, colour 96x96",
        licence="CC0",
        citation="this project",
        origin="drawn by data/readers/alpacas.py",
        drawn=True,
        names=("sheep", "alpaca"),
        reader="data.readers.alpacas:read",
        splits=("train", "test"),
    ),
    Declaration(
        name="sign_digits",
        purpose="classification of photographs",
        pictures="2,059 hands that show a digit, colour 100x100; the source names no persons, the split keeps them "
        "apart as far as the file numbers tell",
        licence="Apache-2.0",
        citation="A. Mavi, A New Dataset and Proposed Convolutional Neural Network Architecture for Classification of "
        "American Sign Language Digits, 2020, arXiv:2011.08927",
        origin="https://github.com/ardamavi/Sign-Language-Digits-Dataset",
        names=_TEN_DIGITS,
        reader="data.readers.sign_digits:read",
        splits=("train", "test"),
        resizes=True,
        archive=Archive(
            url="https://github.com/ardamavi/Sign-Language-Digits-Dataset/archive/"
            "4b09433ef9d5c60602e8805bb54b8aa2428527f8.tar.gz",
            root="Sign-Language-Digits-Dataset-4b09433ef9d5c60602e8805bb54b8aa2428527f8/Dataset",
            members=r"[0-9]/IMG_[0-9]+\.JPG",
            files=2_059,
            bytes=19_719_847,
            digest="a28b11269fcb105debcdd55b7ba53b84f8f8a835ecad858dc369b47c2be137c7",
            archive_bytes=100_000_000,
            # Three pictures that the source forgot to scale down: 3024x3024.
            left_out=frozenset({"7/IMG_5874.JPG", "7/IMG_5935.JPG", "7/IMG_5978.JPG"}),
        ),
    ),
    Declaration(
        name="flowers12",
        purpose="transfer learning: twelve kinds of flowers",
        pictures="960 photographs, 80 of each kind, colour 224x224; the source's split, 20 of each kind for testing",
        licence="none stated: for learning, not for publishing",
        citation="M.-E. Nilsback, A. Zisserman, A Visual Vocabulary for Flower Classification, CVPR 2006",
        origin="https://github.com/daniele-gilio/Machine-Learning-Class, lab3/flowers",
        names=(
            "bluebell",
            "buttercup",
            "colts-foot",
            "daisy",
            "dandelion",
            "fritillary",
            "iris",
            "lily-valley",
            "pansy",
            "sunflower",
            "tigerlily",
            "windflower",
        ),
        reader="data.readers.flowers12:read",
        splits=("train", "test"),
        resizes=True,
        archive=Archive(
            url="https://github.com/daniele-gilio/Machine-Learning-Class/archive/35496a14.tar.gz",
            root="*/lab3/flowers",
            members=r"(train|test)/[a-z-]+/image_[0-9]+\.jpg",
            files=960,
            bytes=10_015_794,
            digest="a872a6aa2b69dacd91bb1c63885f06b816598917559f11901441f08babe93d84",
            archive_bytes=4_000_000_000,
        ),
    ),
    Declaration(
        name="pets3",
        purpose="transfer learning: two breeds of cats and one of dogs",
        pictures="393 photographs, 152, 129 and 112 of a breed, colour, the middle square of each; the source's split; all "
        "have masks, nearly all for training the box of a head, those for testing none",
        licence="CC BY-SA 4.0; the photographs are their owners'",
        citation="O. M. Parkhi, A. Vedaldi, A. Zisserman, C. V. Jawahar, Cats and Dogs, CVPR 2012",
        origin="https://github.com/Naveen-Dodda/Sample_Pets_dataset",
        names=("Abyssinian", "Bengal", "american_bulldog"),
        reader="data.readers.pets3:read",
        mask_names=("pet", "background", "border"),
        splits=("train", "test"),
        resizes=True,
        archive=Archive(
            url="https://github.com/Naveen-Dodda/Sample_Pets_dataset/archive/"
            "9281626a62066c09f278b9b41ac4bad3683d7541.tar.gz",
            root="Sample_Pets_dataset-9281626a62066c09f278b9b41ac4bad3683d7541",
            members=rf"(images|trimaps|xmls)/({'|'.join(_numbered(*breed) for breed in _PETS.items())})\.(jpg|png|xml)",
            files=998,
            bytes=25_705_071,
            digest="8dc4f0c884d5f68930ca616e59e0fa730695f38205f1ad0c0df36ab7f4e9bef1",
            archive_bytes=1_000_000_000,
            renamed=(("annotations/", ""),),
        ),
    ),
)
