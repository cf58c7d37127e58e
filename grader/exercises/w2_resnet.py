"""What is asked of each function of assignment `w2_resnet`."""

import keras
import numpy as np
from keras import layers
from keras.initializers import glorot_uniform, random_uniform

from grader.spec.exercise import Edit, Exercise, Slip, Variant, case
from grader.spec.observers.models import look_at_model
from solutions import w2_resnet as solution
from solutions.w2_resnet import convolutional_block, identity_block

TF32 = 3e-3  # of float32: a GPU multiplies with ten bits after the point, unless told otherwise

# The messages that more than one block needs.
CUT = "ReLU has no upper end here."
DROPPED = "The input itself must reach the end: Add takes both ways."
NO_MODE = "Call each normalisation with training=training, or it never learns which mode it is in."
ONE_MODE = "The caller says which mode it is: pass on what came in."
NO_MEMORY = "Leave momentum at Keras's default: inference relies on what was seen before."
NO_SEED = "Every convolution starts from initializer(seed=0)."
OWN_START = "The caller may name another initializer: use the argument."
ROWS = "Which axis of (m, n_H, n_W, n_C) holds the channels?"
RELU_LAST = "ReLU comes last, after the sum."


def signed(rng, *shape):
    """Numbers of both signs: whoever forgets a ReLU must not get away with it."""
    return rng.standard_normal(shape, dtype=np.float32)


def looks_at_residual_block(rng, shape, f, filters, default, **stride):
    """What both residual blocks are asked."""

    def one(title, look, light=1, f=f, filters=filters, **more):
        return case(title, f, filters, look=look, pictures=light * signed(rng, *shape), block=True, **stride, **more)

    yield one("its output's shape", "sizes")
    yield one("parameters, trained and others", "parameters")
    yield one("how it begins", "beginning", initializer=default)
    yield one("how it begins, told otherwise", "beginning", initializer="given")
    yield one("given weights", "inference")
    yield one("given weights, large numbers", "inference", light=40)
    yield one("given weights, a wide middle", "inference", f=5, filters=[7, 3, filters[2]])
    yield one("given weights, a batch's statistics", "training")
    yield one("called with training=True", "eager", initializer="given", training=True)
    yield one("called with training=False", "eager", initializer="given", training=False)
    yield one("called without a mode", "eager", initializer="given")


# --- plain_block ---------------------------------------------------------------------------------------------------


def plain_cases(rng):
    n_C = int(rng.integers(8, 12))

    def one(title, look, f=3, filters=None, light=1, **more):
        pictures = light * signed(rng, 3, 5, 7, n_C)
        return case(title, f, filters or [4, 6, n_C], look=look, pictures=pictures, block=True, **more)

    yield one("its output's shape", "sizes")
    yield one("parameters, trained and others", "parameters")
    yield one("how it begins", "beginning", initializer="random_uniform")
    yield one("how it begins, told otherwise", "beginning", initializer="given")
    yield one("given weights", "inference")
    yield one("given weights, large numbers", "inference", light=40)
    yield one("given weights, other channels, f = 5", "inference", f=5, filters=[5, 3, n_C + 2])
    yield one("given weights, an even f", "inference", f=2)
    yield one("given weights, a batch's statistics", "training")


def plain_relu_early(X, f, filters, initializer=random_uniform):
    for n, size in zip(filters, (1, f, 1)):
        X = layers.Conv2D(n, size, padding="same", activation="relu", kernel_initializer=initializer(seed=0))(X)
        X = layers.BatchNormalization(axis=3)(X)
    return X


def plain_with_a_shortcut(X, f, filters, initializer=random_uniform):
    Y = X
    for k, size in enumerate((1, f, 1)):
        Y = layers.Conv2D(filters[k], size, padding="same", kernel_initializer=initializer(seed=0))(Y)
        Y = layers.BatchNormalization(axis=3)(Y)
        Y = layers.ReLU()(Y if k < 2 else layers.Add()([X, Y]))
    return Y


def plain_ends_without_relu(X, f, filters, initializer=random_uniform):
    for k, size in enumerate((1, f, 1)):
        X = layers.Conv2D(filters[k], size, padding="same", kernel_initializer=initializer(seed=0))(X)
        X = layers.BatchNormalization(axis=3)(X)
        if k < 2:
            X = layers.ReLU()(X)
    return X


