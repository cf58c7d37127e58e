"""Blocks, then three dense layers; small where it is run, counted where it is as large as in the paper."""

from solutions.w5_classic import vgg

from grader.exercises.w5_classic.shared import Model, slips_of_the_dense_end
from grader.spec import draw
from grader.spec.case import case
from grader.spec.wrong import beforehand, edit, exchanging

exercise = Model(
    vgg,
    points=8,
    pair_cases=0,
    uses=["vgg_block"],
    hints=[
        "Your blocks in a loop: for n_convs, filters in blocks. Then the same end as AlexNet's.",
        "X = vgg_block(X, n_convs, filters) for each of them; then layers.Flatten(), and twice Dense with ReLU and Dropout(0.5).",
        'Last layers.Dense(classes, activation="softmax"). vgg().count_params() is 138,357,544.',
    ],
)


@exercise.cases
def cases(rng):
    classes, units = draw.number(rng, 4, 7), draw.number(rng, 9, 14)
    small = [[1, 4], [2, 6], [3, 5]]

    def seen(look, shape, light=1.0, dense=0.7):
        return {"look": look, "pictures": light * draw.single(rng, 2, *shape), "dense": dense}

    def one(title, look, shape=(17, 26, 3), blocks=small, **more):
        return case(title, shape, classes, blocks, units, **seen(look, shape, **more))

    yield one("its output's shape", "sizes")
    yield one("parameters", "parameters")
    yield one("given weights", "inference")
    yield one("given weights, strong light", "inference", light=40.0, dense=0.05)
    yield one("dropout", "dense dropout")
    yield one("given weights, one block, grey", "inference", (9, 6, 1), [[2, 7]])
    yield one("parameters, four blocks", "counted", (32, 48, 2), [[2, 3], [1, 8], [4, 5], [2, 9]])
    yield case("parameters, nothing said", **seen("counted", (224, 224, 3)))
    yield case("parameters, a few blocks and classes, nothing else said", blocks=((1, 8), (2, 4)), classes=classes, **seen("counted", (224, 224, 3)))


exercise.slip("the last block is missing", beforehand(blocks="blocks[:-1] if len(blocks) > 1 else blocks"), "Every pair of `blocks` becomes a block.")
exercise.slip("the first block is missing", beforehand(blocks="blocks[1:] or blocks"), "Every pair of `blocks` becomes a block.")
exercise.slip("the blocks' two numbers are exchanged", edit("for n_convs, filters in blocks", "for filters, n_convs in blocks"), "A pair is (n_convs, filters).")
exercise.slip("two convolutions in each block", beforehand(blocks="[(2, filters) for _, filters in blocks]"), "How many convolutions a block has stands in `blocks`.")
exercise.slip("averaged over the picture", edit("layers.Flatten()", "layers.GlobalAveragePooling2D()"), "VGG flattens: every place keeps its own weights.")
exercise.slip("dropout after the blocks too", edit("X = layers.Flatten()(X)", "X = layers.Dropout(0.5)(layers.Flatten()(X))"), "Only the two dense layers before the last have dropout.")
exercise.slip("no dense layers before the last", edit("range(2)", "range(0)"), "Two dense layers with ReLU and dropout, then the last one.")
exercise.slip("classes and units are exchanged", exchanging("classes", "units"), "`units` is for the dense layers before the last, `classes` for the last.")
slips_of_the_dense_end(exercise)


for size in ("(225, 224, 3)", "(224, 225, 3)"):
    exercise.equivalent(f"(224, 224, 3) → {size}", "the first pooling drops an odd row: the network is the same")
