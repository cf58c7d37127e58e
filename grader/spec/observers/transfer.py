"""The observers of transfer learning: which pictures the augmentation makes, what learns, and what does not change.

The observers run in the student's kernel, which gets the text of each function alone.
"""

# mypy: disable-error-code="no-untyped-def"


def look_at_augmenter(function, *, look, seed):
    """Build an augmentation and return one aspect of what it does to pictures with known marks.

    Arguments:
        function -- builds it, without arguments
        look -- "kind", "sizes", "inference", "flips" or "turns"
        seed -- int, seed of Keras's random numbers and of the pictures

    Returns:
        dict of what is compared, by names that a message can use
    """
    import keras
    import numpy as np

    keras.utils.set_random_seed(seed)
    model = function()
    if not isinstance(model, keras.Model):
        raise TypeError(f"expected a keras.Sequential, got {type(model).__name__}")
    noise = np.random.default_rng(seed).integers(0, 256, (3, 20, 30, 3)).astype("float32")
    resting = keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(noise), training=False))
    seen = {"the output where it does not train": resting[:, ::5, ::5]}  # so that no answer is the same in every run
    if look == "kind":
        return {"a keras.Sequential": isinstance(model, keras.Sequential), **seen}
    if look in ("sizes", "inference"):
        out = keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(noise), training=look == "sizes"))
        return {"the output's shape": out.shape, **seen} if look == "sizes" else {"the output": out}
    # A red mark to the right of the middle, a green one above it: a flip changes their orientation, a turn does not.
    pictures = np.zeros((256, 33, 33, 3), "float32")
    pictures[:, 15:18, 23:26, 0] = 255
    pictures[:, 7:10, 15:18, 1] = 255
    out = keras.ops.convert_to_numpy(model(keras.ops.convert_to_tensor(pictures), training=True))
    places = np.stack(np.meshgrid(np.arange(33) - 16, np.arange(33) - 16), axis=-1)
    mass = np.maximum(out.sum(axis=(1, 2)), 1e-6)
    red, green = (np.einsum("mhw,hwp->mp", out[..., c], places) / mass[:, c : c + 1] for c in (0, 1))
    mirrored = red[:, 0] * green[:, 1] - red[:, 1] * green[:, 0] > 0
    far = np.hypot(*np.concatenate([red, green]).T)
    degrees = np.degrees(np.arctan2(green[:, 0], -green[:, 1]))
    if look == "flips":
        return {
            "left and right are exchanged in about half": bool(0.3 < mirrored.mean() < 0.7),
            "up stays up": bool((np.abs(degrees) < 90).all()),
            **seen,
        }
    return {
        "they are turned at all": bool(np.abs(degrees).max() > 0.02),
        "they are as large as before, and in the same place": bool(np.abs(far - 8).max() < 1),
        "widest turn to the left, in tens of degrees": round(float(max(-degrees.min(), 0)) / 10),
        "widest turn to the right, in tens of degrees": round(float(max(degrees.max(), 0)) / 10),
        **seen,
    }


def look_at_transfer(
    function,
    *args,
    look,
    pictures,
    kept={},  # noqa: B006 - kept as long as this text: one check, one grading
):
    """Build a classifier on a pretrained base and return one aspect of what it does.

    Arguments:
        function -- `alpaca_model` or a function in its place, called with the other arguments
        look -- "sizes", "parameters", "borrowed", "inference", "training" or "dropout"
        pictures -- array (m, n_H, n_W, 3), 0 to 255, float32
        kept -- the model of the call before, because building its base takes half a second

    Returns:
        dict of what is compared, by names that a message can use
    """
    import inspect
    import os

    import keras
    import numpy as np

    os.environ["COURSE_PRETRAINED"] = "own"  # so that every student's function gets the same base

    # The default augmentation is made once and keeps the size of its first input; this one is never random.
    class Negative(keras.layers.Layer):
        def call(self, x):
            return 255 - x

    def array(value):
        return keras.ops.convert_to_numpy(value)

    def called(numbers, training=None):
        return array(model(keras.ops.convert_to_tensor(numbers), training=training))

    before, model = kept.pop(function, (None, None))
    kept.clear()
    if before != args:
        model = function(*args, data_augmentation=Negative())
    if not isinstance(model, keras.Model):
        raise TypeError(f"expected a keras.Model, got {type(model).__name__}")
    kept[function] = args, model
    if not model.built:
        called(pictures[:1])
    if look == "sizes":
        default = inspect.signature(function).parameters["image_shape"].default
        return {
            "the output's shape": called(pictures).shape,
            "the size where none is given": tuple(default),
            "it is compiled": model.compiled,
        }
    floats = [weight for weight in model.weights if "float" in str(weight.dtype)]
    if look == "parameters":
        trained = {id(weight) for weight in model.trainable_weights}
        sizes = [(id(weight) in trained, int(np.prod(weight.shape))) for weight in floats]
        return {"trained": sum(n for t, n in sizes if t), "others": sum(n for t, n in sizes if not t)}
    last = [weight for weight in floats if weight.name == "kernel" and len(weight.shape) == 2]
    ours = [weight for weight in floats if weight.name == "bias"]
    if look == "borrowed":
        others = [array(weight).astype(float) for weight in floats if all(weight is not one for one in last + ours)]
        return {"the borrowed numbers' mean size": float(np.mean([np.abs(one).mean() for one in others]))}
    for weight in last:
        weight.assign(0.1 * np.cos(np.arange(float(np.prod(weight.shape)))).reshape(weight.shape))
    for weight in ours:
        weight.assign(np.full(weight.shape, 0.25))
    if look == "inference":
        return {"the output": called(pictures)}
    if look == "training":
        statistics = [weight for weight in floats if weight.name.startswith("moving_")]
        before = [array(weight).copy() for weight in statistics]
        called(pictures, training=True)
        moved = sum(not np.array_equal(array(weight), old) for weight, old in zip(statistics, before, strict=True))
        return {"statistics that moved": moved}
    for weight in ours:
        weight.assign(np.zeros(weight.shape))
    for weight in last:
        weight.assign(np.ones(weight.shape))
    copies = np.repeat(pictures[:1], 24, axis=0)
    seen: dict = {"features are dropped one by one": len(np.unique(called(copies, training=True).round(3))) > 2}
    # Then only one feature is read, one of the first that is not always 0: those that dropout keeps are scaled up by
    # 1 / (1 - rate).
    for place in range(min(12, *(weight.shape[0] for weight in last))):
        for weight in last:
            weight.assign(np.eye(1, weight.shape[0], place).T * np.ones(weight.shape))
        out = called(pictures[:1])
        if np.abs(out).max() > 1e-3:
            found = np.abs(called(copies, training=True))
            seen["the share that is dropped"] = round(float(1 - np.abs(out).max() / found.max()), 3)
            seen["a feature is dropped as a whole"] = bool(((found == 0) | (found > 0.99 * found.max())).all())
            return seen
    return seen | {"the share that is dropped": None, "a feature is dropped as a whole": None}