def plain_line_by_line(X, f, filters, initializer=random_uniform):
    F1, F2, F3 = filters
    X = layers.Conv2D(F1, (1, 1), kernel_initializer=initializer(seed=0))(X)
    X = layers.Activation("relu")(layers.BatchNormalization(axis=3)(X))
    X = layers.Conv2D(F2, (f, f), padding="same", kernel_initializer=initializer(seed=0))(X)
    X = layers.Activation("relu")(layers.BatchNormalization(axis=3)(X))
    X = layers.Conv2D(F3, (1, 1), padding="valid", kernel_initializer=initializer(seed=0))(X)
    return layers.Activation("relu")(layers.BatchNormalization(axis=3)(X))


def plain_in_sequence(X, f, filters, initializer=random_uniform):
    block = keras.Sequential()
    for n, size in zip(filters, [1, f, 1]):
        block.add(layers.Conv2D(n, size, padding="same", kernel_initializer=initializer(seed=0)))
        block.add(layers.BatchNormalization())
        block.add(layers.ReLU())
    return block(X)


PLAIN_BLOCK = Exercise(
    solution.plain_block,
    points=10,
    cases=plain_cases,
    slips=[
        Slip("a shortcut is left in", plain_with_a_shortcut, "This is the block to compare with: one layer after the other, and nothing is added."),
        Slip("no ReLU at the end", plain_ends_without_relu, "ReLU follows the third normalisation too."),
        Slip("ReLU before each normalisation", plain_relu_early, "Each convolution is normalised first; ReLU comes after that."),
        Slip("nothing is normalised", Edit("        X = layers.BatchNormalization(axis=3)(X)\n", ""), "Every convolution is normalised, all three of them."),
        Slip("all three windows have side f", Edit("(1, f, 1)", "(f, f, f)"), "Only the filters in the middle are f × f: the other two are 1 × 1."),
        Slip("f is ignored", Edit("(1, f, 1)", "(1, 3, 1)"), "The argument f says how large the filters in the middle are."),
        Slip("a running mean without memory", Edit("axis=3", "axis=3, momentum=0.0"), NO_MEMORY),
        Slip("a ReLU that is cut at 6", Edit("layers.ReLU()", "layers.ReLU(max_value=6)"), CUT),
        Slip("an initializer of its own", Edit("kernel_initializer=initializer(seed=0)", "kernel_initializer=random_uniform(seed=0)"), OWN_START),
        Slip("no seed", Edit("kernel_initializer=initializer(seed=0)", "kernel_initializer=initializer()"), NO_SEED),
    ],
    variants=[Variant("line by line", plain_line_by_line), Variant("a Sequential inside", plain_in_sequence)],
    hints=[
        "Three times the same three layers: convolution, batch normalisation, ReLU. What differs is the number of filters, and their side.",
        "Only the convolution in the middle has side f; it is padded. layers.Conv2D(F1, 1, kernel_initializer=initializer(seed=0))(X) is the first.",
        "for n, size in zip(filters, (1, f, 1)): layers.Conv2D(n, size, padding=\"same\", …), layers.BatchNormalization(axis=3), layers.ReLU().",
    ],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_model,
)

# --- identity_block ------------------------------------------------------------------------------------------------


def identity_cases(rng):
    n_C = int(rng.integers(10, 14))
    yield from looks_at_residual_block(rng, (3, 5, 7, n_C), 3, [4, 6, n_C], "random_uniform")
    yield case("given weights, an even f", 2, [5, 4, n_C], look="inference", pictures=signed(rng, 2, 6, 4, n_C), block=True)


def identity_by_class(X, f, filters, initializer=random_uniform, training=None):
    class Residual(layers.Layer):
        def __init__(self):
            super().__init__()
            sizes = list(zip(filters, (1, f, 1)))[::-1]
            self.norms = [layers.BatchNormalization() for _ in sizes]
            self.convs = [layers.Conv2D(n, size, padding="same", kernel_initializer=initializer(seed=0)) for n, size in sizes]

        def call(self, x, training=None):
            y = x
            for k in (2, 1, 0):
                y = self.norms[k](self.convs[k](y), training=training)
                y = keras.ops.relu(y if k else x + y)
            return y

    return Residual()(X, training=training)


