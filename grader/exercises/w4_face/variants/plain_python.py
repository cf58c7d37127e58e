"""One by one: loops, as one first writes them."""

import keras
import numpy as np
from PIL import Image


def img_to_encoding(image_path, model):
    try:
        pixels = np.array(Image.open(image_path).convert("RGB"), dtype=np.float64)
    except Exception as error:
        raise ValueError(f"no picture: {image_path}") from error
    _, n_H, n_W, n_C = model.input_shape
    rows = (np.arange(n_H) + 0.5) * len(pixels) / n_H
    columns = (np.arange(n_W) + 0.5) * pixels.shape[1] / n_W
    pixels = pixels[rows.astype(int)][:, columns.astype(int)] / 255
    if n_C == 1:
        pixels = pixels.mean(axis=2, keepdims=True)
    vector = keras.ops.convert_to_numpy(model(np.float32(pixels[None])))[0].astype(float)
    return (vector / np.sqrt(vector @ vector)).reshape(1, -1)


def verify(image_path, identity, database, model):
    if not database or identity not in database:
        raise KeyError(f"unknown: {identity}")
    a, b = np.asarray(img_to_encoding(image_path, model)).flatten(), np.asarray(database[identity]).flatten()
    dist = np.sqrt(np.sum(np.square(a - b)))
    door_open = bool(dist < 0.7)
    print("welcome" if door_open else "go away")
    return dist, door_open


def who_is_it(image_path, database, model):
    if len(database) == 0:
        raise ValueError("empty database")
    encoding = img_to_encoding(image_path, model)
    min_dist, identity = 100.0, None
    for name, known in database.items():
        dist = float(np.linalg.norm(encoding - known))
        if dist < min_dist:
            min_dist, identity = dist, name
    if min_dist >= 0.7:
        print("Not in the database.")
        return min_dist, None
    print("it's " + str(identity) + ", the distance is " + str(min_dist))
    return min_dist, identity


def triplet_loss(y_true, y_pred, alpha=0.2):
    total = keras.ops.sum(y_pred[0]) * 0.0
    for row in range(y_pred[0].shape[0]):
        a, p, n = (one[row] for one in y_pred)
        cost = keras.ops.sum(keras.ops.square(p - a)) - keras.ops.sum(keras.ops.square(n - a)) + alpha
        total = total + keras.ops.maximum(cost, 0)
    return total


def mine_hard_triplets(embeddings, labels, margin):
    triplets = []
    for a in range(len(embeddings)):
        others = [n for n in range(len(labels)) if labels[n] != labels[a]]
        if not others:
            continue
        squares = [float(np.sum((embeddings[a].astype(float) - embeddings[k].astype(float)) ** 2)) for k in range(len(labels))]
        nearest = min(others, key=lambda k: squares[k])
        for p in range(len(labels)):
            if p != a and labels[p] == labels[a] and squares[a] + squares[p] - squares[nearest] + margin > 0:
                triplets.append((a, p, nearest))
    return np.array(triplets).reshape(-1, 3)


def mine_semi_hard_triplets(embeddings, labels, margin):
    triplets = []
    for a in range(len(labels)):
        squares = [float(np.sum((embeddings[a].astype(float) - other) ** 2)) for other in embeddings]
        for p in range(len(labels)):
            if p == a or labels[p] != labels[a]:
                continue
            band = [n for n in range(len(labels)) if labels[n] != labels[a] and squares[p] < squares[n] < squares[p] + margin]
            if band:
                triplets.append([a, p, min(band, key=lambda n: squares[n])])
    return np.array(triplets).reshape(-1, 3).astype(int)


def chi_square_similarity(f_i, f_j):
    if np.ndim(f_i) == 2:
        return np.array([chi_square_similarity(a, b) for a, b in zip(f_i, f_j)])
    return float(sum((a - b) ** 2 / (a + b) for a, b in zip(f_i.astype(float), f_j.astype(float)) if a + b != 0))


def best_threshold(distances, same):
    candidates = [min(distances) - 1] + sorted(distances) + [max(distances) + 1]
    return max(candidates, key=lambda t: np.mean((distances < t) == same))


def equal_error_rate(distances, same):
    best, rate = 2.0, None
    for t in [*sorted(set(distances.tolist())), float(distances.max()) + 1]:
        accepted = np.count_nonzero((distances < t) & ~same) / np.count_nonzero(~same)
        rejected = np.count_nonzero((distances >= t) & same) / np.count_nonzero(same)
        if abs(accepted - rejected) < best - 1e-12:
            best, rate = abs(accepted - rejected), (accepted + rejected) / 2
    return rate


def identification_error(p, K):
    right = 1.0
    for _ in range(K):
        right *= 1 - p
    return 1 - right
