"""Whose face is it: the reference functions of assignment `w4_face`.

`triplet_loss` is written in Keras 3's own words and runs on TensorFlow, JAX and PyTorch; `img_to_encoding` calls a Keras model;
all else is NumPy. An encoding, or embedding, is a vector of d numbers that stands for a picture.
"""

import keras
import numpy as np
from PIL import Image


def img_to_encoding(image_path, model):
    """Turn the picture in a file into a vector of length 1.

    Arguments:
        image_path -- str or path of a picture, of any size and in any format that Pillow reads
        model -- `keras.Model` from (m, n_H, n_W, n_C), n_C 3 or 1, to (m, d); `model.input_shape` is (None, n_H, n_W, n_C)

    Returns:
        array (1, d) of float32: what the model gives in inference mode for the picture, divided by its L2 norm. The model gets
        the picture as a batch of one: RGB, or grey where n_C is 1, resized to n_H rows and n_W columns, float32 in [0, 1]

    Raises:
        ValueError -- that names the file, where it is missing or no picture

    Source: Schroff, Kalenichenko, Philbin 2015, "FaceNet", section 3.1: ‖f(x)‖ = 1.
    """
    ### BEGIN SOLUTION
    _, n_H, n_W, n_C = model.input_shape
    try:
        with Image.open(image_path) as opened:
            picture = opened.convert("L" if n_C == 1 else "RGB")
    except (OSError, SyntaxError) as error:  # Pillow calls some broken files a SyntaxError
        raise ValueError(f"{image_path} cannot be read as a picture: {error}") from error
    picture = picture.resize((n_W, n_H), Image.Resampling.BILINEAR)
    pixels = np.asarray(picture, dtype=np.float32).reshape(1, n_H, n_W, n_C) / 255
    encoding = keras.ops.convert_to_numpy(model(pixels, training=False))
    return encoding / np.linalg.norm(encoding)
    ### END SOLUTION


def verify(image_path, identity, database, model):
    """Is this the person whom they claim to be? One picture against one encoding.

    Arguments:
        image_path -- path of a picture of whoever stands at the door
        identity -- str: the name that they give
        database -- dict from names to encodings of length 1, each (1, d) or (d,)
        model -- as in `img_to_encoding`

    Returns:
        (dist, door_open). dist is a float, the Euclidean distance between the encoding of the picture and that of the identity;
        door_open is True where dist < 0.7. What was decided is printed

    Raises:
        KeyError or ValueError -- that says so, where the database has nobody of that name

    Source: Taigman et al. 2014, "DeepFace", section 4.
    """
    ### BEGIN SOLUTION
    if identity not in database:
        raise ValueError(f"{identity!r} is not in the database, which has {len(database)} persons.")
    encoding = img_to_encoding(image_path, model)
    dist = float(np.linalg.norm(encoding - database[identity]))
    door_open = dist < 0.7
    if door_open:
        print(f"It is {identity}: welcome in!")
    else:
        print(f"It is not {identity}: please go away.")
    return dist, door_open
    ### END SOLUTION


def who_is_it(image_path, database, model):
    """Who is this? One picture against everybody.

    Arguments:
        image_path -- path of a picture
        database -- dict from names to encodings of length 1, each (1, d) or (d,)
        model -- as in `img_to_encoding`

    Returns:
        (min_dist, identity). min_dist is a float, the least Euclidean distance between the encoding of the picture and one of the
        database; identity is the name there, of equal distances the first in the order of the dict. Unless min_dist < 0.7,
        identity is None, and "Not in the database." is printed

    Raises:
        KeyError or ValueError -- that says so, where the database is empty

    Source: Taigman et al. 2014, "DeepFace", section 4.
    """
    ### BEGIN SOLUTION
    if not database:
        raise ValueError("The database is empty: there is nobody to compare with.")
    encoding = img_to_encoding(image_path, model)
    names = list(database)
    known = np.stack([np.ravel(database[name]) for name in names])
    distances = np.linalg.norm(known - encoding, axis=1)
    nearest = np.argmin(distances)
    min_dist = float(distances[nearest])
    identity = names[nearest] if min_dist < 0.7 else None
    print("Not in the database." if identity is None else f"It is {identity}, at a distance of {min_dist:.2f}.")
    return min_dist, identity
    ### END SOLUTION


