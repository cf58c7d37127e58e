"""In double precision, as far as the model lets it."""

import keras
import numpy as np
from PIL import Image


def img_to_encoding(image_path, model):
    _, n_H, n_W, n_C = model.input_shape
    try:
        with Image.open(image_path) as opened:
            picture = opened.convert("L" if n_C == 1 else "RGB").resize((n_W, n_H), Image.Resampling.BILINEAR)
    except OSError as error:
        raise ValueError(f"{image_path}: {error}") from error
    pixels = np.asarray(picture, dtype=np.float64).reshape(1, n_H, n_W, n_C) / 255
    encoding = keras.ops.convert_to_numpy(model(pixels, training=False))
    return encoding / np.linalg.norm(encoding, axis=-1, keepdims=True)