def identity_by_loop(X, f, filters, initializer=random_uniform, training=None):
    start = initializer(seed=0)
    Y = X
    for k, n in enumerate(filters):
        if k:
            Y = layers.Activation("relu")(Y)
        Y = layers.Conv2D(n, (1, 1) if k != 1 else (f, f), (1, 1), "valid" if k != 1 else "same", kernel_initializer=start)(Y)
        Y = layers.BatchNormalization(axis=-1)(Y, training=training)
    return layers.Activation("relu")(keras.ops.add(X, Y))


def identity_relu_early(X, f, filters, initializer=random_uniform, training=None):
    Y = X
    for n, size in zip(filters, (1, f, 1)):
        Y = layers.Conv2D(n, size, padding="same", kernel_initializer=initializer(seed=0))(Y)
        Y = layers.BatchNormalization(axis=3)(layers.ReLU()(Y), training=training)
    return layers.ReLU()(layers.Add()([X, Y]))


IDENTITY_BLOCK = Exercise(
    solution.identity_block,
    points=20,
    cases=identity_cases,
    slips=[
        Slip("the shortcut is dropped", Edit("    X = layers.Add()([X, X_shortcut])\n", ""), DROPPED),
        Slip("ReLU before the sum", Edit("    X = layers.Add()([X, X_shortcut])\n    return layers.ReLU()(X)", "    X = layers.ReLU()(X)\n    return layers.Add()([X, X_shortcut])"), RELU_LAST),
        Slip("no ReLU after the sum", Edit("return layers.ReLU()(X)", "return X"), RELU_LAST),
        Slip("ReLU before each normalisation", identity_relu_early, "Each convolution is normalised first; ReLU comes after that."),
        Slip("the sum is a concatenation", Edit("layers.Add()", "layers.Concatenate()"), "The two ways have one shape and are added, number by number."),
        Slip("the mode is not passed on", Edit(", training=training)", ")", 3), NO_MODE),
        Slip("always in training mode", Edit("training=training", "training=True", 3), ONE_MODE),
        Slip("the last convolution is not normalised", Edit("    X = layers.BatchNormalization(axis=3)(X, training=training)\n    X = layers.Add()", "    X = layers.Add()"), "All three convolutions are normalised, the last one before the sum."),
        Slip("normalised over the rows", Edit("axis=3", "axis=1", 3), ROWS),
        Slip("a running mean without memory", Edit("axis=3", "axis=3, momentum=0.0", 3), NO_MEMORY),
        Slip("a ReLU that is cut at 6", Edit("layers.ReLU()", "layers.ReLU(max_value=6)", 3), CUT),
        Slip("the middle is valid", Edit(' padding="same",', ""), "The convolution in the middle is padded: the sum needs the input's size."),
        Slip("f is ignored", Edit("Conv2D(F2, f,", "Conv2D(F2, 3,"), "The argument f says how large the filters in the middle are."),
        Slip("the filters' numbers are swapped", Edit("F1, F2, F3 = filters", "F2, F1, F3 = filters"), "The three numbers come in the order of the main path."),
        Slip("no biases", Edit("kernel_initializer", "use_bias=False, kernel_initializer", 3), "The convolutions here keep their biases, as Keras gives them."),
        Slip("no seed", Edit("kernel_initializer=initializer(seed=0)", "kernel_initializer=initializer()", 3), NO_SEED),
        Slip("an initializer of its own", Edit("kernel_initializer=initializer(seed=0)", "kernel_initializer=random_uniform(seed=0)", 3), OWN_START),
    ],
    variants=[Variant("a layer of its own, made in reverse", identity_by_class), Variant("by a loop", identity_by_loop)],
    hints=[
        "Keep X under another name before anything happens to it: X_shortcut = X. The main path then changes X.",
        "layers.Conv2D(F1, 1, kernel_initializer=initializer(seed=0))(X), layers.BatchNormalization(axis=3)(X, training=training), layers.ReLU()(X), and so on.",
        "After the third normalisation no ReLU yet: X = layers.Add()([X, X_shortcut]) comes first, and then layers.ReLU()(X).",
    ],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_model,
)

# --- convolutional_block -------------------------------------------------------------------------------------------


def convolutional_cases(rng):
    n_C = int(rng.integers(10, 14))
    yield from looks_at_residual_block(rng, (3, 8, 5, 7), 3, [4, 6, n_C], "glorot_uniform")
    for s, f in ((1, 2), (3, 3)):
        shown = {"look": "inference", "pictures": signed(rng, 2, 7, 9, 5), "block": True}
        yield case(f"given weights, a stride of {s}", f, [6, 3, n_C], s=s, **shown)


