"""`data.trained` and `data.keep`: training that has been done already need not be done again."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from data.errors import DataError
from data.pretrained import WEIGHTS

if TYPE_CHECKING:
    import keras


def trained(name: str | Path, model: keras.Model) -> bool:
    """Fill a model with the weights that are kept under a name, where there are any: "load, or else train".

    name   such as "bccd_yolo", for data/weights/bccd_yolo.npz; or a path that ends with .npz
    model  built like the one that was kept: as many weights, in the same order, of the same shapes

    Returns True, or False where nothing is kept under that name; then the model is as it was.

    Raises `data.DataError` where what is kept does not fit the model, or is damaged; the model is as it was then, too.
    """
    import numpy as np

    path = _place(name)
    if not path.is_file():
        return False
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = [file[str(place)] for place in range(len(file.files))]
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{path} is damaged ({error}). Fetch it again, or remove it and train.") from None
    kept, wanted = [array.shape for array in arrays], [tuple(weight.shape) for weight in model.weights]
    if kept != wanted:
        raise DataError(
            f"{path} does not fit the model: {_difference(kept, wanted)}. Build the model as its card says."
        )
    for weight, array in zip(model.weights, arrays, strict=True):
        weight.assign(array.astype("float32"))
    return True


def keep(name: str | Path, model: keras.Model) -> Path:
    """Write a model's weights where `data.trained` finds them, filters in half precision, everything else in single.

    name   as for `data.trained`; what was kept under it is replaced

    Returns the file, of bare arrays that are named by their places in `model.weights`.
    """
    import keras
    import numpy as np

    path = _place(name)
    values = [keras.ops.convert_to_numpy(weight) for weight in model.weights]
    halved = {str(k): one.astype(np.float16 if one.ndim > 1 else np.float32) for k, one in enumerate(values)}
    np.savez_compressed(path, **halved)
    return path


def _place(name: str | Path) -> Path:
    return Path(name) if Path(name).suffix == ".npz" else WEIGHTS / f"{name}.npz"


def _difference(kept: list[tuple[int, ...]], wanted: list[tuple[int, ...]]) -> str:
    if len(kept) != len(wanted):
        return f"it holds {len(kept)} weights, the model has {len(wanted)}"
    place = next(k for k, shapes in enumerate(zip(kept, wanted, strict=True)) if shapes[0] != shapes[1])
    return f"weight {place} has the shape {kept[place]}, the model's {wanted[place]}"
