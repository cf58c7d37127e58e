"""Boxes as the PASCAL VOC challenge wrote them down: an .xml file for a picture."""

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray


def boxes(path: Path) -> tuple[list[str], NDArray[np.float32]]:
    """The names of the things in a picture, and their boxes x1, y1, x2, y2 in its pixels, float32 (N, 4).

    The source counts pixels from 1 and includes the last one. What has no area there is left out.

    Source: M. Everingham et al., The PASCAL Visual Object Classes Challenge, IJCV 88(2), 2010.
    """
    names, found = [], []
    for thing in ElementTree.parse(path).iter("object"):
        x1, y1, x2, y2 = (int(thing.findtext(f"bndbox/{side}", "")) for side in ("xmin", "ymin", "xmax", "ymax"))
        if x1 < x2 and y1 < y2:
            names.append(thing.findtext("name", ""))
            found.append((x1 - 1, y1 - 1, x2, y2))
    return names, np.array(found, np.float32).reshape(-1, 4)