def convolutional_by_class(X, f, filters, s=2, initializer=glorot_uniform, training=None):
    class Residual(layers.Layer):
        def __init__(self):
            super().__init__()

            def both(n, size, stride=1):
                convolution = layers.Conv2D(n, size, stride, "same", kernel_initializer=initializer(seed=0))
                return convolution, layers.BatchNormalization(axis=-1)

            self.main = [both(filters[0], 1, s), both(filters[1], f), both(filters[2], 1)]
            self.short = both(filters[2], 1, s)

        def call(self, x, training=None):
            convolution, norm = self.short
            short = norm(convolution(x), training=training)
            for k, (convolution, norm) in enumerate(self.main):
                x = norm(convolution(x if k == 0 else keras.ops.relu(x)), training=training)
            return keras.ops.relu(short + x)

    return Residual()(X, training=training)


def convolutional_by_slices(X, f, filters, s=2, initializer=glorot_uniform, training=None):
    def step(X, n, size):
        X = layers.Conv2D(n, size, padding="same", kernel_initializer=initializer(seed=0))(X)
        return layers.BatchNormalization(axis=3)(X, training=training)

    X = X[:, ::s, ::s, :]  # a 1x1 convolution with stride s sees these places and no others
    Y = layers.Activation("relu")(step(X, filters[0], 1))
    Y = layers.Activation("relu")(step(Y, filters[1], f))
    return layers.Activation("relu")(layers.add([step(X, filters[2], 1), step(Y, filters[2], 1)]))


FIRST = "    X = layers.Conv2D(F1, 1, strides=s, kernel_initializer=initializer(seed=0))(X)\n    X = layers.BatchNormalization(axis=3)(X, training=training)\n    X = layers.ReLU()(X)\n    X = layers.Conv2D(F2, f,"

CONVOLUTIONAL_BLOCK = Exercise(
    solution.convolutional_block,
    points=20,
    cases=convolutional_cases,
    slips=[
        Slip("the shortcut is dropped", Edit("    X = layers.Add()([X, X_shortcut])\n", ""), DROPPED),
        Slip("no stride on the shortcut", Edit("Conv2D(F3, 1, strides=s", "Conv2D(F3, 1"), "Both ways must end with one shape: the shortcut takes the same stride."),
        Slip("the stride is on the middle convolution", Edit(FIRST, FIRST.replace(" strides=s,", "").replace("f,", "f, strides=s,")), "The stride belongs to the first convolution of the main path."),
        Slip("the stride is on the last convolution", Edit("X = layers.Conv2D(F3, 1, kernel", "X = layers.Conv2D(F3, 1, strides=s, kernel"), "The stride belongs to the first convolution of the main path, and to it alone."),
        Slip("the stride is always 2", Edit("strides=s", "strides=2", 2), "The argument s says what the stride is."),
        Slip("the shortcut does not know the mode", Edit("(X_shortcut, training=training)", "(X_shortcut)"), NO_MODE),
        Slip("the shortcut is not normalised", Edit("    X_shortcut = layers.BatchNormalization(axis=3)(X_shortcut, training=training)\n", ""), "The shortcut has a convolution here, and that is normalised like every other."),
        Slip("ReLU on the shortcut", Edit("(X_shortcut, training=training)\n", "(X_shortcut, training=training)\n    X_shortcut = layers.ReLU()(X_shortcut)\n"), "The shortcut is a convolution and its normalisation, no more: ReLU comes after the sum."),
        Slip("the shortcut is pooled", Edit("X_shortcut = layers.Conv2D(F3, 1, strides=s, kernel_initializer=initializer(seed=0))(X)", 'X_shortcut = layers.MaxPooling2D(s, padding="same")(X)\n    X_shortcut = layers.Conv2D(F3, 1, kernel_initializer=initializer(seed=0))(X_shortcut)'), "The shortcut's own 1 × 1 convolution takes the stride; nothing is pooled."),
        Slip("ReLU before the sum", Edit("    X = layers.Add()([X, X_shortcut])\n    return layers.ReLU()(X)", "    X = layers.ReLU()(X)\n    return layers.Add()([X, X_shortcut])"), RELU_LAST),
        Slip("no ReLU after the sum", Edit("return layers.ReLU()(X)", "return X"), RELU_LAST),
        Slip("the mode is not passed on", Edit(", training=training)", ")", 4), NO_MODE),
        Slip("always in training mode", Edit("training=training", "training=True", 4), ONE_MODE),
        Slip("normalised over the rows", Edit("axis=3", "axis=1", 4), ROWS),
        Slip("a running mean without memory", Edit("axis=3", "axis=3, momentum=0.0", 4), NO_MEMORY),
        Slip("a ReLU that is cut at 6", Edit("layers.ReLU()", "layers.ReLU(max_value=6)", 3), CUT),
        Slip("no seed", Edit("kernel_initializer=initializer(seed=0)", "kernel_initializer=initializer()", 4), NO_SEED),
        Slip("an initializer of its own", Edit("kernel_initializer=initializer(seed=0)", "kernel_initializer=glorot_uniform(seed=0)", 4), OWN_START),
    ],
    variants=[Variant("a layer of its own", convolutional_by_class), Variant("every s-th place first", convolutional_by_slices)],
    hints=[
        "It is the identity block with two changes: the first convolution has a stride, and the shortcut needs one to match.",
        "Begin with the shortcut, as long as X is still the input: a 1 × 1 convolution with F3 filters and stride s, then its normalisation.",
        "X_shortcut = layers.Conv2D(F3, 1, strides=s, kernel_initializer=initializer(seed=0))(X); normalise it; X = layers.Conv2D(F1, 1, strides=s, …)(X) and on.",
    ],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_model,
)

