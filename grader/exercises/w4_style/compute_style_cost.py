"""The style layers' costs, each times its own weight; the last output is the content layer's."""

from solutions.w4_style import compute_style_cost

from grader.exercises.w4_style.shared import IN_NUMPY, NO_GRADIENT, TF32, single
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.losses import look_at_loss
from grader.spec.wrong import beforehand

exercise = Exercise(
    compute_style_cost,
    points=9,
    uses=["gram_matrix", "compute_layer_style_cost"],
    limit_float32=TF32,
    observer=look_at_loss,
    hints=[
        "The lists have one output more than there are style layers: the last one is the content layer's.",
        "Go through the outputs but the last, and through STYLE_LAYERS, together: zip.",
        "Add weight * compute_layer_style_cost(a_S, a_G), starting from 0.0.",
    ],
)


@exercise.cases
def cases(rng):
    def one(title, *shapes, weights):
        seen, made = ([single(rng, 1, *shape) for shape in shapes] for _ in range(2))
        return case(title, y_true=seen, y_pred=made, STYLE_LAYERS=[(f"layer_{k}", weight) for k, weight in enumerate(weights)])

    def some(count, low=0.1, high=0.8):
        return rng.uniform(low, high, count).tolist()

    yield one("one style layer", (5, 4, 3), (3, 3, 4), weights=some(1))
    yield one("two, weighted apart", (6, 5, 2), (3, 2, 5), (2, 2, 6), weights=some(1) + some(1, 1, 2))
    yield one("five", (8, 8, 2), (6, 6, 3), (4, 4, 4), (3, 3, 5), (2, 2, 6), (2, 3, 4), weights=some(5))
    yield one("weights that sum to more than 1", (4, 4, 3), (4, 4, 3), (4, 4, 3), weights=some(2, 1, 5))
    yield one("weights of whole numbers", (4, 3, 2), (3, 4, 3), (2, 2, 2), weights=rng.integers(2, 9, 2).tolist())
    yield one("a weight of 0", (4, 5, 3), (4, 5, 3), (3, 3, 2), (2, 2, 2), weights=[*some(1), 0, 0.4])
    yield one("the content layer has the shape of a style layer", (3, 4, 4), (3, 4, 4), weights=some(1))
    yield one("falling weights", (6, 6, 2), (5, 5, 2), (4, 4, 2), (3, 3, 2), (3, 3, 2), weights=[2.0, 1.0, 0.5, 0.25])


exercise.equivalent("(a_S, a_G, (_, weight)) → (a_G, a_S, (_, weight))", "differences, squared")
exercise.equivalent("compute_layer_style_cost(a_S, a_G) → compute_layer_style_cost(a_G, a_S)", "differences, squared")
exercise.equivalent(
    "zip(style_image_output[:-1], generated_image_output[:-1], STYLE_LAYERS, strict=True) → zip(generated_image_output[:-1], style_image_output[:-1], STYLE_LAYERS, strict=True)",
    "differences, squared",
)

exercise.slip("computed in NumPy", IN_NUMPY, NO_GRADIENT)
exercise.slip("weights ignored", beforehand(STYLE_LAYERS="[(name, 1) for name, _ in STYLE_LAYERS]"), "Each layer's cost counts with its weight in STYLE_LAYERS.")
exercise.slip("all weights alike", beforehand(STYLE_LAYERS="[(name, 1 / len(STYLE_LAYERS)) for name, _ in STYLE_LAYERS]"), "The weights stand in STYLE_LAYERS; they need not be alike.")
exercise.slip("weights in the other order", beforehand(STYLE_LAYERS="STYLE_LAYERS[::-1]"), "The outputs come in the order of STYLE_LAYERS.")
exercise.slip("weights brought to a sum of 1", lambda S, G, STYLE_LAYERS: compute_style_cost(S, G, STYLE_LAYERS) / sum(weight for _, weight in STYLE_LAYERS), "The weights count as they are.")
exercise.slip(
    "the first layer is left out",
    lambda S, G, STYLE_LAYERS: compute_style_cost(S[1:] + S[:1], G[1:] + G[:1], STYLE_LAYERS),
    "The content layer's output is the last of the list, not the first.",
)
exercise.slip(
    "content too",
    lambda S, G, STYLE_LAYERS: compute_style_cost(S + S[-1:], G + G[-1:], STYLE_LAYERS + STYLE_LAYERS[-1:]),
    "The last output is the content layer's; it has no part in the style.",
)
exercise.slip("the last layer alone", lambda S, G, STYLE_LAYERS: compute_style_cost(S[-2:], G[-2:], STYLE_LAYERS[-1:]), "The layers' costs are added up.")
exercise.slip("weights are squared", beforehand(STYLE_LAYERS="[(name, weight**2) for name, weight in STYLE_LAYERS]"), "Each cost is multiplied by its weight, once.")
exercise.slip("the first weight for all", beforehand(STYLE_LAYERS="[(name, STYLE_LAYERS[0][1]) for name, _ in STYLE_LAYERS]"), "Each layer has a weight of its own.")
