"""Five convolutions, three dense layers; small where it is run, counted where it is as large as in the paper."""

from solutions.w5_classic import alexnet

from grader.exercises.w5_classic.shared import CUT, Model, slips_of_the_dense_end
from grader.spec import draw
from grader.spec.case import case
from grader.spec.wrong import edit, edits, ignoring, instead, leaving_out, passing, skipping

exercise = Model(
    alexnet,
    points=9,
    pair_cases=0,
    hints=[
        "Write it down line by line, as the docstring has it. Which lines have padding? Only the convolutions of 5 × 5 and 3 × 3.",
        'X = layers.Conv2D(filters[0], 11, strides=4, activation="relu")(inputs), X = data.local_response_layer()(X), X = layers.MaxPooling2D(3, strides=2)(X); and so on.',
        "groups=groups stands in convolutions 2, 4 and 5 only. After the last pooling: Flatten, then twice Dense and Dropout(0.5), then the softmax. alexnet().count_params() is 62,378,344.",
    ],
)


@exercise.cases
def cases(rng):
    small = [6, 8, 10, 12, 4]
    classes, units = draw.number(rng, 4, 7), draw.number(rng, 9, 14)

    def seen(look, light=1.0, shape=(71, 99, 3), dense=1.0):
        return {"look": look, "pictures": light * draw.single(rng, 3, *shape), "dense": dense}

    def one(title, look, **more):
        shape = more.get("shape", (71, 99, 3))
        return case(title, shape, classes, small, units, **seen(look, **more))

    yield one("its output's shape", "sizes")
    yield one("parameters", "parameters")
    yield one("given weights", "inference", dense=0.7)
    yield one("given weights, strong light", "inference", light=400.0, dense=0.5)
    yield one("dropout", "dense dropout")
    yield one("given weights, grey and high", "inference", light=300.0, shape=(103, 75, 1), dense=0.5)
    yield case("parameters, for pictures of 227 × 227", classes=classes, filters=small, units=units, **seen("counted", shape=(227, 227, 3)))
    yield case("parameters, two groups", (67, 67, 3), classes, small, units, 2, **seen("counted"))
    yield case("parameters, four groups of other filters", (83, 67, 3), classes, [8, 12, 16, 8, 12], units + 1, groups=4, **seen("counted"))
    yield case("parameters, nothing said", **seen("counted", shape=(227, 227, 3)))


exercise.slip(
    "pictures of 224 × 224",
    edit("inputs = keras.Input(input_shape)", "inputs = keras.Input(input_shape if input_shape != (227, 227, 3) else (224, 224, 3))"),
    "The paper's 224 cannot be: 11 × 11 filters with stride 4 give 55 rows at 227.",
)
exercise.slip("the first convolution is padded", edit('11, strides=4, activation="relu"', '11, strides=4, padding="same", activation="relu"'), "The first convolution is valid: no padding.")
exercise.slip("the other convolutions are not padded", edit('padding="same", ', "", 4), "The 5 × 5 and 3 × 3 convolutions keep the size: same.")
exercise.slip("windows of the pooling do not overlap", edit("MaxPooling2D(3, strides=2)", "MaxPooling2D(2, strides=2)", 3), "The windows are 3 wide and move by 2: they overlap.")
exercise.slip("average pooling", instead(MaxPooling2D="AveragePooling2D"), "The largest number of each window is kept, not the mean.")
exercise.slip("the last pooling is missing", skipping("MaxPooling2D", only=3), "A third pooling follows the fifth convolution.")
exercise.slip("no local response normalisation", edit("    X = data.local_response_layer()(X)\n", "", 2), "data.local_response_layer()(X) follows the first and the second convolution.")
exercise.slip(
    "normalised before ReLU",
    edits(
        ('strides=4, activation="relu")(inputs)\n    X = data.local_response_layer()(X)', "strides=4)(inputs)\n    X = layers.ReLU()(data.local_response_layer()(X))"),
        ('groups=groups, activation="relu")(X)\n    X = data.local_response_layer()(X)', "groups=groups)(X)\n    X = layers.ReLU()(data.local_response_layer()(X))"),
    ),
    "ReLU comes first, normalisation second.",
)
exercise.slip(
    "normalised after the pooling",
    edits(
        (
            "(inputs)\n    X = data.local_response_layer()(X)\n    X = layers.MaxPooling2D(3, strides=2)(X)",
            "(inputs)\n    X = layers.MaxPooling2D(3, strides=2)(X)\n    X = data.local_response_layer()(X)",
        ),
        (
            'groups=groups, activation="relu")(X)\n    X = data.local_response_layer()(X)\n    X = layers.MaxPooling2D(3, strides=2)(X)',
            'groups=groups, activation="relu")(X)\n    X = layers.MaxPooling2D(3, strides=2)(X)\n    X = data.local_response_layer()(X)',
        ),
    ),
    "Normalisation comes before the pooling.",
)
exercise.slip("dropout on the convolutions too", edit("X = layers.Flatten()(X)", "X = layers.Flatten()(layers.Dropout(0.5)(X))"), "Only the two dense layers have dropout.")
exercise.slip("averaged over the picture", edit("layers.Flatten()", "layers.GlobalAveragePooling2D()"), "AlexNet flattens: every place keeps its own weights, which is where most of them are.")
exercise.slip(
    "groups in the third convolution as well",
    edit('layers.Conv2D(filters[2], 3, padding="same", activation="relu")', 'layers.Conv2D(filters[2], 3, padding="same", groups=groups, activation="relu")'),
    "The third convolution sees what both GPUs have made.",
)
exercise.slip("no groups", ignoring(groups=1), "groups=groups stands in convolutions 2, 4 and 5.")
exercise.slip("no groups in the fourth convolution", leaving_out("Conv2D", "groups", only=4), "groups=groups stands in convolutions 2, 4 and 5.")
exercise.slip("3 × 3 in the second convolution", edit("filters[1], 5", "filters[1], 3"), "The second convolution looks through 5 × 5.")
exercise.slip("a ReLU that is cut at 6", passing("Conv2D", activation="relu6"), CUT)
exercise.slip("tanh", passing("Conv2D", activation="tanh"), "AlexNet's news was ReLU in place of tanh.")
slips_of_the_dense_end(exercise)


for size in ("(228, 227, 3)", "(227, 228, 3)"):
    exercise.equivalent(f"(227, 227, 3) → {size}", "a window of 11 that moves by 4 does not reach the 228th row: any of 227 to 230 gives the same network")
