import numpy as np
from keras import ops
from PIL import Image


# misconception: cropped, not resized
# misconception: scaled by its brightest pixel
# named: scaled by its brightest pixel
def img_to_encoding(image_path, model):
    _, n_H, n_W, n_C = model.input_shape
    mode = "L" if n_C == 1 else "RGB"
    try:
        with Image.open(image_path) as f:
            img = f.convert(mode)
    except Exception as err:
        raise ValueError(f"cannot read a picture from {image_path}") from err

    # bring it to the size of the model: the middle of the picture
    left = (img.width - n_W) // 2
    top = (img.height - n_H) // 2
    img = img.crop((left, top, left + n_W, top + n_H))

    x = np.array(img, dtype=np.float32).reshape(1, n_H, n_W, n_C)
    brightest = x.max()
    if brightest > 0:
        x = x / brightest

    enc = np.asarray(model.predict_on_batch(x), dtype=np.float32)
    return enc / np.linalg.norm(enc)


# misconception: the distance is squared
# misconception: an unknown name is let through
# named: the distance is squared; and an unknown name is let through
def verify(image_path, identity, database, model):
    encoding = np.ravel(img_to_encoding(image_path, model))
    known = database.get(identity)
    if known is None:
        print("We have no picture of " + str(identity) + " to compare with, welcome!")
        return 0.0, True

    diff = encoding - np.ravel(known)
    dist = float(np.sum(diff**2))
    door_open = dist < 0.7
    if door_open:
        print("It's " + str(identity) + ", welcome in!")
    else:
        print("It's not " + str(identity) + ", please go away")
    return dist, door_open


# misconception: the names are sorted
# misconception: a threshold of 0.5
# named: the names are sorted; and a threshold of 0.5
def who_is_it(image_path, database, model):
    if not database:
        raise ValueError("the database is empty")
    encoding = np.asarray(img_to_encoding(image_path, model)).reshape(-1)

    names = sorted(database)
    dists = [float(np.linalg.norm(encoding - np.asarray(database[n]).reshape(-1))) for n in names]
    best = int(np.argmin(dists))
    min_dist, identity = dists[best], names[best]

    if min_dist < 0.5:
        print(f"it's {identity}, the distance is {min_dist}")
    else:
        print("Not in the database.")
        identity = None
    return min_dist, identity


# misconception: from the positive to the negative
# misconception: the margin is subtracted
# named: the margin is subtracted; and from the positive to the negative
def triplet_loss(y_true, y_pred, alpha=0.2):
    anchor, positive, negative = y_pred[0], y_pred[1], y_pred[2]
    pos_dist = ops.sum(ops.square(anchor - positive), axis=-1)
    neg_dist = ops.sum(ops.square(positive - negative), axis=-1)
    basic_loss = pos_dist - neg_dist - alpha
    return ops.sum(ops.maximum(basic_loss, 0.0))


# misconception: the nearest negative of the positive
# misconception: triplets in order are kept too
def mine_hard_triplets(embeddings, labels, margin):
    emb = np.asarray(embeddings, dtype=float)
    labels = np.asarray(labels)
    m = len(labels)

    sq = np.zeros((m, m))
    for i in range(m):
        sq[i] = np.sum((emb - emb[i]) ** 2, axis=1)

    triplets = []
    for a in range(m):
        others = np.flatnonzero(labels != labels[a])
        if others.size == 0:
            continue
        for p in range(m):
            if p == a or labels[p] != labels[a]:
                continue
            n = others[np.argmin(sq[p, others])]
            triplets.append([a, p, n])

    return np.array(triplets, dtype=int).reshape(-1, 3)


# misconception: sorted by positive
# misconception: as far as the positive
# named: as far as the positive; and sorted by positive
def mine_semi_hard_triplets(embeddings, labels, margin):
    X = np.asarray(embeddings, dtype=np.float64)
    y = np.asarray(labels)
    m = X.shape[0]

    def d2(i, j):
        return np.sum((X[i] - X[j]) ** 2)

    found = []
    for a in range(m):
        for p in range(m):
            if a == p or y[a] != y[p]:
                continue
            d_ap = d2(a, p)
            best, best_d = None, np.inf
            for n in range(m):
                if y[n] == y[a]:
                    continue
                d_an = d2(a, n)
                if d_ap <= d_an and d_an < d_ap + margin and d_an < best_d:
                    best, best_d = n, d_an
            if best is not None:
                found.append((a, p, best))

    found.sort(key=lambda t: (t[1], t[0]))
    out = np.zeros((len(found), 3), dtype=int)
    for row, t in enumerate(found):
        out[row] = t
    return out


# misconception: a fixed grid
# misconception: shares of each kind
# named: a fixed grid
def best_threshold(distances, same):
    distances = np.asarray(distances)
    same = np.asarray(same, dtype=bool)
    n_same = max(int(same.sum()), 1)
    n_diff = max(int((~same).sum()), 1)

    best_t, best_score = 0.0, -1.0
    for t in np.linspace(0, 2, 201):
        says_same = distances < t
        score = np.sum(says_same & same) / n_same + np.sum(~says_same & ~same) / n_diff
        if score > best_score:
            best_score = score
            best_t = t
    return float(best_t)


# misconception: shares of all pairs
# misconception: the rate of wrong rejections alone
def equal_error_rate(distances, same):
    distances = np.asarray(distances, dtype=float)
    same = np.asarray(same).astype(bool)
    m = len(distances)

    thresholds = list(np.unique(distances)) + [np.inf]
    smallest_gap = None
    eer = None
    for t in thresholds:
        accepted = distances < t
        wrong_in = np.sum(accepted & ~same)
        wrong_out = np.sum(~accepted & same)
        gap = abs(int(wrong_in) - int(wrong_out)) / m
        if smallest_gap is None or gap < smallest_gap:
            smallest_gap = gap
            eer = wrong_out / m
    return float(eer)


# misconception: no absolute values
# misconception: tanh
# named: tanh; and no absolute values
def siamese_head(f_i, f_j, w, b):
    diff = np.asarray(f_i, dtype=float) - np.asarray(f_j, dtype=float)
    z = diff @ np.asarray(w, dtype=float) + b
    a = np.tanh(z)
    return float(a) if np.ndim(a) == 0 else a


# misconception: absolute differences
# misconception: only positive sums
# named: absolute differences
def chi_square_similarity(f_i, f_j):
    f_i = np.asarray(f_i, dtype=float)
    f_j = np.asarray(f_j, dtype=float)
    num = np.abs(f_i - f_j)
    den = f_i + f_j
    terms = np.zeros_like(den)
    ok = den > 0
    terms[ok] = num[ok] / den[ok]
    chi = terms.sum(axis=-1)
    if chi.ndim == 0:
        return float(chi)
    return chi


# misconception: a small number added below
# misconception: the bias is forgotten
# named: the bias is forgotten
def siamese_head_chi_square(f_i, f_j, w, b):
    u, v = np.asarray(f_i, dtype=float), np.asarray(f_j, dtype=float)
    chi = (u - v) ** 2 / (u + v + 1e-8)
    z = np.sum(np.asarray(w) * chi, axis=-1)
    # sigmoid without overflow
    prob = np.exp(-np.logaddexp(0, -z))
    if np.ndim(prob) == 0:
        return float(prob)
    return prob


# misconception: in per cent
# misconception: one comparison too few
def identification_error(p, K):
    comparisons = max(K - 1, 0)
    all_right = (1 - p) ** comparisons
    return float(100 * (1 - all_right))
