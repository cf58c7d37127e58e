"""What a unit sees, from the windows, strides and paddings below it."""

from solutions.w4_style import receptive_field

from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit

exercise = Exercise(
    receptive_field,
    points=9,
    dtype="whole",
    hints=[
        "Keep three numbers, and go from the picture up: size 1, stride 1, pad 0 is a pixel.",
        "A window of f has f − 1 more entries than one, and each is as many pixels from the next as the strides below, multiplied.",
        "size += (f - 1) * step; before += pad * step; and only then step *= stride.",
    ],
)


@exercise.cases
def cases(rng):
    def layers(count, f=(1, 8), stride=(1, 4), pad=(0, 4)):
        return [tuple(draw.number(rng, *limits) for limits in (f, stride, pad)) for _ in range(count)]

    yield case("one layer", layers(1, (3, 12), (2, 5), (1, 4)))
    yield case("two layers, stride 1", layers(2, (2, 9), (1, 2)))
    yield case("the stride is below", [*layers(1, (3, 8), (2, 5)), *layers(1, (3, 8), (1, 2), (1, 4))])
    yield case("the stride is above", [*layers(1, (3, 8), (1, 2)), *layers(1, (3, 8), (2, 5), (1, 4))])
    yield case("convolutions and poolings", [one for f in rng.integers(3, 8, 3) for one in ((int(f), 1, int(f) // 2), (2, 2, 0))])
    yield case("1 × 1 on top of something", [*layers(2, (3, 8), (2, 4)), (1, 1, 0)])
    yield case("1 × 1 below, with a stride", [(1, draw.number(rng, 2, 5), 0), *layers(1, (3, 8))])
    yield case("gaps: strides larger than the windows", layers(3, (1, 3), (3, 6)))
    yield case("every layer is padded", layers(3, (2, 6), (2, 4), (1, 4)))
    yield case("no layer is padded", layers(3, (2, 6), (2, 4), (0, 1)))
    yield case("six layers", layers(6))
    yield case("ten layers", layers(10, (2, 6), (1, 3)))
    yield case("no layer at all", [])


exercise.equivalent("(size, step, before) → (step, size, before)", "both begin with 1")

exercise.slip("strides ignored", lambda layers: (1 + sum(f - 1 for f, _, _ in layers), *receptive_field(layers)[1:]), "A step of a higher layer is as many pixels as all strides below it, multiplied.")
exercise.slip(
    "the layer's own stride counts for its own window",
    beforehand(layers="[one for f, s, p in layers for one in ((1, s, 0), (f, 1, p))]"),
    "A layer's stride moves its windows apart; inside its window, neighbours are as far apart as the layer below has them.",
)
exercise.slip("the strides are added", edit("step *= stride", "step += stride - 1"), "Two strides of 2 make 4: strides multiply.")
exercise.slip(
    "only the last stride",
    lambda layers: (receptive_field(layers)[0], layers[-1][1] if layers else 1, receptive_field(layers)[2]),
    "Neighbours of the last layer are as many pixels apart as all strides multiplied.",
)
exercise.slip("f instead of f − 1", beforehand(layers="[(f + 1, s, p) for f, s, p in layers]"), "One pixel is there from the start; a window of f adds f − 1 of them.")
exercise.slip("begins with no pixel", afterwards(lambda result: (result[0] - 1, *result[1:])), "Without any layer a unit is a pixel, and sees itself.")
exercise.slip("paddings are added as they are", lambda layers: (*receptive_field(layers)[:2], sum(p for _, _, p in layers)), "A layer's padding is in its own steps: how many pixels is one of them?")
exercise.slip("the padding makes the field larger", beforehand(layers="[(f + 2 * p, s, p) for f, s, p in layers]"), "Padding moves the window; it does not make it see more.")
exercise.slip("the padding is forgotten", afterwards(lambda result: (*result[:2], 0)), "With padding the first window hangs over the edge: by how many pixels?")
exercise.slip("the last layer's padding alone", beforehand(layers="[(f, s, 0) for f, s, _ in layers[:-1]] + layers[-1:]"), "Every layer's padding adds to how far the first window hangs over.")
exercise.slip("from the top down", beforehand(layers="layers[::-1]"), "`layers` begins at the picture; go through it in that order.")
exercise.slip("size and stride exchanged", afterwards(lambda result: (result[1], result[0], result[2])), "The order is (size, stride, pad).")
