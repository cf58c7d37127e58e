"""What a loss is asked: its value, and the gradient that a network would learn by.

`look_at_loss` runs in the student's kernel, by its text alone, on every backend.
"""

# mypy: disable-error-code="no-untyped-def"


def look_at_loss(function, *, y_true, y_pred, **kwargs):
    """Ask a loss for its value and for its gradient.

    Arguments:
        function -- gives a scalar tensor
        y_true, y_pred -- arrays; the function gets them as tensors

    Returns:
        dict: the loss, and its gradient by y_pred, zeros where no gradient comes through
    """
    import keras
    import numpy as np

    y_true, y_pred = keras.ops.convert_to_tensor(y_true), keras.ops.convert_to_tensor(y_pred)

    def gradient():
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            with tf.GradientTape() as tape:
                tape.watch(y_pred)
                loss = function(y_true, y_pred, **kwargs)
            return tape.gradient(loss, y_pred)
        if keras.backend.backend() == "jax":
            import jax

            return jax.grad(lambda given: function(y_true, given, **kwargs))(y_pred)
        given = y_pred.detach().clone().requires_grad_()
        function(y_true, given, **kwargs).backward()
        return given.grad

    loss = function(y_true, y_pred, **kwargs)
    try:
        slope = gradient()
    except Exception:  # in NumPy's hands; each backend says so in its own way
        slope = None
    return {"the loss": loss, "its gradient": np.zeros(tuple(y_pred.shape)) if slope is None else slope}
