"""All at once, in NumPy."""

import keras
import numpy as np
from PIL import Image


def img_to_encoding(image_path, model):
    size, grey = model.input_shape[2:0:-1], model.input_shape[3] == 1
    try:
        image = Image.open(image_path).convert("RGB").resize(size, Image.Resampling.LANCZOS)
    except OSError:
        raise ValueError("cannot read " + str(image_path)) from None
    X = np.array(image.convert("L"))[..., None] if grey else np.array(image)
    out = model(keras.ops.convert_to_tensor((X / 255)[None].astype("float32")), training=False)
    return keras.ops.convert_to_numpy(keras.ops.normalize(out, axis=-1))


def verify(image_path, identity, database, model):
    encoding = img_to_encoding(image_path, model)
    dist = np.linalg.norm(encoding - database[identity])
    if dist < 0.7:
        print("It's " + str(identity) + ", welcome in!")
        door_open = True
    else:
        print("It's not " + str(identity) + ", please go away")
        door_open = False
    return dist, door_open


def who_is_it(image_path, database, model):
    encoding = np.ravel(img_to_encoding(image_path, model))
    distances = {name: float(np.sqrt(np.sum((np.ravel(known) - encoding) ** 2))) for name, known in database.items()}
    identity = min(distances, key=lambda name: distances[name])
    min_dist = distances[identity]
    if min_dist < 0.7:
        return min_dist, identity
    print("Not in the database.")
    return min_dist, None


def mine_hard_triplets(embeddings, labels, margin):
    squares = np.sum((embeddings[:, None, :] - embeddings[None, :, :]) ** 2, axis=-1, dtype=float)
    same = labels[:, None] == labels[None, :]
    found = np.zeros((0, 3), np.int32)
    if np.all(same):
        return found
    masked = np.ma.masked_array(squares, mask=same)
    nearest = np.argmin(masked.filled(np.inf), axis=1)
    for a, p in np.argwhere(same):
        if a != p and labels[nearest[a]] != labels[a] and squares[a, p] - squares[a, nearest[a]] + margin > 0:
            found = np.vstack([found, [[a, p, nearest[a]]]])
    return found


def mine_semi_hard_triplets(embeddings, labels, margin):
    D = np.sum((embeddings[:, None] - embeddings[None]) ** 2, axis=-1)
    same = labels[:, None] == labels
    a, p = np.nonzero(same & ~np.eye(len(labels), dtype=bool))
    near = D[a, p][:, None]
    band = ~same[a] & (D[a] > near) & (D[a] < near + margin)
    kept = band.any(axis=1)
    if not kept.any():
        return np.empty((0, 3))
    n = np.where(band, D[a], np.inf)[kept].argmin(axis=1)
    return np.c_[a[kept], p[kept], n].astype(np.int32)


def chi_square_similarity(f_i, f_j):
    total = np.add(f_i, f_j)
    empty = total == 0
    return np.where(empty, 0.0, np.square(np.subtract(f_i, f_j)) / np.where(empty, 1, total)).sum(axis=-1)


def siamese_head(f_i, f_j, w, b):
    return 0.5 * (1 + np.tanh((np.sum(w * np.abs(np.subtract(f_i, f_j)), axis=-1) + b) / 2))


def siamese_head_chi_square(f_i, f_j, w, b):
    total = np.add(f_i, f_j)
    ratio = np.where(total == 0, 0, np.subtract(f_i, f_j) ** 2 / np.where(total == 0, 1, total))
    return (1 + np.tanh((np.sum(ratio * w, axis=-1) + b) / 2)) / 2


def best_threshold(distances, same):
    candidates = np.append(np.unique(distances).astype(float), np.inf)
    right = (distances[None, :] < candidates[:, None]) == same[None, :]
    return candidates[right.sum(axis=1).argmax()]


def equal_error_rate(distances, same):
    t = np.concatenate([np.unique(distances), [np.max(distances) + 1]])[:, None]
    accepted, rejected = (distances[~same] < t).mean(axis=1), (distances[same] >= t).mean(axis=1)
    return np.mean([accepted, rejected], axis=0)[np.argmin(np.abs(accepted - rejected).round(9))]
