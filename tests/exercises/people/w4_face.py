import keras
import numpy as np
from PIL import Image


# misconception: the pixels are not divided by 255, the model gets 0 to 255
# named: not scaled to [0, 1]
def img_to_encoding(image_path, model):
    height, width, channels = model.input_shape[1:]
    mode = "RGB"
    if channels == 1:
        mode = "L"
    try:
        img = Image.open(image_path)
        img = img.convert(mode)
    except (OSError, SyntaxError, ValueError) as problem:
        raise ValueError("not a picture: " + str(image_path)) from problem
    img = img.resize((width, height), Image.Resampling.BILINEAR)
    batch = np.array(img, dtype=np.float32)
    batch = batch.reshape((1, height, width, channels))
    vec = keras.ops.convert_to_numpy(model(batch, training=False))
    length = np.sqrt(np.sum(vec**2))
    return vec / length


# misconception: the squared distance is used, the root is forgotten
# named: the distance is squared
def verify(image_path, identity, database, model):
    if identity not in database:
        raise KeyError(f"no {identity} in the database")
    height, width, channels = model.input_shape[1:]
    try:
        img = Image.open(image_path).convert("L" if channels == 1 else "RGB")
    except (OSError, SyntaxError, ValueError) as problem:
        raise ValueError(f"not a picture: {image_path}") from problem
    img = img.resize((width, height), Image.Resampling.BILINEAR)
    batch = np.array(img, dtype=np.float32).reshape((1, height, width, channels)) / 255.0
    vec = keras.ops.convert_to_numpy(model(batch, training=False)).ravel()
    vec = vec / np.linalg.norm(vec)

    gap = vec - np.ravel(database[identity])
    dist = float(np.sum(gap * gap))
    if dist < 0.7:
        door_open = True
        print("Hello " + str(identity) + ", come in!")
    else:
        door_open = False
        print("You are not " + str(identity) + ", go away!")
    return dist, door_open


# misconception: a stranger is only reported ("Not in the database."), the nearest name is returned nevertheless, not None
# named: somebody, however far
def who_is_it(image_path, database, model):
    if len(database) == 0:
        raise ValueError("the database is empty")
    height, width, channels = model.input_shape[1:]
    try:
        img = Image.open(image_path).convert("L" if channels == 1 else "RGB")
    except (OSError, SyntaxError, ValueError) as problem:
        raise ValueError(f"not a picture: {image_path}") from problem
    img = img.resize((width, height), Image.Resampling.BILINEAR)
    batch = np.array(img, dtype=np.float32).reshape((1, height, width, channels)) / 255.0
    vec = keras.ops.convert_to_numpy(model(batch, training=False)).ravel()
    vec = vec / np.linalg.norm(vec)

    min_dist = float("inf")
    identity = None
    for name, enc in database.items():
        d = float(np.linalg.norm(vec - np.ravel(enc)))
        if d < min_dist:
            min_dist = d
            identity = name
    if min_dist < 0.7:
        print("it's " + str(identity) + ", the distance is " + str(min_dist))
    else:
        print("Not in the database.")
    return min_dist, identity


# misconception: the axis is forgotten, so that the sum over the rows comes before the maximum with 0
# named: the distances of all triplets in one sum
def triplet_loss(y_true, y_pred, alpha=0.2):
    a = keras.ops.convert_to_tensor(y_pred[0])
    p = keras.ops.convert_to_tensor(y_pred[1])
    n = keras.ops.convert_to_tensor(y_pred[2])
    d_ap = keras.ops.sum(keras.ops.square(a - p))
    d_an = keras.ops.sum(keras.ops.square(a - n))
    basic = d_ap - d_an + alpha
    return keras.ops.maximum(basic, 0.0)


