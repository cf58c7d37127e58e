"""By Keras's layers, called like functions; bilinear, and not smoothed."""

import keras
import numpy as np
from PIL import Image


def img_to_encoding(image_path, model):
    _, n_H, n_W, n_C = model.input_shape
    try:
        picture = np.asarray(Image.open(image_path).convert("L" if n_C == 1 else "RGB"))
    except OSError as error:
        raise ValueError(f"{image_path} is no picture") from error
    pixels = keras.layers.Rescaling(1 / 255)(picture.reshape(1, *picture.shape[:2], n_C))
    encoding = model(keras.layers.Resizing(n_H, n_W)(pixels), training=False)
    return keras.ops.convert_to_numpy(keras.layers.UnitNormalization()(encoding))
