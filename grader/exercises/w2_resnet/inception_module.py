"""Four branches that look through windows of several sizes; their channels are joined."""

from solutions.w2_resnet import inception_module

from grader.exercises.w2_resnet.shared import CUT, ROWS, Block
from grader.spec import draw
from grader.spec.case import case
from grader.spec.wrong import beforehand, edit, edits, instead, passing, skipping

exercise = Block(
    inception_module,
    points=15,
    hints=[
        "Four branches, each of which starts at X. Write them one under the other, under four names.",
        'A branch with a bottleneck is two lines: layers.Conv2D(f3_reduce, 1, activation="relu")(X), then layers.Conv2D(f3, 3, padding="same", activation="relu") on it.',
        'The fourth: layers.MaxPooling2D(3, strides=1, padding="same")(X), then 1 × 1. Last layers.Concatenate(axis=3)([one, three, five, pooled]).',
    ],
)


@exercise.cases
def cases(rng):
    n_C = draw.number(rng, 6, 9)

    def one(title, look, *filters, shape=(2, 6, 9), light=1):
        return case(title, list(filters), look=look, pictures=light * draw.single(rng, *shape, n_C), block=True)

    yield one("its output's shape", "sizes", 4, 3, 5, 2, 6, 3)
    yield one("parameters", "parameters", 4, 3, 5, 2, 6, 3)
    yield one("given weights", "inference", 4, 3, 5, 2, 6, 3)
    yield one("given weights, large numbers", "inference", 4, 3, 5, 2, 6, 3, light=40)
    yield one("given weights, training", "training", 4, 3, 5, 2, 6, 3)
    yield one("given weights, branches of one size", "inference", 4, 3, 4, 5, 4, 4, shape=(2, 5, 5))
    yield one("given weights, the thinnest there is", "inference", 1, 1, 1, 1, 1, 1, shape=(1, 7, 4))
    yield one("given weights, a picture smaller than the windows", "inference", 3, 2, 4, 3, 2, 5, shape=(2, 2, 3))


exercise.slip("the branches are in another order", edit("[one, three, five, pooled]", "[pooled, one, three, five]"), "The docstring says in which order the channels stand.")
exercise.slip("no bottlenecks", edits((")(three)", ")(X)"), (")(five)", ")(X)")), "Before the 3 × 3 and the 5 × 5 filters, a 1 × 1 convolution makes the channels fewer.")
exercise.slip("the bottlenecks are swapped", beforehand(filters="[filters[n] for n in (0, 3, 2, 1, 4, 5)]"), "The six numbers come branch by branch, the bottleneck first.")
exercise.slip("no ReLU in the bottlenecks", edit('reduce, 1, activation="relu")', "reduce, 1)", 2), "ReLU follows every convolution, the bottlenecks among them.")
exercise.slip("no convolution after the pooling", skipping("Conv2D", only=6), "Pooling keeps all channels: which argument says how many it may hand on?")
exercise.slip(
    "the convolution comes before the pooling",
    edits(('layers.MaxPooling2D(3, strides=1, padding="same")(X)', "X"), (", pooled]", ', layers.MaxPooling2D(3, strides=1, padding="same")(pooled)]')),
    "In the fourth branch pooling comes first, its 1 × 1 convolution second.",
)
exercise.slip("average pooling", instead(MaxPooling2D="AveragePooling2D"), "The strongest answer of each window is kept, not the mean.")
exercise.slip("a branch changes the size", passing("MaxPooling2D", strides=2), "The branches cannot be joined unless all keep the size: same windows, and which stride?")
exercise.slip("3 × 3 twice", edit("f5, 5", "f5, 3"), "The third branch looks through 5 × 5 windows.")
exercise.slip("added, not joined", edit("layers.Concatenate(axis=3)", "layers.Add()"), "The branches have different numbers of channels, and keep them: they are joined side by side.")
exercise.slip("joined along the rows", passing("Concatenate", axis=1), ROWS)
exercise.slip("a ReLU that is cut at 6", passing("Conv2D", activation="relu6"), CUT)

exercise.equivalent("layers.Concatenate(axis=3) → layers.Concatenate()", "the channels are the last axis, which is the default")