def triplet_loss(y_true, y_pred, alpha=0.2):
    """How far triplets are from what is wanted: the same person nearer than another one, by a margin.

    Arguments:
        y_true -- not used: Keras hands it to every loss
        y_pred -- list or tuple of three tensors (m, d): the encodings of the anchors, of the positives, which show the same
            person as the anchor of their row, and of the negatives, which show another one
        alpha -- number: the margin

    Returns:
        scalar tensor, differentiable: Σ max(‖a − p‖² − ‖a − n‖² + alpha, 0) over the m rows

    Source: Schroff, Kalenichenko, Philbin 2015, "FaceNet", equation 2.
    """
    ### BEGIN SOLUTION
    anchor, positive, negative = map(keras.ops.convert_to_tensor, y_pred)
    pos_dist = keras.ops.sum(keras.ops.square(anchor - positive), axis=-1)
    neg_dist = keras.ops.sum(keras.ops.square(anchor - negative), axis=-1)
    return keras.ops.sum(keras.ops.maximum(pos_dist - neg_dist + alpha, 0.0))
    ### END SOLUTION


def mine_hard_triplets(embeddings, labels, margin):
    """Find the triplets that still cost something, each with the negative that costs most.

    Arguments:
        embeddings -- array (m, d)
        labels -- array (m,) of whole numbers: who is on each picture
        margin -- number

    Returns:
        array (T, 3) of integers: anchor, positive, negative, as rows of `embeddings`. For every ordered pair of different
        pictures with one label, the negative is the picture with another label that is nearest to the anchor, of equally
        near ones that of the lowest row. Kept where ‖a − p‖² − ‖a − n‖² + margin > 0; sorted by anchor, then by positive;
        (0, 3) where there is none

    Source: Schroff, Kalenichenko, Philbin 2015, "FaceNet", section 3.2: all positives, hard negatives within the batch.
    """
    ### BEGIN SOLUTION
    X, labels = np.asarray(embeddings, dtype=np.float64), np.asarray(labels)
    if len(X) == 0:
        return np.zeros((0, 3), dtype=int)
    squares = np.sum(X**2, axis=1)
    distances = squares[:, None] - 2 * X @ X.T + squares
    same = labels[:, None] == labels
    to_negatives = np.where(same, np.inf, distances)
    negatives = np.argmin(to_negatives, axis=1)
    nearest = np.min(to_negatives, axis=1, keepdims=True)  # infinite where everybody is the same person
    np.fill_diagonal(same, False)
    anchors, positives = np.nonzero(same & (distances + margin > nearest))
    return np.stack([anchors, positives, negatives[anchors]], axis=1)
    ### END SOLUTION


def mine_semi_hard_triplets(embeddings, labels, margin):
    """Find triplets in the right order, but not yet by the margin.

    Arguments:
        embeddings -- array (m, d)
        labels -- array (m,) of whole numbers: who is on each picture
        margin -- number

    Returns:
        array (T, 3) of integers: anchor, positive, negative, as rows of `embeddings`. For every ordered pair of different
        pictures with one label, the negative is the picture with another label that is nearest to the anchor of those with
        ‖a − p‖² < ‖a − n‖² < ‖a − p‖² + margin, of equally near ones that of the lowest row. A pair without one is left
        out; sorted by anchor, then by positive; (0, 3) where there is none

    Source: Schroff, Kalenichenko, Philbin 2015, "FaceNet", equation 4.
    """
    ### BEGIN SOLUTION
    X, labels = np.asarray(embeddings, dtype=np.float64), np.asarray(labels)
    squares = np.sum(X**2, axis=1)
    distances = squares[:, None] - 2 * X @ X.T + squares
    triplets = []
    for anchor, row in enumerate(distances):
        same = labels == labels[anchor]
        for positive in np.flatnonzero(same):
            band = ~same & (row > row[positive]) & (row < row[positive] + margin)
            if positive != anchor and np.any(band):
                triplets.append((anchor, positive, np.argmin(np.where(band, row, np.inf))))
    return np.array(triplets, dtype=int).reshape(-1, 3)
    ### END SOLUTION


def chi_square_similarity(f_i, f_j):
    """The χ² distance of two encodings: large differences count less where the numbers are large.

    Arguments:
        f_i, f_j -- arrays (d,) or (m, d)

    Returns:
        float, or array (m,): Σ (f_i − f_j)² / (f_i + f_j) over the last axis. A term whose f_i + f_j is 0 counts 0

    Source: Taigman et al. 2014, "DeepFace", section 4.1.
    """
    ### BEGIN SOLUTION
    f_i, f_j = np.asarray(f_i, dtype=float), np.asarray(f_j, dtype=float)
    total = f_i + f_j
    terms = np.zeros(total.shape)
    np.divide((f_i - f_j) ** 2, total, out=terms, where=total != 0)
    return np.sum(terms, axis=-1)
    ### END SOLUTION