# misconception: the distances in the condition with the margin are not squared
# named: the distances are not squared
def mine_hard_triplets(embeddings, labels, margin):
    E = np.array(embeddings, dtype=float)
    who = np.array(labels)
    m = len(E)
    found = []
    for a in range(m):
        best_n, best_d = -1, np.inf
        for n in range(m):
            if who[n] == who[a]:
                continue
            d = np.sqrt(np.sum((E[a] - E[n]) ** 2))
            if d < best_d:
                best_n, best_d = n, d
        if best_n == -1:
            continue
        for p in range(m):
            if p == a or who[p] != who[a]:
                continue
            d_ap = np.sqrt(np.sum((E[a] - E[p]) ** 2))
            if d_ap - best_d + margin > 0:
                found.append([a, p, best_n])
    return np.array(found, dtype=int).reshape((len(found), 3))


# misconception: the upper limit with the margin is left out, only "farther than the positive" is asked for
# named: the margin is forgotten
def mine_semi_hard_triplets(embeddings, labels, margin):
    E = np.array(embeddings, dtype=float)
    who = np.array(labels)
    result = []
    for a in range(len(E)):
        for p in range(len(E)):
            if a == p or who[a] != who[p]:
                continue
            d_ap = np.sum((E[a] - E[p]) ** 2)
            choice = None
            choice_d = np.inf
            for n in range(len(E)):
                if who[n] == who[a]:
                    continue
                d_an = np.sum((E[a] - E[n]) ** 2)
                if d_an > d_ap and d_an < choice_d:
                    choice, choice_d = n, d_an
            if choice is not None:
                result.append((a, p, choice))
    if not result:
        return np.zeros((0, 3), dtype=int)
    return np.array(result, dtype=int)


# misconception: the sum of the squared differences is divided by the sum of the sums, instead of term by term
# named: the ratio of the sums
def chi_square_similarity(f_i, f_j):
    u = np.array(f_i, dtype=float)
    v = np.array(f_j, dtype=float)
    top = np.sum((u - v) ** 2, axis=-1)
    bottom = np.sum(u + v, axis=-1)
    safe = np.where(bottom == 0, 1.0, bottom)
    return np.where(bottom == 0, 0.0, top / safe)[()]


# misconception: the differences are squared instead of taken absolutely
# named: squared differences
def siamese_head(f_i, f_j, w, b):
    delta = np.array(f_i, dtype=float) - np.array(f_j, dtype=float)
    score = np.sum(np.asarray(w) * delta**2, axis=-1) + b
    return np.exp(-np.logaddexp(0.0, -score))


# misconception: the sign in the exponent is wrong: 1 / (1 + e^z) instead of 1 / (1 + e^-z)
# named: the sigmoid is turned around
def siamese_head_chi_square(f_i, f_j, w, b):
    u = np.array(f_i, dtype=float)
    v = np.array(f_j, dtype=float)
    both = u + v
    part = np.where(both == 0, 0.0, (u - v) ** 2 / np.where(both == 0, 1.0, both))
    score = np.sum(part * np.asarray(w), axis=-1) + b
    return np.exp(-np.logaddexp(0.0, score))


# misconception: pairs are counted as same where distance <= t, so that t itself is one of the distances to be accepted
# named: accepted from the threshold on
def best_threshold(distances, same):
    d = np.array(distances, dtype=float)
    s = np.array(same, dtype=bool)
    tries = [float(d.min()) - 1.0] + sorted(set(d.tolist()))
    best_t, best_right = tries[0], -1
    for t in tries:
        right = int(np.sum((d <= t) == s))
        if right > best_right:
            best_t, best_right = t, right
    return float(best_t)


# misconception: both rates are shares of all m pairs, instead of the different ones and the same ones
# named: shares of all pairs, compared and averaged
def equal_error_rate(distances, same):
    d = np.array(distances, dtype=float)
    s = np.array(same, dtype=bool)
    m = len(d)
    best = None
    for t in sorted(set(d.tolist())) + [np.inf]:
        let_in = int(np.sum((d < t) & ~s))
        kept_out = int(np.sum((d >= t) & s))
        gap = abs(let_in - kept_out)
        if best is None or gap < best[0]:
            best = (gap, (let_in / m + kept_out / m) / 2)
    return float(best[1])


# misconception: the probabilities of error are added up: K times p
# named: K times as likely
def identification_error(p, K):
    total = 0.0
    for _ in range(K):
        total += p
    return total
