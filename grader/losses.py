"""What a loss is asked: its value, and the gradient that a network would learn by.

`look_at_loss` runs in the student's kernel, by its text alone, on every backend: the gradient is read off a step of gradient
descent, which Keras takes.
"""

# mypy: disable-error-code="no-untyped-def"


def look_at_loss(function, *, look, y_true, y_pred, **kwargs):
    """Ask a loss `function(y_true, y_pred, **kwargs)` for one of its sides.

    Arguments:
        function -- gives a scalar tensor
        look -- "value", or "gradient": by y_pred
        y_true, y_pred -- arrays; the function gets them as tensors

    Returns:
        dict of what is compared, by names that a message can use
    """
    import keras
    import numpy as np

    def array(value):
        return keras.ops.convert_to_numpy(value)

    if look == "value":
        tensors = keras.ops.convert_to_tensor(y_true), keras.ops.convert_to_tensor(y_pred)
        return {"the loss": array(function(*tensors, **kwargs))}

    class Predictions(keras.layers.Layer):
        """Answers the same whatever it is asked, until it has learnt."""

        def build(self, input_shape):
            self.numbers = self.add_weight(shape=y_pred.shape, initializer="zeros", name="numbers")

        def call(self, x):
            return self.numbers + 0 * keras.ops.sum(x)

    model = keras.Sequential([keras.Input((1,)), Predictions()])
    [numbers] = model.trainable_weights
    numbers.assign(y_pred)
    # The loss may be written for numbers that are there: the exercise is what it computes, not how it is traced.
    model.compile(keras.optimizers.SGD(1.0), loss=lambda t, p: function(t, p, **kwargs), run_eagerly=True)
    model.train_on_batch(np.zeros((len(y_pred), 1), np.float32), y_true)
    return {"its gradient": y_pred - array(numbers)}
