"""By routines of Keras, SciPy and scikit-learn."""

import keras
import numpy as np


def img_to_encoding(image_path, model):
    height, width, channels = model.input_shape[1:]
    try:
        image = keras.utils.load_img(image_path, target_size=(height, width), color_mode="grayscale" if channels == 1 else "rgb")
    except Exception as error:
        raise ValueError(f"There is no picture that can be read in {image_path}.") from error
    batch = np.expand_dims(keras.utils.img_to_array(image) / 255.0, axis=0)
    embedding = model.predict_on_batch(batch)
    return embedding / np.linalg.norm(embedding, ord=2)


def siamese_head(f_i, f_j, w, b):
    from scipy.special import expit

    return expit(np.dot(np.absolute(f_i - f_j), w) + b)


def siamese_head_chi_square(f_i, f_j, w, b):
    from scipy.special import expit

    total = np.asarray(f_i + f_j, dtype=float)
    total[total == 0] = np.inf
    return expit(((f_i - f_j) ** 2 / total) @ w + b)


def equal_error_rate(distances, same):
    from sklearn.metrics import roc_curve

    accepted, found, _ = roc_curve(same, -np.asarray(distances, dtype=float), drop_intermediate=False)
    closest = np.argmin(np.round(np.abs(accepted - (1 - found)), 10))
    return (accepted[closest] + 1 - found[closest]) / 2