def siamese_head(f_i, f_j, w, b):
    """The probability that two encodings are of one person: logistic regression on their differences.

    Arguments:
        f_i, f_j -- arrays (d,) or (m, d)
        w -- array (d,)
        b -- number

    Returns:
        float, or array (m,): σ(Σ w_k |f_i − f_j|_k + b), σ(z) = 1 / (1 + e^−z), for z of any size

    Source: Taigman et al. 2014, "DeepFace", section 4.2; Koch, Zemel, Salakhutdinov 2015, "Siamese neural networks for
    one-shot image recognition", section 3.1.
    """
    ### BEGIN SOLUTION
    f_i, f_j = np.asarray(f_i, dtype=float), np.asarray(f_j, dtype=float)
    z = np.abs(f_i - f_j) @ w + b
    small = np.exp(-np.abs(z))  # never more than 1: nothing overflows
    return np.where(z >= 0, 1.0, small) / (1.0 + small)
    ### END SOLUTION


def siamese_head_chi_square(f_i, f_j, w, b):
    """The probability that two encodings are of one person: logistic regression on the terms of their χ² distance.

    Arguments:
        f_i, f_j -- arrays (d,) or (m, d)
        w -- array (d,)
        b -- number

    Returns:
        float, or array (m,): σ(Σ w_k (f_i − f_j)²_k / (f_i + f_j)_k + b), σ(z) = 1 / (1 + e^−z), for z of any size. A term whose
        f_i + f_j is 0 counts 0

    Source: Taigman et al. 2014, "DeepFace", section 4.1.
    """
    ### BEGIN SOLUTION
    f_i, f_j = np.asarray(f_i, dtype=float), np.asarray(f_j, dtype=float)
    total = f_i + f_j
    terms = np.zeros(total.shape)
    np.divide((f_i - f_j) ** 2, total, out=terms, where=total != 0)
    z = terms @ w + b
    small = np.exp(-np.abs(z))  # never more than 1: nothing overflows
    return np.where(z >= 0, 1.0, small) / (1.0 + small)
    ### END SOLUTION


def best_threshold(distances, same):
    """Where to draw the line between "same" and "different".

    Arguments:
        distances -- array (m,), m > 0: the distances of m pairs
        same -- array (m,) of bool: whether the pair is of one person

    Returns:
        float t for which "distance < t means same" is right for most pairs; any of those t will do

    Source: Huang et al. 2007, "Labeled faces in the wild": the threshold is chosen on pairs set aside for it.
    """
    ### BEGIN SOLUTION
    distances, same = np.asarray(distances, dtype=float), np.asarray(same, dtype=bool)
    seen = np.unique(distances)
    # Halfway between neighbours is as right as anywhere between them, and farthest from both.
    candidates = np.concatenate([[seen[0]], (seen[:-1] + seen[1:]) / 2, [np.nextafter(seen[-1], np.inf)]])
    accepted = np.searchsorted(np.sort(distances[same]), candidates)
    refused = np.count_nonzero(~same) - np.searchsorted(np.sort(distances[~same]), candidates)
    return float(candidates[np.argmax(accepted + refused)])
    ### END SOLUTION


def equal_error_rate(distances, same):
    """The share of errors where as many strangers are let in as friends are kept out.

    Arguments:
        distances -- array (m,): the distances of m pairs
        same -- array (m,) of bool: whether the pair is of one person; there are pairs of both kinds

    Returns:
        float in [0, 1]. A pair is accepted when its distance < t, for t each of the distances, and one beyond them all. The false
        acceptance rate is the share of different pairs that are accepted, the false rejection rate that of same pairs that
        are not. The result is the mean of both at the t where they are closest to each other, the lowest such t

    Source: ISO/IEC 19795-1, "Biometric performance testing and reporting".
    """
    ### BEGIN SOLUTION
    distances, same = np.asarray(distances, dtype=float), np.asarray(same, dtype=bool)
    thresholds = np.append(np.unique(distances), np.inf)
    n_same, n_different = np.count_nonzero(same), np.count_nonzero(~same)
    rejected = n_same - np.searchsorted(np.sort(distances[same]), thresholds)
    accepted = np.searchsorted(np.sort(distances[~same]), thresholds)
    closest = np.argmin(np.abs(accepted * n_same - rejected * n_different))  # whole numbers: equal is equal
    return float((accepted[closest] / n_different + rejected[closest] / n_same) / 2)
    ### END SOLUTION


def identification_error(p, K):
    """How often somebody is taken for one of K others, where each of the K comparisons errs by itself.

    Arguments:
        p -- number in [0, 1]: how likely one comparison errs
        K -- int ≥ 0: with how many people one is compared

    Returns:
        float in [0, 1]: 1 − (1 − p)^K

    Source: Daugman 2000, "Biometric decision landscapes", University of Cambridge, technical report 482.
    """
    ### BEGIN SOLUTION
    return 1 - (1 - p) ** K
    ### END SOLUTION
