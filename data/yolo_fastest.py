"""`data.yolo_fastest`: detectors of 80 kinds of things, small enough for a telephone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import DataError, nearest

if TYPE_CHECKING:
    import keras

    from data.darknet import Head

NETWORKS = ("yolo-fastest-1.1-xl", "yolo-fastest-1.1")
# As Darknet's coco.names has them.
_NAMES = (
    "person, bicycle, car, motorbike, aeroplane, bus, train, truck, boat, traffic light, fire hydrant, stop sign, "
    "parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, backpack, umbrella, "
    "handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, "
    "skateboard, surfboard, tennis racket, bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, "
    "sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake, chair, sofa, pottedplant, bed, diningtable, "
    "toilet, tvmonitor, laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, "
    "refrigerator, book, clock, vase, scissors, teddy bear, hair drier, toothbrush"
)
COCO_NAMES = tuple(_NAMES.split(", "))


def yolo_fastest(name: str = "yolo-fastest-1.1-xl") -> tuple[keras.Model, list[Head], tuple[str, ...]]:
    """A detector that has been trained on COCO, what is to be known of its outputs, and the names of its 80 classes.

    name  "yolo-fastest-1.1-xl", or the smaller "yolo-fastest-1.1"

    The `keras.Model` takes pictures float (m, 320, 320, 3), RGB from 0 to 1, stretched to that square whatever their shape.
    It gives two raw outputs, (m, 10, 10, 255) and (m, 20, 20, 255), and there is a `data.darknet.Head` for each:
    `data.darknet.all_decoded(outputs, heads)` makes boxes and scores of them.

    Raises DataError for a name that there is not, and where the weights can neither be found nor fetched.

    Source: dog-qiuqiu, Yolo-Fastest, 2021, doi:10.5281/zenodo.5131532.
    """
    if name not in NETWORKS:
        raise DataError(f"There is no network {name!r}; the nearest name is {nearest(name, NETWORKS)!r}.")
    from data.catalogue import find_weights
    from data.darknet import read
    from data.lookup import content_folder

    declared = find_weights("w_yolo_fastest")
    folder = content_folder(declared.name, declared.archive)
    model, heads = read(folder / f"{name}.cfg", folder / f"{name}.weights")
    return model, heads, COCO_NAMES
