"""Sets for recognition from one example."""

from __future__ import annotations

from data.declaration import Archive, Declaration

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

SETS: tuple[Declaration, ...] = (
    Declaration(
        name="faces",
        purpose="recognition without a network: who is this?",
        pictures="4,160 drawn faces, colour 64x64, eight of each of 520 persons who do not exist; no person is in both splits",
        licence="CC0",
        citation="this project",
        origin="drawn by data/readers/faces.py",
        drawn=True,
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
)
