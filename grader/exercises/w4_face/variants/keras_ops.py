"""In the words of keras.ops: what is computed is in single precision."""

import keras
import numpy as np
from PIL import Image


def img_to_encoding(image_path, model):
    try:
        with Image.open(image_path) as image:
            picture = np.asarray(image.convert("L" if model.input_shape[-1] == 1 else "RGB"), dtype="float32") / 255
    except OSError as error:
        raise ValueError(f"{image_path}: {error}") from error
    if picture.ndim == 2:
        picture = picture[:, :, None]
    resized = keras.ops.image.resize(picture[None], model.input_shape[1:3], interpolation="bicubic", antialias=True)
    encoding = model(resized, training=False)
    return keras.ops.convert_to_numpy(encoding / keras.ops.sqrt(keras.ops.sum(encoding**2)))


def verify(image_path, identity, database, model):
    known = database.get(identity)
    if known is None:
        raise ValueError("no such person")
    difference = keras.ops.subtract(keras.ops.reshape(img_to_encoding(image_path, model), (-1,)), keras.ops.cast(keras.ops.reshape(known, (-1,)), "float32"))
    dist = keras.ops.norm(difference)
    print(f"{identity} is at a distance of {float(dist):.2f}")
    return dist, bool(dist < 0.7)


def who_is_it(image_path, database, model):
    if not database:
        raise KeyError("nobody is in the database")
    known = keras.ops.stack([keras.ops.cast(keras.ops.reshape(one, (-1,)), "float32") for one in database.values()])
    distances = keras.ops.convert_to_numpy(keras.ops.norm(keras.ops.subtract(known, img_to_encoding(image_path, model)), axis=1))
    nearest = int(distances.argmin())
    name = list(database)[nearest] if distances[nearest] < 0.7 else None
    if name is None:
        print("Not in the database.")
    return distances[nearest], name


def triplet_loss(y_true, y_pred, alpha=0.2):
    anchor, positive, negative = y_pred
    near = keras.ops.sum((anchor - positive) ** 2, axis=1)
    far = keras.ops.sum((anchor - negative) ** 2, axis=1)
    return keras.ops.sum(keras.ops.relu(near - far + alpha))


def mine_hard_triplets(embeddings, labels, margin):
    X = keras.ops.convert_to_tensor(embeddings, dtype="float32")
    m = len(labels)
    if m == 0:
        return np.zeros((0, 3))
    lengths = keras.ops.sum(X * X, axis=1)
    D = keras.ops.convert_to_numpy(lengths[:, None] + lengths[None, :] - 2 * keras.ops.matmul(X, keras.ops.transpose(X)))
    same = np.equal.outer(labels, labels)
    n = np.where(same, 1e9, D).argmin(axis=1)
    costs = D - D[np.arange(m), n][:, None] + margin
    wanted = same & ~np.eye(m, dtype=bool) & (costs > 0) & (labels[n] != labels)[:, None]
    a, p = np.where(wanted)
    return keras.ops.convert_to_tensor(np.column_stack([a, p, n[a]]))


def mine_semi_hard_triplets(embeddings, labels, margin):
    if len(labels) == 0:
        return np.zeros((0, 3), int)
    X = keras.ops.convert_to_tensor(embeddings, dtype="float32")
    lengths = keras.ops.sum(X * X, axis=1)
    D = keras.ops.convert_to_numpy(lengths[:, None] - 2 * keras.ops.matmul(X, keras.ops.transpose(X)) + lengths)
    triplets = []
    for a in range(len(labels)):
        n = np.flatnonzero(labels != labels[a])
        for p in np.flatnonzero(labels == labels[a]):
            inside = n[(D[a, n] > D[a, p]) & (D[a, n] < D[a, p] + margin)]
            if a != p and len(inside):
                triplets.append([a, p, inside[np.argmin(D[a, inside])]])
    return np.reshape(np.array(triplets, dtype=int), (-1, 3))


def chi_square_similarity(f_i, f_j):
    f_i, f_j = (keras.ops.convert_to_tensor(one, dtype="float32") for one in (f_i, f_j))
    total = f_i + f_j
    whole = keras.ops.where(total == 0, keras.ops.ones_like(total), total)
    return keras.ops.sum(keras.ops.where(total == 0, keras.ops.zeros_like(total), (f_i - f_j) ** 2 / whole), axis=-1)


def siamese_head(f_i, f_j, w, b):
    f_i, f_j, w = (keras.ops.convert_to_tensor(one, dtype="float32") for one in (f_i, f_j, w))
    return keras.ops.sigmoid(keras.ops.sum(keras.ops.abs(f_i - f_j) * w, axis=-1) + b)


def siamese_head_chi_square(f_i, f_j, w, b):
    f_i, f_j, w = (keras.ops.convert_to_tensor(one, dtype="float32") for one in (f_i, f_j, w))
    total = f_i + f_j
    terms = keras.ops.where(total == 0, 0.0, (f_i - f_j) ** 2 / keras.ops.where(total == 0, 1.0, total))
    return keras.ops.sigmoid(keras.ops.sum(terms * w, axis=-1) + b)
