"""What is asked of each function of assignment `w1_keras`."""

import keras
import numpy as np
from keras import layers

from grader.spec.exercise import Edit, Exercise, Slip, Variant, case
from grader.spec.observers.models import look_at_model
from solutions import w1_keras as solution

TF32 = 3e-3  # of float32: a GPU multiplies with ten bits after the point, unless told otherwise


def normal(rng, *shape, dtype=np.float64):
    return rng.standard_normal(shape).astype(dtype)


def pictures(rng, *shape):
    return rng.random(shape, dtype=np.float32)


def probabilities(rng, m, n):
    powers = rng.random((m, n)) + 0.05
    return powers / powers.sum(axis=1, keepdims=True)


# --- softmax -------------------------------------------------------------------------------------------------------


def softmax_cases(rng):
    m, n = int(rng.integers(3, 6)), int(rng.integers(6, 9))
    yield case("one picture", 2 * normal(rng, n))
    yield case("a batch", 2 * normal(rng, m, n))
    yield case("more axes", normal(rng, 2, m, n))
    yield case("scores near 1000", 1000 + 2 * normal(rng, m, n))
    yield case("scores near -1000", -1000 + 2 * normal(rng, m, n))
    yield case("rows that lie far apart", normal(rng, 3, n) + np.array([[-1000.0], [0.0], [1000.0]]))
    yield case("whole numbers", rng.integers(-4, 5, (m, n)))
    yield case("single precision", normal(rng, m, n, dtype=np.float32))
    yield case("one class", normal(rng, m, 1))


def shares_of_scores(z):
    z = np.asarray(z)
    return z / z.sum(axis=-1, keepdims=True)


def unstable_softmax(z):
    powers = np.exp(np.asarray(z))
    return powers / powers.sum(axis=-1, keepdims=True)


def softmax_over_first_axis(z):
    z = np.asarray(z)
    powers = np.exp(z - z.max(axis=0, keepdims=True))
    return powers / powers.sum(axis=0, keepdims=True)


def softmax_of_everything(z):
    powers = np.exp(np.asarray(z) - np.max(z))
    return powers / powers.sum()


def softmax_by_logarithms(z):
    z = np.asarray(z, dtype=float)
    top = z.max(axis=-1, keepdims=True)
    return np.exp(z - top - np.log(np.exp(z - top).sum(axis=-1, keepdims=True)))


def softmax_row_by_row(z):
    z = np.asarray(z)
    rows = []
    for row in z.reshape(-1, z.shape[-1]):
        powers = [np.exp(score - max(row)) for score in row]
        rows.append([power / sum(powers) for power in powers])
    return np.array(rows).reshape(z.shape)


def softmax_in_keras(z):
    z = keras.ops.convert_to_tensor(np.asarray(z, dtype="float32"))
    powers = keras.ops.exp(z - keras.ops.max(z, axis=-1, keepdims=True))
    return powers / keras.ops.sum(powers, axis=-1, keepdims=True)


SOFTMAX = Exercise(
    solution.softmax,
    points=10,
    cases=softmax_cases,
    slips=[
        Slip("the exponential overflows", unstable_softmax, "exp(1000) is infinite. Which shift of all scores changes nothing?"),
        Slip("normalised over the pictures", softmax_over_first_axis, "Each picture's own probabilities add up to 1: which axis is that?"),
        Slip("normalised over everything", softmax_of_everything, "Each picture's own probabilities add up to 1: divide row by row."),
        Slip("one shift for all rows", Edit("z.max(axis=-1, keepdims=True)", "z.max()"), "Shift each row by its own largest score: rows may lie far apart."),
        Slip("shares of the scores", shares_of_scores, "Scores can be negative. What makes any number positive?"),
        Slip("smallest scores win", Edit("np.exp(z - z.max(axis=-1, keepdims=True))", "np.exp(z.min(axis=-1, keepdims=True) - z)"), "The largest score must get the largest probability."),
    ],
    variants=[
        Variant("by logarithms", softmax_by_logarithms),
        Variant("row by row", softmax_row_by_row),
        Variant("in Keras", softmax_in_keras),
    ],
    hints=[
        "exp makes every score positive; dividing by the sum makes them add up to 1. For scores near 1000, exp overflows.",
        "Adding one number to all scores of a row multiplies all powers by the same factor, which the division cancels.",
        "Subtract the row's largest score first: z - z.max(axis=-1, keepdims=True). keepdims keeps the shapes in step.",
    ],
    forbids=("softmax", "log_softmax"),
    dtype="float",
)