# --- ResNet50 ------------------------------------------------------------------------------------------------------


def resnet_cases(rng):
    def shown(look, light, m=2, shape=(64, 64, 3)):
        # Noise looks alike wherever it comes from: each picture has a light and a tint of its own, the answers differ.
        tint = rng.random((m, 1, 1, 1)) * rng.random((m, 1, 1, shape[-1])) + 0.05
        pictures = (4 * light * tint * rng.random((m, *shape))).astype(np.float32)
        return {"look": look, "pictures": pictures, "dense": 3e-4 / light}

    yield case("six numbers for each picture", **shown("sizes", 1, m=1))
    yield case("parameters, trained and others", **shown("parameters", 1, m=1))
    yield case("given weights, strong light", **shown("inference", 40))
    yield case("given weights, a batch's statistics", **shown("training", 1, m=4))
    classes = int(rng.integers(7, 10))
    yield case(f"{classes} classes, grey, not square", (64, 96, 1), classes, **shown("inference", 1, shape=(64, 96, 1)))


def resnet_of_layers(input_shape=(64, 64, 3), classes=6):
    class Bottleneck(layers.Layer):
        def __init__(self, n, s, widens):
            super().__init__()
            self.short = [layers.Conv2D(4 * n, 1, strides=s), layers.BatchNormalization()] if widens else []
            sizes = [(n, 1, s), (n, 3, 1), (4 * n, 1, 1)]
            self.convs = [layers.Conv2D(*size, padding="same") for size in sizes]
            self.norms = [layers.BatchNormalization() for _ in sizes]

        def call(self, x, training=None):
            y = x
            for k in range(3):
                y = self.norms[k](self.convs[k](keras.ops.relu(y) if k else y), training=training)
            for layer in self.short:
                x = layer(x)
            return keras.ops.relu(x + y)

    last = layers.Dense(classes, activation="softmax")
    stages = [Bottleneck(64 * 2**stage, 2 if stage and not k else 1, k == 0) for stage in range(4) for k in range((3, 4, 6, 3)[stage])]
    stem = [layers.Conv2D(64, 7, strides=2), layers.BatchNormalization(), layers.Activation("relu"), layers.MaxPooling2D((3, 3), strides=(2, 2))]
    inputs = keras.Input(input_shape)
    x = layers.ZeroPadding2D((3, 3))(inputs)
    for layer in [*stem, *stages, layers.AveragePooling2D(2), layers.Flatten(), last]:
        x = layer(x)
    return keras.Model(inputs=inputs, outputs=x)


