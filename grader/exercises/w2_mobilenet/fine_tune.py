"""`fine_tune`: asked about what the student's own `alpaca_model` gives; the same model comes back."""

from solutions.w2_mobilenet import fine_tune

from grader.exercises.w2_mobilenet.shared import TF32, pixels
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.observers.transfer import look_at_fine_tuning
from grader.spec.wrong import beforehand, edit, ignoring, instead, leaving_out, passing

exercise = Exercise(
    fine_tune,
    points=9,
    uses=["data_augmenter", "alpaca_model"],
    dtype="number",
    limit_float32=TF32,
    observer=look_at_fine_tuning,
    pair_cases=0,
    hints=[
        "First find the base: of the model's layers it is the one that has many layers itself. Then go through those.",
        "base.trainable = True, then say of every layer what it shall do: layer.trainable is False for base.layers[:fine_tune_at] and for every BatchNormalization, True for the others.",
        'model.compile(optimizer=keras.optimizers.Adam(base_learning_rate / 10), loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"]).',
    ],
)


@exercise.cases
def cases(rng):
    def one(title, look, *args):
        return case(title, *args, look=look, pictures=pixels(rng, 4, 32, 48, 3))

    # Layer 120 of the base has a kernel, and so has the one before each of these: one place too far is seen on either side.
    behind, later = int(rng.choice([55, 59, 62, 64, 67, 70, 73, 76, 79, 82, 85, 88, 91, 94, 97])), int(rng.choice([126, 129, 132, 135, 138, 141, 144, 147]))
    yield one("what learns", "trainable")
    yield one("what learns, from another layer on", "trainable", behind)
    yield one("what learns, all of the base", "trainable", 0)
    yield one("what learns, a model tuned before", "again", later)
    yield one("its rule and its loss", "settings")
    yield one("its rule, another rate", "settings", 130, float(rng.uniform(0.005, 0.05)))
    yield one("what a step moves", "fit", behind)


exercise.slip(
    "its statistics move",
    edit(" and not isinstance(layer, layers.BatchNormalization)", ""),
    "In fit, a batch normalisation that may learn takes each batch's statistics, whatever was said when the model was built: freeze them.",
)
exercise.slip("the other end learns", edit("place >= fine_tune_at", "place < fine_tune_at"), "What is close to the pictures is of use to everyone: the last layers learn.")
exercise.slip("all of the base learns", ignoring(fine_tune_at=0), "The layers before fine_tune_at stay frozen.")
exercise.slip("the base stays frozen", ignoring(fine_tune_at=1000), "From fine_tune_at on, layers learn again.")
exercise.slip("the new layer is frozen", beforehand(model="setattr(model.layers[-1], 'trainable', False) or model"), "The new last layer goes on learning.")
exercise.slip("always from layer 120", ignoring(fine_tune_at=120), "The argument says from where on.")
exercise.slip(
    "the base is looked for at a fixed place",
    edit('max(model.layers, key=lambda layer: len(getattr(layer, "layers", [])))', "model.layers[4]"),
    "Which of model.layers is the base? The one that has layers itself; where it stands depends on how the model was written.",
)
exercise.slip("the rate is not lowered", beforehand(base_learning_rate="10 * base_learning_rate"), "Gently: a tenth of the rate that the new layer was trained with.")
exercise.slip("always the same rate", ignoring(base_learning_rate=0.001), "A tenth of base_learning_rate, whatever that is.")
exercise.slip("a loss for probabilities", passing("BinaryCrossentropy", from_logits=False), "The model gives logits: the loss must know.")
exercise.slip("another rule", instead(Adam="SGD"), "The rule is Adam.")
exercise.slip("compiled without accuracy", leaving_out("compile", "metrics"), "Accuracy is wanted beside the loss: metrics.")

exercise.equivalent("len(getattr(layer, 'layers', [])) → getattr(layer, 'layers', [])", "one layer has layers, the others have none")
for change in ("base.trainable = True → pass", "base.trainable = True → base.trainable = False"):
    exercise.equivalent(change, "each layer is told what it shall do")
exercise.equivalent(
    "model, fine_tune_at=120, base_learning_rate=0.001 → model, fine_tune_at=119, base_learning_rate=0.001",
    "layer 119 has no weights",
)
