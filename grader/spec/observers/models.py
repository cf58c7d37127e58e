"""The observer of a function that builds a model: it looks at what the model does, whatever its layers are called.

`look_at_model` runs in the student's kernel, which gets the text of this function alone. The numbers in each weight
follow from its role and its shape, never from its place, so that models assembled in another order answer alike.
"""

# mypy: disable-error-code="no-untyped-def"


def look_at_model(
    function,
    *args,
    look,
    pictures,
    dense=1.0,
    block=False,
    initializer=None,
    he=None,
    joined=None,
    kept={},  # noqa: B006 - kept as long as this text: one check, one grading
    **kwargs,
):
    """Build a model and return one aspect of what it does.

    Arguments:
        function -- builds the model from the other arguments
        look -- "sizes", "parameters", "kind", "beginning", "inference", "training" or "dropout"; "eager" calls a block
            on numbers, so that it can be given the mode it is in; "counted" is "parameters" of a network too large to be
            made; "dense dropout" is "dropout" of a classifier, between its dense layers
        pictures -- array (m, n_H, n_W, n_C), float32; a list of them for a block that takes several tensors
        dense -- factor of the dense layers' weights: small if the pictures are bright, because otherwise every
            probability would be 0 or 1, whatever is in them
        block -- whether the function takes tensors first and returns them: the model is then what lies between; a
            number if it must return more than one tensor
        initializer -- "given": the function takes `initializer=` and gets one that gives the same numbers on every
            backend; otherwise the name of the Keras initializer that it must use by default, if that is not Glorot's
        he -- how many filters must begin with He's spread; the others may begin in any way
        joined -- for "dropout": number of channels; filters from so many to half as many read the second half
        kept -- the model of the call before, because building one of ResNet's size takes a second; no other, because
            each takes its memory

    Returns:
        dict of what is compared, by names that a message can use
    """
    import zlib

    import keras
    import numpy as np

    def fan(shape):
        return int(np.prod(shape[:-1])), int(np.prod(shape[:-2])) * shape[-1]

    def draw(label, shape, scaled):
        """Return normal numbers, scaled; if there are very many, the same hundred thousand are repeated."""
        rng = np.random.default_rng([zlib.crc32(label.encode()), *shape])
        drawn = rng.standard_normal(min(int(np.prod(shape)), 99_991))
        return np.resize(scaled(drawn).astype(np.float32), shape)

    def numbers(weight):
        shape = tuple(weight.shape)
        if weight.name in ("gamma", "moving_variance"):
            return draw(weight.name, shape, lambda drawn: 1 + 0.3 * np.tanh(drawn))
        factor = dense if len(shape) == 2 else 1.0
        spread = factor * np.sqrt(2 / max(1, fan(shape)[0])) if len(shape) > 1 else 0.1
        return draw(weight.name, shape, lambda drawn: spread * drawn)

    def handed_on(weight):
        """Return filters that copy one channel, pixel by pixel, to the first; with offsets, so that a dropped number is
        recognised by what was added since.
        """
        shape = tuple(weight.shape)
        if len(shape) < 4:
            return np.ones(shape, np.float32)
        read = joined // 2 if shape[-2:] == (joined, (joined or 0) // 2) else 0
        filters = np.zeros(shape, np.float32)
        filters[shape[0] // 2, shape[1] // 2, read, 0] = 1
        return filters

    def dropped():
        """Return what dropout does on the one open path: what it keeps is scaled up, what it drops is missing."""

        def first(training):
            out = called([np.ones((24, *one.shape[1:]), np.float32) for one in given], training)
            return [one[..., 0] for one in (out if isinstance(out, list) else [out])]

        pairs = list(zip(first(False), first(True), strict=True))
        seen: dict = {
            "the largest number, of what it is without dropout": [round(float(t.max() / i.max()), 4) for i, t in pairs]
        }
        seen["the output's shape"] = [inferred.shape for inferred, _ in pairs]
        if block:
            _, changed = pairs[-1]
            together = (changed == changed[:, :1, :1]).all(axis=(1, 2))
            seen["numbers are dropped one by one"] = not together.all()
        return seen

    def path(weight, reads_all):
        """Return weights that hand on channel 0 alone; but one dense layer takes the mean of all that comes in.

        What comes before that layer fills all of its channels, so that each of them can be dropped by itself.
        """
        shape = tuple(weight.shape)
        made = np.zeros(shape, np.float32)
        if len(shape) == 2:
            kind = "last" if shape[1] == classes else "middle" if shape[0] == shape[1] else "first"
            made[:, 0] = 1 / shape[0] if kind == reads_all else 0
            made[0, : None if reads_all == "last" != kind else 1] += kind != reads_all
        elif len(shape) > 1:
            made[(*(side // 2 for side in shape[:-2]), 0, 0)] = 1
        return made

    def dropped_between_dense_layers():
        """Return which numbers are dropped, by the first logit: the only one that is not 0."""
        many, seen = [np.ones((64, *one.shape[1:]), np.float32) for one in given], {}
        for reads_all in ("none", "first", "last"):
            for weight in floats:
                weight.assign(path(weight, reads_all))
            found = [called(many, training).astype(float) for training in (False, True)]
            if found[0].ndim != 2 or found[0].shape[1] < 2:
                return {"the output's shape": found[0].shape}
            with np.errstate(all="ignore"):
                rest, logits = (np.log(one[:, 0] / one[:, 1]) for one in found)
            kept = len(set(np.round(logits[np.abs(logits) > 1e-6], 4)))
            if reads_all == "none":
                seen["the largest logit, of what it is without dropout"] = round(float(logits.max() / rest.max()), 2)
                seen["some logits are dropped, others are not"] = bool(0 < (np.abs(logits) < 1e-6).mean() < 1)
            else:
                seen[f"what comes into the {reads_all} dense layer is dropped, number by number"] = kept > 1
        return seen

    class Given(keras.initializers.Initializer):
        def __init__(self, seed=None):
            self.seed = seed

        def __call__(self, shape, dtype=None, **options):
            drawn = draw(f"seed {self.seed}", tuple(shape), lambda drawn: 0.3 * drawn)
            return keras.ops.convert_to_tensor(drawn, dtype=dtype or "float32")

        def get_config(self):
            return {"seed": self.seed}

    def array(value):
        return keras.ops.convert_to_numpy(value)

    def moving(name):
        """Return the moving statistics of all layers, by shape: the builder decides which layer has which."""
        by_shape: dict = {}
        for weight in floats:
            if weight.name == name:
                by_shape.setdefault(tuple(weight.shape), []).append(array(weight))
        return [np.sort(np.stack(found), axis=0) for _, found in sorted(by_shape.items())]

    def build():
        if not block:
            return function(*args, **options)
        inputs = [keras.Input(one.shape[1:]) for one in given]
        outputs = function(*inputs, *args, **options)
        found = outputs if block > 1 and isinstance(outputs, (tuple, list)) else [outputs]
        if len(found) != block:
            raise TypeError(f"expected {int(block)} tensors, got {len(found)}")
        for one in found:
            if not isinstance(one, keras.KerasTensor):
                raise TypeError(f"expected a tensor, got {type(one).__name__}")
        return keras.Model(inputs, found)

    def called(numbers, training):
        """Return what the model gives: an array or, if there are several, a list."""
        tensors = [keras.ops.convert_to_tensor(one) for one in numbers]
        out = model(tensors if len(tensors) > 1 else tensors[0], training=training)
        several = isinstance(out, (tuple, list))
        return [array(one) for one in out] if several and len(out) > 1 else array(out[0] if several else out)

    given = pictures if isinstance(pictures, (tuple, list)) else [pictures]
    options = {**kwargs, "initializer": Given} if initializer == "given" else kwargs
    if look == "eager":
        return {"the output": array(function(*map(keras.ops.convert_to_tensor, given), *args, **options))}
    if look == "counted":
        try:
            with keras.StatelessScope(initialize_variables=False):  # shapes alone: numbers would take half a gigabyte
                model = build()
        except Exception:  # a right function may need its weights' numbers while it builds
            model = build()
        if isinstance(model, keras.Model):
            if not model.built:
                called(given, training=False)
            counts = [sum(int(np.prod(one.shape)) for one in of) for of in (model.trainable_weights, model.weights)]
            return {"trained": counts[0], "all": counts[1]}
    else:
        call = repr((args, options, [one.shape[1:] for one in given]))
        before, model = kept.pop(function, (None, None))
        kept.clear()
        if before != call or look == "beginning":
            model = None  # freed first, because two models may need more memory than there is
            model = build()
    if not isinstance(model, keras.Model):
        raise TypeError(f"expected a keras.Model, got {type(model).__name__}")
    if look == "kind":
        return {"a keras.Sequential": isinstance(model, keras.Sequential)}
    kept[function] = call, model
    if look == "sizes":
        out = called(given, training=False)
        shape = [one.shape for one in out] if isinstance(out, list) else out.shape
        return {"the output's shape": shape, "compiled": bool(model.compiled)}
    if not model.built:
        called(given, training=False)
    floats = [weight for weight in model.weights if "float" in str(weight.dtype)]
    if look == "parameters":
        trained = {id(weight) for weight in model.trainable_weights}
        sizes = [(id(weight) in trained, int(np.prod(weight.shape))) for weight in floats]
        return {"trained": sum(n for t, n in sizes if t), "others": sum(n for t, n in sizes if not t)}
    if look == "beginning":
        kernels = [weight for weight in floats if weight.name == "kernel"]
        zero = all(not array(weight).any() for weight in floats if weight.name in ("bias", "beta", "moving_mean"))
        if he:
            starts = [array(kernel) for kernel in kernels]
            # The spread of few numbers is not exact, so several standard errors are allowed.
            found = [
                abs(start.std() / np.sqrt(2 / fan(start.shape)[0]) - 1) < 0.05 + 3 / np.sqrt(start.size)
                for start in starts
            ]
            size = sum(kernel.size for kernel in starts)
            return {
                f"filters with He's spread, at most {he}": min(int(sum(found)), he),
                "offsets at 0": zero,
                "filters' numbers": size,
            }
        if initializer:
            first = Given if initializer == "given" else getattr(keras.initializers, initializer)
            same = [np.allclose(array(kernel), array(first(seed=0)(kernel.shape))) for kernel in kernels]
            return {"filters that initializer(seed=0) gave": sum(same), "offsets at 0": zero}
        spreads = [float(array(kernel).std() / np.sqrt(2 / sum(fan(tuple(kernel.shape))))) for kernel in kernels]
        return {"Glorot's spread": all(0.6 < spread < 1.5 for spread in spreads), "offsets at 0": zero}
    if look == "dense dropout":
        classes = model.output_shape[-1]
        return dropped_between_dense_layers()
    for weight in floats:
        weight.assign(handed_on(weight) if look == "dropout" else numbers(weight))
    if look == "dropout":
        return dropped()
    # None, not False: that would also switch a layer off that was told to be in training mode whatever comes.
    out = called(given, training=True if look == "training" else None)
    if look == "inference":
        return {"the output": out}
    means, variances = moving("moving_mean"), moving("moving_variance")
    return {"the output": out, "the running means": means, "the running variances": variances}
