"""What a function that builds a model is asked: what the model does, whatever its layers are called.

`look_at_model` runs in the student's kernel, by its text alone. Every weight gets numbers that follow from its role and
its shape, never from its place, so that models that were put together in another order answer alike.
"""

# mypy: disable-error-code="no-untyped-def"


def look_at_model(function, *args, look, pictures, dense=1.0, **kwargs):
    """Build a model and look at one side of it.

    Arguments:
        function -- builds the model from the other arguments
        look -- "sizes", "parameters", "kind", "beginning", "inference" or "training"
        pictures -- array (m, n_H, n_W, n_C), float32
        dense -- factor of the dense layers' weights: small where the pictures are bright, or every probability would be
            0 or 1, whatever is in them

    Returns:
        dict of what is compared, by names that a message can use
    """
    import zlib

    import keras
    import numpy as np

    def fan(shape):
        return int(np.prod(shape[:-1])), int(np.prod(shape[:-2])) * shape[-1]

    def numbers(weight):
        shape = tuple(weight.shape)
        rng = np.random.default_rng([zlib.crc32(weight.name.encode()), *shape])
        drawn = rng.standard_normal(shape)
        if weight.name in ("gamma", "moving_variance"):
            return 1 + 0.3 * np.tanh(drawn)
        factor = dense if len(shape) == 2 else 1.0
        return factor * drawn * np.sqrt(2 / max(1, fan(shape)[0])) if len(shape) > 1 else 0.1 * drawn

    def array(value):
        return keras.ops.convert_to_numpy(value)

    def moving(name):
        """The running numbers of all layers, shape by shape: which layer has which is the builder's affair."""
        by_shape: dict = {}
        for weight in floats:
            if weight.name == name:
                by_shape.setdefault(tuple(weight.shape), []).append(array(weight))
        return [np.sort(np.stack(found), axis=0) for _, found in sorted(by_shape.items())]

    model = function(*args, **kwargs)
    if not isinstance(model, keras.Model):
        raise TypeError(f"expected a keras.Model, got {type(model).__name__}")
    if look == "kind":
        return {"a keras.Sequential": isinstance(model, keras.Sequential)}
    tensor = keras.ops.convert_to_tensor(pictures)
    out = model(tensor, training=False)  # where it was not built yet, it is now
    floats = [weight for weight in model.weights if "float" in str(weight.dtype)]
    if look == "sizes":
        return {"the output's shape": tuple(out.shape)}
    if look == "parameters":
        trained = {id(weight) for weight in model.trainable_weights}
        sizes = [(id(weight) in trained, int(np.prod(weight.shape))) for weight in floats]
        return {"trained": sum(n for t, n in sizes if t), "others": sum(n for t, n in sizes if not t)}
    if look == "beginning":
        spreads = []
        for weight in floats:
            if weight.name == "kernel":
                fan_in, fan_out = fan(tuple(weight.shape))
                spreads.append(float(array(weight).std() / np.sqrt(2 / (fan_in + fan_out))))
        zero = all(not array(weight).any() for weight in floats if weight.name in ("bias", "beta", "moving_mean"))
        return {"Glorot's spread": all(0.6 < spread < 1.5 for spread in spreads), "offsets at 0": zero}
    for weight in floats:
        weight.assign(numbers(weight))
    out = model(tensor, training=look == "training")
    if look == "inference":
        return {"the output": array(out)}
    means, variances = moving("moving_mean"), moving("moving_variance")
    return {"the output": array(out), "the running means": means, "the running variances": variances}
