"""What a function that builds a model is asked: what the model does, whatever its layers are called.

`look_at_model` runs in the student's kernel, by its text alone. Every weight gets numbers that follow from its role and
its shape, never from its place, so that models that were put together in another order answer alike.
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
    kept=__import__("weakref").WeakKeyDictionary(),  # noqa: B008 - lives as long as this text: one check, one grading
    **kwargs,
):
    """Build a model and look at one side of it.

    Arguments:
        function -- builds the model from the other arguments
        look -- "sizes", "parameters", "kind", "beginning", "inference" or "training"; "eager" calls a block on numbers,
            where it can be told the mode it is in
        pictures -- array (m, n_H, n_W, n_C), float32
        dense -- factor of the dense layers' weights: small where the pictures are bright, or every probability would be
            0 or 1, whatever is in them
        block -- whether the function takes a tensor first and returns one: the model is what lies between the two
        initializer -- "given": the function takes `initializer=` and gets one that gives the same numbers on every backend;
            otherwise the name of the one in Keras that it must take by itself, where that is not Glorot's
        kept -- the model of the call before, for one of ResNet's size costs a second

    Returns:
        dict of what is compared, by names that a message can use
    """
    import zlib

    import keras
    import numpy as np

    def fan(shape):
        return int(np.prod(shape[:-1])), int(np.prod(shape[:-2])) * shape[-1]

    def draw(label, shape, scaled):
        """Normal numbers, then scaled; where there are very many, the same hundred thousand again and again."""
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
        """The running numbers of all layers, shape by shape: which layer has which is the builder's affair."""
        by_shape: dict = {}
        for weight in floats:
            if weight.name == name:
                by_shape.setdefault(tuple(weight.shape), []).append(array(weight))
        return [np.sort(np.stack(found), axis=0) for _, found in sorted(by_shape.items())]

    def build():
        if not block:
            return function(*args, **options)
        inputs = keras.Input(pictures.shape[1:])
        outputs = function(inputs, *args, **options)
        if not isinstance(outputs, keras.KerasTensor):
            raise TypeError(f"expected a tensor, got {type(outputs).__name__}")
        return keras.Model(inputs, outputs)

    options = {**kwargs, "initializer": Given} if initializer == "given" else kwargs
    tensor = keras.ops.convert_to_tensor(pictures)
    if look == "eager":
        return {"the output": array(function(tensor, *args, **options))}
    call = repr((args, options, pictures.shape[1:]))
    before, model = kept.pop(function, (None, None))
    if before != call or look == "beginning":
        model = None  # first, for two of them may be more than there is room for
        model = build()
    if not isinstance(model, keras.Model):
        raise TypeError(f"expected a keras.Model, got {type(model).__name__}")
    if look == "kind":
        return {"a keras.Sequential": isinstance(model, keras.Sequential)}
    kept[function] = call, model
    if look == "sizes":
        return {"the output's shape": tuple(model(tensor, training=False).shape)}
    if not model.built:
        model(tensor, training=False)
    floats = [weight for weight in model.weights if "float" in str(weight.dtype)]
    if look == "parameters":
        trained = {id(weight) for weight in model.trainable_weights}
        sizes = [(id(weight) in trained, int(np.prod(weight.shape))) for weight in floats]
        return {"trained": sum(n for t, n in sizes if t), "others": sum(n for t, n in sizes if not t)}
    if look == "beginning":
        kernels = [weight for weight in floats if weight.name == "kernel"]
        zero = all(not array(weight).any() for weight in floats if weight.name in ("bias", "beta", "moving_mean"))
        if initializer:
            first = Given if initializer == "given" else getattr(keras.initializers, initializer)
            same = [np.allclose(array(kernel), array(first(seed=0)(kernel.shape))) for kernel in kernels]
            return {"filters that initializer(seed=0) gave": sum(same), "offsets at 0": zero}
        spreads = [float(array(kernel).std() / np.sqrt(2 / sum(fan(tuple(kernel.shape))))) for kernel in kernels]
        return {"Glorot's spread": all(0.6 < spread < 1.5 for spread in spreads), "offsets at 0": zero}
    for weight in floats:
        weight.assign(numbers(weight))
    out = model(tensor, training=look == "training")
    if look == "inference":
        return {"the output": array(out)}
    means, variances = moving("moving_mean"), moving("moving_variance")
    return {"the output": array(out), "the running means": means, "the running variances": variances}
