"""What goes on downwards is halved, the skip connection is not; both have had the dropout."""

from keras import layers
from solutions.w3_unet import conv_block

from grader.exercises.w3_unet.shared import CONVOLUTIONS, HE, N_FILTERS, RELU, TF32
from grader.spec import draw
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.models import look_at_model
from grader.spec.wrong import afterwards, beforehand, edit, ignoring, instead, leaving_out, passing, skipping

exercise = Exercise(
    conv_block,
    points=14,
    limit_float32=TF32,
    observer=look_at_model,
    pair_cases=1,
    hints=[
        "Two convolutions, perhaps a dropout. What you have then is the skip connection; pooling makes next_layer out of it.",
        'layers.Conv2D(n_filters, 3, padding="same", activation="relu", kernel_initializer="he_normal"), twice; if dropout_prob > 0: layers.Dropout(dropout_prob).',
        "next_layer = layers.MaxPooling2D(2)(conv) if max_pooling else conv; return next_layer, conv.",
    ],
)


@exercise.cases
def cases(rng):
    # So many are dropped that some window of four is dropped whole: a slip that pools first is seen every time.
    n_C, n, share = draw.number(rng, 3, 6), draw.number(rng, 7, 11), round(float(rng.uniform(0.4, 0.55)), 2)

    def one(title, look, *args, shape=(2, 7, 10), light=1, **more):
        return case(title, *args, look=look, pictures=light * draw.single(rng, *shape, n_C), block=2, **more)

    yield one("the shapes, odd sides", "sizes", n)
    yield one("the shapes, not halved", "sizes", n, 0, False)
    yield one("parameters where nothing is said", "parameters")
    yield one("how it begins", "beginning", 16, he=2)
    yield one("given weights", "inference", n)
    yield one("given weights, large numbers", "inference", n, light=40)
    yield one("given weights, not halved", "inference", n, max_pooling=False)
    yield one("given weights, with dropout", "inference", n, share, shape=(1, 4, 5))
    yield one("dropout", "dropout", n, share, shape=(2, 9, 12))
    yield one("dropout, not halved", "dropout", n, dropout_prob=share + 0.2, max_pooling=False)
    yield one("no dropout where nothing is said", "dropout", n)


exercise.slip("the skip connection is halved too", afterwards(lambda result: (result[0], result[0])), "The skip connection keeps the full size: take it before the pooling.")
exercise.slip("the two results are swapped", afterwards(lambda result: result[::-1]), "First what goes on downwards, then the skip connection.")


def skip_before_dropout(inputs, n_filters=32, dropout_prob=0, max_pooling=True):
    skip, _ = conv_block(inputs, n_filters, max_pooling=False)
    dropped = layers.Dropout(dropout_prob)(skip)
    return (layers.MaxPooling2D(2)(dropped) if max_pooling else dropped), skip


exercise.slip("the skip connection misses the dropout", skip_before_dropout, "The skip connection is taken after dropout.")
exercise.slip("no dropout", ignoring(dropout_prob=0), "Where dropout_prob is more than 0, a Dropout layer follows the convolutions.")
exercise.slip("dropout between the convolutions", edit("(inputs)\n", "(inputs)\n    conv, dropout_prob = layers.Dropout(dropout_prob)(conv), 0\n"), "Dropout comes after both convolutions.")
exercise.slip("always the same dropout", beforehand(dropout_prob="dropout_prob and 0.3"), "The argument says how much is dropped.")
exercise.slip("whole channels are dropped", instead(Dropout="SpatialDropout2D"), "Dropout drops number by number.")
exercise.slip("never halved", ignoring(max_pooling=False), "Where max_pooling is asked for, next_layer has half as many rows and columns.")
exercise.slip("always halved", ignoring(max_pooling=True), "Where max_pooling is False, nothing is halved.")
exercise.slip("average pooling", instead(MaxPooling2D="AveragePooling2D"), "The strongest answer of each window is kept, not the mean.")
exercise.slip("one convolution", skipping("Conv2D", only=2), CONVOLUTIONS)
exercise.slip("no ReLU", leaving_out("Conv2D", "activation"), RELU)
exercise.slip("no ReLU after the second", leaving_out("Conv2D", "activation", only=2), RELU)
exercise.slip("another start", leaving_out("Conv2D", "kernel_initializer"), HE)
exercise.slip("n_filters is ignored", ignoring(n_filters=32), N_FILTERS)
exercise.slip("windows leave the border out", passing("Conv2D", padding="valid"), "Same convolutions keep the size: what must be put around the picture?")

exercise.equivalent("inputs, n_filters=32, dropout_prob=0, max_pooling=True → inputs, n_filters=32, dropout_prob=-1, max_pooling=True", "no share below 0 is dropped")
exercise.equivalent("dropout_prob > 0 → dropout_prob >= 0", "a Dropout layer that drops nothing changes nothing")
exercise.equivalent("dropout_prob > 0 → dropout_prob > -1", "a Dropout layer that drops nothing changes nothing")