def resnet_line_by_line(input_shape=(64, 64, 3), classes=6):
    X_input = keras.Input(input_shape)
    X = layers.ZeroPadding2D((3, 3))(X_input)
    X = layers.Conv2D(64, (7, 7), strides=(2, 2), kernel_initializer=glorot_uniform(seed=0), name="conv1")(X)
    X = layers.BatchNormalization(axis=3, name="bn_conv1")(X)
    X = layers.Activation("relu")(X)
    X = layers.MaxPooling2D((3, 3), strides=(2, 2))(X)
    X = convolutional_block(X, f=3, filters=[64, 64, 256], s=1)
    X = identity_block(X, 3, [64, 64, 256])
    X = identity_block(X, 3, [64, 64, 256])
    X = convolutional_block(X, f=3, filters=[128, 128, 512])
    X = identity_block(X, 3, [128, 128, 512])
    X = identity_block(X, 3, [128, 128, 512])
    X = identity_block(X, 3, [128, 128, 512])
    X = convolutional_block(X, f=3, filters=[256, 256, 1024], s=2)
    for _ in range(5):
        X = identity_block(X, 3, [256, 256, 1024])
    X = convolutional_block(X, f=3, filters=[512, 512, 2048], s=2)
    X = identity_block(X, 3, [512, 512, 2048])
    X = identity_block(X, 3, [512, 512, 2048])
    X = layers.AveragePooling2D((2, 2))(X)
    X = layers.Dense(classes)(layers.Flatten()(X))
    return keras.Model(X_input, layers.Softmax()(X), name="ResNet50")


RESNET50 = Exercise(
    solution.ResNet50,
    points=20,
    cases=resnet_cases,
    slips=[
        Slip("a block of stage 4 is missing", Edit("(256, 2, 5)", "(256, 2, 4)"), "Stages 2 to 5 have 3, 4, 6 and 3 blocks, the first of each among them."),
        Slip("stage 2 has a stride", Edit("(64, 1, 2)", "(64, 2, 2)"), "The pooling before stage 2 has halved the picture already: its stride is 1."),
        Slip("no softmax", Edit(' activation="softmax",', ""), "The outputs are probabilities: they add up to 1."),
        Slip("always six classes", Edit("Dense(classes", "Dense(6"), "The argument says how many classes there are."),
        Slip("averaged over the picture", Edit("    X = layers.AveragePooling2D(2)(X)\n    X = layers.Flatten()(X)", "    X = layers.GlobalAveragePooling2D()(X)"), "The average is of 2 × 2 windows: for other pictures that is not the whole."),
        Slip("a running mean without memory", Edit("axis=3", "axis=3, momentum=0.0"), NO_MEMORY),
        Slip("a ReLU that is cut at 6", Edit("layers.ReLU()", "layers.ReLU(max_value=6)"), CUT),
    ],
    variants=[Variant("blocks of its own, the last layer made first", resnet_of_layers), Variant("line by line", resnet_line_by_line)],
    hints=[
        "Five stages. The first is four layers on the padded picture; each of the others is one convolutional block and some identity blocks.",
        "Stage 3, for example: X = convolutional_block(X, 3, [128, 128, 512], s=2), then three times X = identity_block(X, 3, [128, 128, 512]).",
        "The end: layers.AveragePooling2D(2), layers.Flatten(), layers.Dense(classes, activation=\"softmax\"). model.count_params() must be 23,600,006.",
    ],
    uses=("identity_block", "convolutional_block"),
    dtype="number",
    limit_float32=2e-2,  # fifty layers of TF32, normalised by the statistics of four pictures
    observer=look_at_model,
)

# --- multiply_adds -------------------------------------------------------------------------------------------------


def multiply_adds_cases(rng):
    n, c = (int(k) for k in rng.integers(6, 30, 2))
    yield case("the lecture's case", 28, 28, 192, 5, 32)
    yield case("the lecture's case, through 16 channels", 28, 28, 192, 5, 32, bottleneck=16)
    yield case("not square", n, n + 5, c, 3, 2 * c + 1)
    yield case("not square, through a bottleneck", n + 3, n, 4 * c, 3, c + 1, c - 2)
    yield case("1 × 1 filters", n, n, c, 1, c + 2)
    yield case("1 × 1 filters, through a bottleneck", n, n + 1, c, 1, c + 2, bottleneck=3)
    yield case("a bottleneck of one channel", n, n + 2, c, 7, c + 3, 1)
    yield case("wider than it is deep", n, n + 1, c, 5, c, bottleneck=9 * c)


