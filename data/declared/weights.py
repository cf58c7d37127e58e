"""Networks that others have trained."""

from __future__ import annotations

from data.declaration import Archive, Weights

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