# --- cross_entropy -------------------------------------------------------------------------------------------------


def cross_entropy_cases(rng):
    m, n = int(rng.integers(4, 7)), int(rng.integers(3, 6))
    p, ids = probabilities(rng, m, n), rng.integers(0, n, m)
    yield case("class ids", ids, p)
    yield case("one-hot", np.eye(n)[rng.integers(0, n, m)], probabilities(rng, m, n))
    yield case("one-hot, whole numbers", np.eye(n, dtype=int)[rng.integers(0, n, m)], probabilities(rng, m, n))
    yield case("one picture", rng.integers(0, n, 1), probabilities(rng, 1, n))
    yield case("as many pictures as classes", np.eye(n)[rng.permutation(n)], probabilities(rng, n, n))
    yield case("certain and right", ids, np.eye(n)[ids])
    yield case("certain and wrong", ids, np.eye(n)[(ids + 1) % n])
    yield case("single precision", ids, p.astype(np.float32))


def cross_entropy_where_0_counts(function, y_true, y_pred):
    import numpy as np

    loss = function(y_true, y_pred)
    ids = y_true if y_true.ndim == 1 else y_true.argmax(axis=1)
    right = y_pred[np.arange(len(ids)), ids]
    if right.all():
        return loss
    # A probability of 0 is cut at any place from 1e-15 to 1e-7.
    return bool(16 < float(loss) < 34.6) or loss


def binary_cross_entropy(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.clip(np.asarray(y_pred), 1e-12, 1 - 1e-12)
    if y_true.ndim == 1:
        y_true = np.eye(y_pred.shape[1])[y_true.astype(int)]
    return -(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred)).sum(axis=-1).mean()