def products_counted(n_H, n_W, n_C_prev, f, n_C, bottleneck=None):
    steps = [(1, n_C_prev, bottleneck), (f, bottleneck, n_C)] if bottleneck else [(f, n_C_prev, n_C)]
    total = 0
    for side, before, after in steps:
        total += int(np.prod([n_H, n_W, side, side, before, after]))
    return total


def by_recursion(n_H, n_W, n_C_prev, f, n_C, bottleneck=None):
    def cost(f, before, after):
        return (f**2 * before) * (n_H * n_W * after)

    return cost(f, n_C_prev, n_C) if bottleneck is None else cost(1, n_C_prev, bottleneck) + cost(f, bottleneck, n_C)


MULTIPLY_ADDS = Exercise(
    solution.multiply_adds,
    points=10,
    cases=multiply_adds_cases,
    slips=[
        Slip("the bottleneck's own cost is missing", Edit("n_H * n_W * n_C_prev * bottleneck + ", ""), "The 1 × 1 convolution multiplies too: there are two convolutions to pay for."),
        Slip("the bottleneck is ignored", Edit("if bottleneck is None:", "if True:"), "Where a bottleneck is given, two smaller convolutions take the place of one."),
        Slip("the bottleneck is paid for with f × f", Edit("n_C_prev * bottleneck + ", "f * f * n_C_prev * bottleneck + "), "The bottleneck's filters are 1 × 1."),
        Slip("the second convolution still sees every channel", Edit("f * f * bottleneck * n_C", "f * f * n_C_prev * n_C"), "The f × f filters see what the bottleneck has left."),
        Slip("f is not squared", Edit("f * f", "f", 2), "A filter is f rows high and f columns wide."),
        Slip("additions are counted too", Edit("    if bottleneck is None:\n", "    n_H = 2 * n_H\n    if bottleneck is None:\n"), "Count the multiplications alone."),
        Slip("a number of the output is taken for all", Edit("n_H * n_W * ", "", 3), "Every place of the output needs its own multiplications."),
        Slip("the input's channels are forgotten", Edit("f * f * n_C_prev * n_C", "f * f * n_C"), "A filter is as deep as its input."),
        Slip("square pictures only", Edit("n_H * n_W", "n_H * n_H", 3), "Rows and columns may differ in number."),
    ],
    variants=[Variant("step by step", products_counted), Variant("one cost, twice", by_recursion)],
    hints=[
        "One number of the output needs f · f · n_C_prev multiplications. How many numbers does the output have?",
        "Same padding and stride 1: the output has n_H · n_W · n_C numbers.",
        "With a bottleneck: a 1 × 1 convolution from n_C_prev to bottleneck channels, plus an f × f one from there to n_C.",
    ],
    dtype="number",
)

# --- inception_module ----------------------------------------------------------------------------------------------


def inception_cases(rng):
    n_C = int(rng.integers(6, 9))

    def one(title, look, filters, shape=(2, 6, 9), light=1):
        return case(title, filters, look=look, pictures=light * signed(rng, *shape, n_C), block=True)

    yield one("its output's shape", "sizes", [4, 3, 5, 2, 6, 3])
    yield one("parameters", "parameters", [4, 3, 5, 2, 6, 3])
    yield one("given weights", "inference", [4, 3, 5, 2, 6, 3])
    yield one("given weights, large numbers", "inference", [4, 3, 5, 2, 6, 3], light=40)
    yield one("given weights, branches of one size", "inference", [4, 3, 4, 5, 4, 4], shape=(2, 5, 5))
    yield one("given weights, the thinnest there is", "inference", [1, 1, 1, 1, 1, 1], shape=(1, 7, 4))
    yield one("given weights, a picture smaller than the windows", "inference", [3, 2, 4, 3, 2, 5], shape=(2, 2, 3))


def inception_without_reductions(X, filters):
    f1, _, f3, _, f5, f_pool = filters
    branches = [layers.Conv2D(n, size, padding="same", activation="relu")(X) for n, size in ((f1, 1), (f3, 3), (f5, 5))]
    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(X)
    return layers.Concatenate()([*branches, layers.Conv2D(f_pool, 1, activation="relu")(pooled)])