def look_at_fine_tuning(
    function,
    *args,
    look,
    pictures,
    kept={},  # noqa: B006 - kept as long as this text: one check, one grading
):
    """Fine-tune a classifier and return one aspect of what learns afterwards.

    Arguments:
        function -- `fine_tune` or a function in its place: gets what the student's `alpaca_model` gives, then the other
            arguments
        look -- "trainable"; "again", tuned twice; "settings"; "fit", after one training step
        pictures -- array (m, n_H, n_W, 3), 0 to 255, float32
        kept -- the base that was loaded last and its weights, because loading it takes half a second

    Returns:
        dict of what is compared, by names that a message can use
    """
    import os

    import keras
    import numpy as np

    import data

    os.environ["COURSE_PRETRAINED"] = "own"  # so that every student's function gets the same base

    class Same(keras.layers.Layer):
        def call(self, x):
            return x

    def array(value):
        return keras.ops.convert_to_numpy(value)

    def lent(*name, **options):
        """Return the same base again, with the weights that it had."""
        call = repr((name, options))
        if kept.get(function, ("",))[0] != call:
            base = lender(*name, **options)
            kept.clear()
            kept[function] = call, base, [array(weight).copy() for weight in base.weights]
        _, base, numbers = kept[function]
        base.trainable = False  # because TensorFlow ignores that an attribute is set to what it is already
        base.trainable = True
        for weight, value in zip(base.weights, numbers, strict=True):
            weight.assign(value)
        return base

    build = function.__globals__.get("alpaca_model")
    if build is None:
        raise NameError("alpaca_model is not there yet, and fine_tune is asked about what it gives")
    lender, data.pretrained = data.pretrained, lent
    try:
        given = build(pictures.shape[1:3], data_augmentation=Same())
    finally:
        data.pretrained = lender
    model = function(function(given) if look == "again" else given, *args)
    if not isinstance(model, keras.Model):
        raise TypeError(f"expected the model, got {type(model).__name__}")
    if look in ("trainable", "again"):
        sizes = [int(np.prod(weight.shape)) for weight in model.trainable_weights if weight.name == "kernel"]
        return {"layers whose weights learn": len(sizes), "weights that learn": sum(sizes)}
    truth = np.arange(len(pictures)) % 2
    if look == "settings":
        rule = model.optimizer
        logits = pictures.reshape(len(pictures), -1)[:, :1] / 32 - 4
        loss = model.compute_loss(
            None, keras.ops.convert_to_tensor(truth[:, None]), keras.ops.convert_to_tensor(logits)
        )
        return {
            "it is the model that was given": model is given,
            "the rule is Adam": isinstance(rule, keras.optimizers.Adam) and not rule.weight_decay,
            "its rate": float(array(rule.learning_rate)),
            "the loss of given logits": float(array(loss)),
        }
    before = [(weight, array(weight).copy()) for weight in model.weights]
    model.run_eagerly = True  # tracing 150 layers takes longer than one step
    told = model.fit(pictures, truth, batch_size=len(pictures), epochs=1, verbose=0)
    learns = {id(weight) for weight in model.trainable_weights}
    moved = [weight for weight, old in before if not np.array_equal(array(weight), old)]
    return {
        "frozen layers that moved": sum(weight.name == "kernel" and id(weight) not in learns for weight in moved),
        "statistics that moved": sum(weight.name.startswith("moving_") for weight in moved),
        "accuracy is reported": any("acc" in name for name in told.history),
    }