def mean_of_all_entries(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.ndim == 1:
        y_true = np.eye(y_pred.shape[1])[y_true.astype(int)]
    return -(y_true * np.log(np.maximum(y_pred, 1e-12))).mean()


def loss_by_one_hot(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.ndim == 1:
        y_true = np.eye(y_pred.shape[1])[y_true.astype(int)]
    return float(np.mean(-np.sum(y_true * np.log(np.clip(y_pred, 1e-7, 1)), axis=1)))


def loss_by_loop(y_true, y_pred):
    total = 0.0
    for truth, row in zip(y_true, y_pred):
        right = row[int(truth)] if np.ndim(truth) == 0 else row[int(np.argmax(truth))]
        total -= np.log(max(right, 1e-15))
    return total / len(y_pred)


CROSS_ENTROPY = Exercise(
    solution.cross_entropy,
    points=12,
    cases=cross_entropy_cases,
    slips=[
        Slip("the sum, not the mean", Edit(".mean()", ".sum()"), "Average over the pictures, or a larger batch looks worse."),
        Slip("the sign is missing", Edit("return -np.log", "return np.log"), "Logarithms of probabilities are negative; a loss is not."),
        Slip("log to base 2", Edit("np.log(", "np.log2("), "The unit is the nat: which logarithm belongs to it?"),
        Slip("no floor under 0", Edit("np.maximum(right, 1e-12)", "right"), "log(0) is minus infinity: one hopeless picture would end the training."),
        Slip("the wrong classes count too", binary_cross_entropy, "Only the probability of the right class counts here."),
        Slip("mean of all entries", mean_of_all_entries, "Divide by the number of pictures, not of pictures times classes."),
        Slip("the logarithm of the mean", Edit("-np.log(np.maximum(right, 1e-12)).mean()", "-np.log(np.maximum(right, 1e-12).mean())"), "First the logarithm of each picture, then the mean: the order matters."),
    ],
    variants=[Variant("ids to one-hot", loss_by_one_hot), Variant("a loop", loss_by_loop)],
    hints=[
        "Each picture contributes one number: the probability that its right class got.",
        "With ids, pick it by y_pred[np.arange(m), y_true]; with one-hot rows, multiply and add up along the classes.",
        "Put a floor under it, take -log, average: -np.log(np.maximum(right, 1e-12)).mean().",
    ],
    forbids=("categorical_crossentropy", "sparse_categorical_crossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy", "log_loss"),
    dtype="number",
    observer=cross_entropy_where_0_counts,
)

# --- batch_norm_forward --------------------------------------------------------------------------------------------


def batch_norm_cases(rng):
    n_C = int(rng.integers(2, 5))

    def rest():
        gamma, beta = 1 + 0.5 * normal(rng, n_C), normal(rng, n_C)
        return gamma, beta, normal(rng, n_C), 0.5 + rng.random(n_C)

    def batch(*shape):
        return 3 * normal(rng, *shape, n_C) + 5 * normal(rng, n_C)

    yield case("features, training", batch(6), *rest(), True)
    yield case("pictures, training", batch(3, 4, 5), *rest(), True)
    yield case("pictures, inference", batch(3, 4, 5), *rest(), False)
    yield case("features, inference", batch(4), *rest(), False)
    yield case("a film, training", batch(2, 3, 2, 4), *rest(), True)
    yield case("another momentum", batch(2, 3, 4), *rest(), True, momentum=0.6)
    yield case("another eps", 0.05 * batch(2, 3, 4), *rest(), True, eps=0.5)
    yield case("one picture", batch(1, 3, 4), *rest(), True)
    yield case("single precision", *(one.astype(np.float32) for one in (batch(2, 3, 4), *rest())), True)


def keeps_running_numbers(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    mean, var = running_mean, running_var
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axis=axes), x.var(axis=axes)
    return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean.copy(), running_var.copy()


def batch_norm_in_place(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    mean, var = running_mean, running_var
    if training:
        axes = tuple(range(x.ndim - 1))
        mean, var = x.mean(axis=axes), x.var(axis=axes)
        running_mean *= momentum
        running_mean += (1 - momentum) * mean
        running_var *= momentum
        running_var += (1 - momentum) * var
    return gamma * (x - mean) / np.sqrt(var + eps) + beta, running_mean, running_var


def batch_norm_by_reshape(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    flat = x.reshape(-1, x.shape[-1])
    mean = flat.mean(0) if training else running_mean
    var = ((flat - mean) ** 2).mean(0) if training else running_var
    out = (gamma / np.sqrt(var + eps)) * (flat - mean) + beta
    if training:
        running_mean = running_mean + (1 - momentum) * (mean - running_mean)
        running_var = running_var + (1 - momentum) * (var - running_var)
    return [out.reshape(x.shape), running_mean.copy(), running_var.copy()]


def batch_norm_by_einsum(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    if training:
        flat = x.reshape(-1, x.shape[-1])
        mean = np.einsum("nc->c", flat) / len(flat)
        var = np.einsum("nc,nc->c", flat - mean, flat - mean) / len(flat)
        moved = momentum * running_mean + mean * (1 - momentum), momentum * running_var + var * (1 - momentum)
        return (x - mean) * (var + eps) ** -0.5 * gamma + beta, *moved
    return (x - running_mean) * (running_var + eps) ** -0.5 * gamma + beta, running_mean * 1, running_var * 1


BATCH_NORM_FORWARD = Exercise(
    solution.batch_norm_forward,
    points=20,
    cases=batch_norm_cases,
    slips=[
        Slip("statistics of the batch axis alone", Edit("tuple(range(x.ndim - 1))", "0"), "A channel has one mean: over pictures, rows and columns together."),
        Slip("unbiased variance", Edit("x.var(axis=axes)", "x.var(axis=axes, ddof=1)"), "Divide by the number of values, not by one less."),
        Slip("eps outside the root", Edit("np.sqrt(var + eps)", "(np.sqrt(var) + eps)"), "eps is added to the variance, under the root."),
        Slip("momentum the wrong way round", Edit("momentum * running_mean + (1 - momentum) * mean", "(1 - momentum) * running_mean + momentum * mean"), "With a momentum of 0.99 the running mean moves by a hundredth: what is it that is kept?"),
        Slip("the running numbers stay put", keeps_running_numbers, "While training, the running mean and variance move towards the batch's."),
        Slip("running numbers used in training", Edit("mean, var = x.mean(axis=axes), x.var(axis=axes)\n        running_mean = momentum * running_mean + (1 - momentum) * mean\n        running_var = momentum * running_var + (1 - momentum) * var", "running_mean = momentum * running_mean + (1 - momentum) * x.mean(axis=axes)\n        running_var = momentum * running_var + (1 - momentum) * x.var(axis=axes)"), "While training, the batch is normalised by its own mean and variance."),
        Slip("the batch's numbers in inference", Edit("if training:", "if True:"), "In inference nothing is learnt from the batch, and a picture's result must not depend on its neighbours."),
        Slip("no offset", Edit(" + beta", ""), "After scaling by gamma, every channel is shifted by beta."),
        Slip("overwrites its arguments", batch_norm_in_place, "The caller still needs the old running numbers: return new arrays."),
    ],
    variants=[
        Variant("by reshape", batch_norm_by_reshape),
        Variant("by einsum", batch_norm_by_einsum),
    ],
    hints=[
        "All axes but the last are averaged over: axis=tuple(range(x.ndim - 1)).",
        "Two modes: the batch's own mean and variance while training, the running ones in inference; the rest is the same line.",
        "Keras's rule is running = momentum * running + (1 - momentum) * batch. Write it as a new array, not with *=.",
    ],
    forbids=("BatchNormalization", "batch_normalization", "batch_norm", "batch_normalization_v2"),
    dtype="float",
)

# --- happyModel ----------------------------------------------------------------------------------------------------


def happy_cases(rng):
    yield case("a keras.Sequential", look="kind", pictures=pictures(rng, 1, 64, 64, 3))
    yield case("one number for each picture", look="sizes", pictures=pictures(rng, 3, 64, 64, 3))
    yield case("parameters, trained and others", look="parameters", pictures=pictures(rng, 1, 64, 64, 3))
    yield case("how it begins", look="beginning", pictures=pictures(rng, 1, 64, 64, 3))
    yield case("given weights, inference", look="inference", pictures=pictures(rng, 3, 64, 64, 3))
    yield case("given weights, strong light", look="inference", pictures=30 * pictures(rng, 2, 64, 64, 3), dense=0.03)
    yield case("given weights, training", look="training", pictures=pictures(rng, 4, 64, 64, 3))


def happy_by_add():
    model = keras.Sequential()
    model.add(keras.Input(shape=(64, 64, 3)))
    model.add(layers.Conv2D(32, (7, 7), strides=1, padding="same"))
    model.add(layers.BatchNormalization())
    model.add(layers.MaxPool2D((2, 2)))
    model.add(layers.Activation("relu"))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    model.add(layers.Activation("sigmoid"))
    return model


def happy_in_parts():
    see = keras.Sequential([layers.ZeroPadding2D(((3, 3), (3, 3))), layers.Conv2D(32, 7), layers.BatchNormalization(-1)])
    judge = keras.Sequential([layers.Reshape((-1,)), layers.Dense(1, keras.activations.sigmoid)])
    return keras.Sequential([keras.Input((64, 64, 3)), see, layers.Activation("relu"), layers.MaxPooling2D(), judge])


def happy_built_late():
    return keras.Sequential(
        [
            layers.ZeroPadding2D(padding=(3, 3)),
            layers.Conv2D(32, (7, 7), strides=(1, 1), name="conv0"),
            layers.BatchNormalization(axis=3, name="bn0"),
            layers.ReLU(),
            layers.MaxPooling2D((2, 2), name="max_pool0"),
            layers.Flatten(),
            layers.Dense(1, activation="sigmoid", name="fc"),
        ]
    )


def happy_functional():
    inputs = keras.Input((64, 64, 3))
    x = layers.BatchNormalization(axis=3)(layers.Conv2D(32, 7)(layers.ZeroPadding2D(3)(inputs)))
    x = layers.Flatten()(layers.MaxPooling2D()(layers.ReLU()(x)))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))


HAPPY_MODEL = Exercise(
    solution.happyModel,
    points=18,
    cases=happy_cases,
    slips=[
        Slip("no padding", Edit("            layers.ZeroPadding2D(3),\n", ""), "A 7 × 7 filter shrinks the picture by 6: three zeros on each side keep its size."),
        Slip("a pad of 1", Edit("ZeroPadding2D(3)", "ZeroPadding2D(1)"), "How many zeros on each side keep the size under a 7 × 7 filter?"),
        Slip("no batch normalisation", Edit("            layers.BatchNormalization(axis=3),\n", ""), "Between convolution and ReLU the channels are normalised."),
        Slip("normalised over the rows", Edit("axis=3", "axis=1"), "Which axis of (m, n_H, n_W, n_C) holds the channels?"),
        Slip("ReLU before normalisation", Edit("            layers.BatchNormalization(axis=3),\n            layers.ReLU(),\n", "            layers.ReLU(),\n            layers.BatchNormalization(axis=3),\n"), "The list says what comes first: normalisation, then ReLU."),
        Slip("a running mean without memory", Edit("axis=3", "axis=3, momentum=0.0"), "Leave momentum at Keras's default: inference relies on what was seen before."),
        Slip("a ReLU that is cut at 6", Edit("layers.ReLU()", "layers.ReLU(max_value=6)"), "ReLU has no upper end here."),
        Slip("no sigmoid", Edit('Dense(1, activation="sigmoid")', "Dense(1)"), "The output is a probability: what brings any number between 0 and 1?"),
        Slip("two outputs", Edit('Dense(1, activation="sigmoid")', 'Dense(2, activation="softmax")'), "Smiling or not is one question: one number answers it."),
        Slip("average pooling", Edit("layers.MaxPooling2D()", "layers.AveragePooling2D()"), "The strongest answer of each window is kept, not the mean."),
        Slip("starts from He's spread", Edit("Conv2D(32, 7)", 'Conv2D(32, 7, kernel_initializer="he_normal")'), "Leave the initialisers at Keras's defaults."),
        Slip("a functional model", happy_functional, "Build it as a keras.Sequential: its layers in a list."),
    ],
    variants=[
        Variant("layer by layer, pooled before ReLU", happy_by_add),
        Variant("two networks in one", happy_in_parts),
        Variant("without an Input", happy_built_late),
    ],
    hints=[
        "keras.Sequential takes a list: keras.Input((64, 64, 3)) first, then the layers in the order of the docstring.",
        "layers.ZeroPadding2D(3), layers.Conv2D(32, 7), layers.BatchNormalization(axis=3), layers.ReLU(), layers.MaxPooling2D() …",
        "… layers.Flatten(), layers.Dense(1, activation=\"sigmoid\"). model.summary() must count 37,633 parameters.",
    ],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_model,
)

# --- convolutional_model -------------------------------------------------------------------------------------------


def convolutional_cases(rng):
    for title, look, light, shape in (
        ("six numbers for each picture", "sizes", 1, (64, 64, 3)),
        ("parameters", "parameters", 1, (64, 64, 3)),
        ("parameters for another size", "parameters", 1, (40, 56, 1)),
        ("how it begins", "beginning", 1, (64, 64, 3)),
        ("given weights", "inference", 1, (64, 64, 3)),
        ("given weights, not square, grey", "inference", 1, (40, 56, 1)),
        ("given weights, sides that 8 does not divide", "inference", 1, (50, 37, 3)),
        ("given weights, strong light", "inference", 40, (64, 64, 3)),
    ):
        yield case(title, shape, look=look, pictures=light * pictures(rng, 3, *shape), dense=1 / light)


def signs_in_sequence(input_shape):
    return keras.Sequential(
        [
            keras.Input(shape=input_shape),
            layers.Conv2D(8, (4, 4), padding="same", activation="relu"),
            layers.MaxPool2D((8, 8), padding="same"),
            layers.Conv2D(16, (2, 2), padding="same"),
            layers.MaxPool2D(pool_size=4, strides=4, padding="same"),
            layers.Activation("relu"),
            layers.Flatten(),
            layers.Dense(6),
            layers.Softmax(),
        ]
    )


def signs_by_class(input_shape):
    class Signs(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = layers.Dense(6, activation="softmax")
            self.first = layers.Conv2D(8, 4, padding="same")
            self.second = layers.Conv2D(16, 2, padding="same")

        def call(self, x):
            x = keras.ops.max_pool(keras.ops.relu(self.first(x)), 8, 8, padding="same")
            x = keras.ops.max_pool(keras.ops.relu(self.second(x)), 4, 4, padding="same")
            return self.last(keras.ops.reshape(x, (keras.ops.shape(x)[0], -1)))

    model = Signs()
    model(np.zeros((1, *input_shape), np.float32))
    return model


CONVOLUTIONAL_MODEL = Exercise(
    solution.convolutional_model,
    points=20,
    cases=convolutional_cases,
    slips=[
        Slip("valid convolutions", Edit('4, padding="same")(inputs)', "4)(inputs)"), "All four layers with a window are padded: padding=\"same\"."),
        Slip("valid pooling", Edit('strides=8, padding="same"', "strides=8"), "All four layers with a window are padded: padding=\"same\"."),
        Slip("pooling at stride 1", Edit("strides=8", "strides=1"), "The 8 × 8 windows stand side by side: what stride is that?"),
        Slip("no ReLU after the first convolution", Edit("    x = layers.ReLU()(x)\n    x = layers.MaxPooling2D(8", "    x = layers.MaxPooling2D(8"), "Each convolution is followed by a ReLU, or two of them are no more than one."),
        Slip("a ReLU that is cut at 6", Edit("layers.ReLU()", "layers.ReLU(max_value=6)", 2), "ReLU has no upper end here."),
        Slip("the filters' sizes are swapped", Edit("Conv2D(8, 4, ", "Conv2D(8, 2, "), "The first convolution has 4 × 4 filters, the second 2 × 2."),
        Slip("no softmax", Edit(', activation="softmax"', ""), "The six outputs are probabilities: they add up to 1."),
        Slip("sigmoid", Edit('"softmax"', '"sigmoid"'), "Only one of the six digits is shown: the outputs must add up to 1."),
        Slip("ten classes", Edit("Dense(6", "Dense(10"), "There are the digits 0 to 5: how many is that?"),
        Slip("averaged over the picture", Edit("layers.Flatten()", "layers.GlobalAveragePooling2D()"), "Flatten keeps every place; a mean would forget where something was."),
        Slip("average pooling", Edit("MaxPooling2D(4", "AveragePooling2D(4"), "The strongest answer of each window is kept, not the mean."),
        Slip("the size is fixed", Edit("keras.Input(input_shape)", "keras.Input((64, 64, 3))"), "The argument says how large a picture is."),
    ],
    variants=[Variant("Sequential, ReLU after pooling", signs_in_sequence), Variant("a class of its own", signs_by_class)],
    hints=[
        "The functional way: inputs = keras.Input(input_shape), then x = layer(x) again and again, last keras.Model(inputs, outputs).",
        "layers.Conv2D(8, 4, padding=\"same\"), layers.ReLU(), layers.MaxPooling2D(8, strides=8, padding=\"same\"), and the same once more.",
        "layers.Flatten() and layers.Dense(6, activation=\"softmax\") end it.",
    ],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_model,
)

# --- LeNet5 --------------------------------------------------------------------------------------------------------


def lenet_cases(rng):
    yield case("ten numbers for each picture", look="sizes", pictures=pictures(rng, 3, 32, 32, 1))
    yield case("parameters", look="parameters", pictures=pictures(rng, 1, 32, 32, 1))
    yield case("how it begins", look="beginning", pictures=pictures(rng, 1, 32, 32, 1))
    yield case("given weights", look="inference", pictures=pictures(rng, 3, 32, 32, 1))
    yield case("given weights, strong light", look="inference", pictures=8 * pictures(rng, 3, 32, 32, 1))
    yield case("four classes", classes=4, look="inference", pictures=pictures(rng, 2, 32, 32, 1))
    yield case("colour, not square", (28, 37, 3), 7, look="inference", pictures=pictures(rng, 2, 28, 37, 3))


def lenet_in_sequence(input_shape=(32, 32, 1), classes=10):
    model = keras.Sequential([keras.Input(input_shape)])
    for filters in (6, 16):
        model.add(layers.Conv2D(filters, kernel_size=5, strides=1, padding="valid"))
        model.add(layers.Activation("tanh"))
        model.add(layers.AvgPool2D(pool_size=(2, 2), strides=2))
    model.add(layers.Flatten())
    for units in (120, 84):
        model.add(layers.Dense(units, activation=keras.ops.tanh))
    model.add(layers.Dense(classes))
    model.add(layers.Softmax())
    return model


def lenet_by_a_loop(input_shape=(32, 32, 1), classes=10):
    inputs = keras.Input(input_shape)
    x = inputs
    for filters in (6, 16):
        x = layers.AveragePooling2D(2)(layers.Conv2D(filters, 5, activation="tanh")(x))
    x = layers.Reshape((int(np.prod(x.shape[1:])),))(x)
    x = layers.Dense(84, "tanh")(layers.Dense(120, "tanh")(x))
    return keras.models.Model(inputs=[inputs], outputs=layers.Dense(classes, "softmax")(x))


LENET5 = Exercise(
    solution.LeNet5,
    points=15,
    cases=lenet_cases,
    slips=[
        Slip("ReLU in place of tanh", Edit('activation="tanh"', 'activation="relu"', 4), "In 1998 the units were tanh."),
        Slip("max pooling", Edit("AveragePooling2D", "MaxPooling2D", 2), "In 1998 the windows were averaged."),
        Slip("padded convolutions", Edit('Conv2D(6, 5, activation="tanh")', 'Conv2D(6, 5, activation="tanh", padding="same")'), "The convolutions are valid: 32 becomes 28."),
        Slip("always ten classes", Edit("Dense(classes", "Dense(10"), "The argument says how many classes there are."),
        Slip("the layer of 84 is missing", Edit('    x = layers.Dense(84, activation="tanh")(x)\n', ""), "Two hidden layers stand between Flatten and the output."),
        Slip("no softmax", Edit('classes, activation="softmax"', "classes"), "The outputs are probabilities: they add up to 1."),
        Slip("the filters' numbers are swapped", Edit("Conv2D(6, 5", "Conv2D(16, 5"), "6 filters first, then 16."),
        Slip("tanh forgotten in the hidden layers", Edit('Dense(120, activation="tanh")', "Dense(120)"), "Without tanh, two dense layers are no more than one."),
        Slip("one pooling only", Edit("    x = layers.AveragePooling2D(2)(x)\n    x = layers.Flatten()(x)", "    x = layers.Flatten()(x)"), "Each convolution is followed by a pooling: 28 → 14, 10 → 5."),
    ],
    variants=[Variant("Sequential", lenet_in_sequence), Variant("by a loop", lenet_by_a_loop)],
    hints=[
        "Two times convolution and average pooling, then Flatten and three dense layers. All but the last are tanh.",
        "layers.Conv2D(6, 5, activation=\"tanh\"), layers.AveragePooling2D(2), and again with 16 filters.",
        "layers.Dense(120, activation=\"tanh\"), layers.Dense(84, activation=\"tanh\"), layers.Dense(classes, activation=\"softmax\").",
    ],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_model,
)

EXERCISES = [SOFTMAX, CROSS_ENTROPY, BATCH_NORM_FORWARD, HAPPY_MODEL, CONVOLUTIONAL_MODEL, LENET5]