def inception_by_a_list(X, filters):
    def conv(X, n, size):
        return keras.ops.relu(layers.Conv2D(n, (size, size), padding="same")(X))

    f1, f3_reduce, f3, f5_reduce, f5, f_pool = filters
    pooled = conv(keras.ops.max_pool(X, 3, 1, padding="same"), f_pool, 1)
    five = conv(conv(X, f5_reduce, 1), f5, 5)
    three = conv(conv(X, f3_reduce, 1), f3, 3)
    return keras.ops.concatenate([conv(X, f1, 1), three, five, pooled], axis=-1)


def inception_by_class(X, filters):
    class Inception(layers.Layer):
        def __init__(self, f1, f3_reduce, f3, f5_reduce, f5, f_pool):
            super().__init__()

            def way(*sizes):
                return keras.Sequential([layers.Conv2D(n, size, padding="same", activation="relu") for n, size in sizes])

            self.ways = [way((f1, 1)), way((f3_reduce, 1), (f3, 3)), way((f5_reduce, 1), (f5, 5))]
            self.pool = keras.Sequential([layers.MaxPooling2D(3, 1, "same"), layers.Conv2D(f_pool, 1), layers.ReLU()])

        def call(self, x):
            return keras.ops.concatenate([way(x) for way in [*self.ways, self.pool]], axis=3)

    return Inception(*filters)(X)


INCEPTION_MODULE = Exercise(
    solution.inception_module,
    points=15,
    cases=inception_cases,
    slips=[
        Slip("the branches are in another order", Edit("[one, three, five, pooled]", "[pooled, one, three, five]"), "The docstring says in which order the channels stand."),
        Slip("no bottlenecks", inception_without_reductions, "Before the 3 × 3 and the 5 × 5 filters, a 1 × 1 convolution makes the channels fewer."),
        Slip("the bottlenecks are swapped", Edit("f1, f3_reduce, f3, f5_reduce, f5, f_pool = filters", "f1, f5_reduce, f3, f3_reduce, f5, f_pool = filters"), "The six numbers come branch by branch, the bottleneck first."),
        Slip("no ReLU in the bottlenecks", Edit('reduce, 1, activation="relu")', "reduce, 1)", 2), "ReLU follows every convolution, the bottlenecks among them."),
        Slip("no convolution after the pooling", Edit('    pooled = layers.Conv2D(f_pool, 1, activation="relu")(pooled)\n', ""), "Pooling keeps all channels: which argument says how many it may hand on?"),
        Slip("the convolution comes before the pooling", Edit('    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(X)\n    pooled = layers.Conv2D(f_pool, 1, activation="relu")(pooled)', '    pooled = layers.Conv2D(f_pool, 1, activation="relu")(X)\n    pooled = layers.MaxPooling2D(3, strides=1, padding="same")(pooled)'), "In the fourth branch pooling comes first, its 1 × 1 convolution second."),
        Slip("average pooling", Edit("MaxPooling2D", "AveragePooling2D"), "The strongest answer of each window is kept, not the mean."),
        Slip("a branch changes the size", Edit("strides=1", "strides=2"), "The branches cannot be joined unless all keep the size: same windows, and which stride?"),
        Slip("3 × 3 twice", Edit("Conv2D(f5, 5", "Conv2D(f5, 3"), "The third branch looks through 5 × 5 windows."),
        Slip("added, not joined", Edit("layers.Concatenate(axis=3)", "layers.Add()"), "The branches have different numbers of channels, and keep them: they are joined side by side."),
        Slip("joined along the rows", Edit("axis=3", "axis=1"), ROWS),
        Slip("a ReLU that is cut at 6", Edit('"relu"', '"relu6"', 6), CUT),
    ],
    variants=[Variant("backwards, in keras.ops", inception_by_a_list), Variant("a layer of its own", inception_by_class)],
    hints=[
        "Four branches, each of which starts at X. Write them one under the other, under four names.",
        "A branch with a bottleneck is two lines: layers.Conv2D(f3_reduce, 1, activation=\"relu\")(X), then layers.Conv2D(f3, 3, padding=\"same\", activation=\"relu\") on it.",
        "The fourth: layers.MaxPooling2D(3, strides=1, padding=\"same\")(X), then 1 × 1. Last layers.Concatenate(axis=3)([one, three, five, pooled]).",
    ],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_model,
)

EXERCISES = [PLAIN_BLOCK, IDENTITY_BLOCK, CONVOLUTIONAL_BLOCK, RESNET50, MULTIPLY_ADDS, INCEPTION_MODULE]
