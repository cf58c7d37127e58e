"""The observer of a loss: it returns the loss's value, and the gradient that a network would learn by.

`look_at_loss` runs in the student's kernel, which gets the text of this function alone, on every backend.
"""

# mypy: disable-error-code="no-untyped-def"


def look_at_loss(function, *, y_true, y_pred, probabilities=False, **kwargs):
    """Return a loss's value and its gradient.

    Arguments:
        function -- gives a scalar tensor
        y_true -- array, a list of them, or None
        y_pred -- array, or a list or tuple of them; the function gets all of them as tensors
        probabilities -- whether it gets their softmax instead: libraries divide probabilities by their sum or do not, and
            that makes a difference to their gradient, but none to that of the logits behind them

    Returns:
        dict: the loss, and its gradient by y_pred, a list if y_pred is a list or tuple; zeros for tensors that no
        gradient reaches
    """
    import keras
    import numpy as np

    several = isinstance(y_pred, (list, tuple))
    if isinstance(y_true, list):
        y_true = [keras.ops.convert_to_tensor(one) for one in y_true]
    elif y_true is not None:
        y_true = keras.ops.convert_to_tensor(y_true)
    given = [keras.ops.convert_to_tensor(one) for one in (y_pred if several else [y_pred])]

    def called(*tensors):
        if probabilities:
            # Not Keras's softmax: its result remembers the logits, and Keras's costs then use these.
            powers = [keras.ops.exp(one - keras.ops.max(one, axis=-1, keepdims=True)) for one in tensors]
            tensors = tuple(one / keras.ops.sum(one, axis=-1, keepdims=True) for one in powers)
        return function(y_true, type(y_pred)(tensors) if several else tensors[0], **kwargs)

    def gradients():
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            with tf.GradientTape() as tape:
                tape.watch(given)
                loss = called(*given)
            return tape.gradient(loss, given)
        if keras.backend.backend() == "jax":
            import jax

            return jax.grad(called, argnums=tuple(range(len(given))))(*given)
        leaves = [one.detach().clone().requires_grad_() for one in given]
        called(*leaves).backward()
        return [leaf.grad for leaf in leaves]

    loss = called(*given)
    try:
        slopes = gradients()
    except Exception:  # the loss was computed in NumPy: each backend raises its own exception for it
        slopes = [None] * len(given)
    slopes = [np.zeros(tuple(one.shape)) if slope is None else slope for one, slope in zip(given, slopes, strict=True)]
    return {"the loss": loss, "its gradient": slopes if several else slopes[0]}
