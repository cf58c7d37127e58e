"""By formulas that say the same."""

import keras
import numpy as np
from PIL import Image


def img_to_encoding(image_path, model):
    _, n_H, n_W, n_C = model.input_shape
    try:
        with Image.open(image_path) as opened:
            picture = opened.convert("L" if n_C == 1 else "RGB")
    except (OSError, SyntaxError) as error:  # Pillow calls some broken files a SyntaxError
        raise ValueError(f"{image_path} cannot be read as a picture: {error}") from error
    picture = picture.resize((n_W, n_H), Image.Resampling.BOX)
    pixels = np.asarray(picture, dtype=np.float32).reshape(1, n_H, n_W, n_C) / 255
    encoding = keras.ops.convert_to_numpy(model(pixels, training=False))
    return encoding / np.linalg.norm(encoding, axis=-1, keepdims=True)


def triplet_loss(y_true, y_pred, alpha=0.2):
    a, p, n = y_pred
    cost = keras.ops.sum(p * p - n * n - 2 * a * (p - n), axis=-1) + alpha
    return keras.ops.sum(keras.ops.where(cost > 0, cost, keras.ops.zeros_like(cost)))


def siamese_head(f_i, f_j, w, b):
    z = np.sum(np.abs(f_i - f_j) * w, axis=-1) + b
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def best_threshold(distances, same):
    order = np.argsort(distances, kind="stable")
    distances, same = distances[order].astype(float), same[order].astype(int)
    gain = np.concatenate([[0], np.cumsum(2 * same - 1)])
    for place in range(1, len(distances)):
        if distances[place] == distances[place - 1]:
            gain[place] = -len(distances) - 1
    best = int(np.argmax(gain))
    return float(distances[best]) if best < len(distances) else float(distances[-1] * 2 + 1)


def identification_error(p, K):
    return float(-np.expm1(K * np.log1p(-p))) if p < 1 else float(K > 0)
