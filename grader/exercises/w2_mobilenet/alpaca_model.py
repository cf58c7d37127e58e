"""`alpaca_model`: whatever its layers are called, it is looked at through its weights and its outputs."""

from solutions.w2_mobilenet import alpaca_model

from grader.exercises.w2_mobilenet.shared import TF32, pixels
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.transfer import look_at_transfer
from grader.spec.wrong import edit, edits, ignoring, instead, passing, skipping

exercise = Exercise(
    alpaca_model,
    points=16,
    uses=["data_augmenter"],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_transfer,
    pair_cases=0,
    hints=[
        'base = data.pretrained("mobilenet_v2", input_shape=(*image_shape, 3)); base.trainable = False. Then six steps, one line each.',
        "inputs = keras.Input((*image_shape, 3)); data_augmentation(inputs); keras.applications.mobilenet_v2.preprocess_input; base(x, training=False).",
        "layers.GlobalAveragePooling2D(), layers.Dropout(0.2), layers.Dense(1): keras.Model(inputs, outputs).",
    ],
)


@exercise.cases
def cases(rng):
    size = (48, 32)
    for title, look, m, light in (
        ("one logit for each picture", "sizes", 2, 1),
        ("parameters, trained and others", "parameters", 1, 1),
        ("the features are borrowed", "borrowed", 1, 1),
        ("given last weights", "inference", 4, 1),
        ("given last weights, dark pictures", "inference", 4, 1 / 8),
        ("while it trains", "training", 2, 1),
        ("numbers that are dropped", "dropout", 1, 1),
    ):
        yield case(title, size, look=look, pictures=light * pixels(rng, m, *size, 3))


PREPROCESS = "keras.applications.mobilenet_v2.preprocess_input"

exercise.slip("the base is not frozen", edit("    base.trainable = False\n", ""), "What is borrowed must not change: base.trainable.")
exercise.slip(
    "normalisation left to learn",
    edit("base.trainable = False", "for layer in base.layers: layer.trainable = isinstance(layer, layers.BatchNormalization)"),
    "All of the base is frozen, its batch normalisations too.",
)
exercise.slip("pixels as they are", skipping("preprocess_input"), "The base was taught on values from -1 to 1: preprocess_input.")
exercise.slip("pixels from 0 to 1", edit(f"{PREPROCESS}(x)", "x / 255"), "The base was taught on values from -1 to 1: preprocess_input.")
exercise.slip(
    "augmented after preprocessing",
    edits(("data_augmentation(inputs)", f"{PREPROCESS}(inputs)"), (f"{PREPROCESS}(x)", "data_augmentation(x)")),
    "The augmentation sees pictures: it comes first.",
)
exercise.slip("no augmentation", skipping("data_augmentation"), "The pictures pass through data_augmentation first.")
exercise.slip("no dropout", skipping("Dropout"), "Between pooling and the last layer, a fifth of the numbers is dropped.")
exercise.slip("a sigmoid", passing("Dense", activation="sigmoid"), "A logit is wanted: the loss will do the rest.")
exercise.slip("two outputs", edit("Dense(1)", "Dense(2)"), "Two kinds are one question: one number answers it.")
exercise.slip("half is dropped", edit("Dropout(0.2)", "Dropout(0.5)"), "A fifth of the numbers is dropped, no more.")
exercise.slip("flattened", instead(GlobalAveragePooling2D="Flatten"), "Each feature is averaged over all places.")
exercise.slip("the strongest, not the mean", instead(GlobalAveragePooling2D="GlobalMaxPooling2D"), "Each feature is averaged over all places.")
exercise.slip(
    "nothing is borrowed",
    edit('data.pretrained("mobilenet_v2", input_shape=(*image_shape, 3))', "keras.applications.MobileNetV2((*image_shape, 3), alpha=0.75, include_top=False, weights=None)"),
    "Without its weights, the base knows nothing: data.pretrained.",
)
exercise.slip("the size is fixed", ignoring(image_shape=(160, 160)), "The argument says how large a picture is.")

for change in ("base(x, training=False) → base(x)", "training=False → training=True"):
    exercise.equivalent(change, "a frozen normalisation is in inference mode, whatever it is told")
