"""What several exercises of `w4_style` have in common."""

import numpy as np
from keras import ops

from grader.spec.wrong import afterwards

TF32 = 3e-3  # of float32: a GPU multiplies with ten bits after the point, unless told otherwise
IN_NUMPY = afterwards(lambda result: ops.convert_to_numpy(result))
NO_GRADIENT = "No gradient comes through: NumPy, float() and .numpy() leave the tape. Stay with keras.ops (or TensorFlow's operations)."


def single(rng, *shape):
    """Activations: half of them 0, as behind a ReLU."""
    return np.maximum(rng.normal(0.2, 1, shape), 0).astype(np.float32)


def look_at_tensors(function, *, given, weights=1.0, **kwargs):
    """Ask for a result and for the gradient of its weighted sum.

    Arguments:
        function -- what is given, and any other arguments
        given -- array, which it gets as a tensor; or a tuple of arrays and of plain numbers, which it gets as they are
        weights -- array of the result's shape, or one number: what each of its numbers counts in the sum

    Returns:
        dict: the result, and the gradient by `given`, for a tuple a list, by its arrays; zeros where none comes through
    """
    import keras
    import numpy as np

    parts = given if isinstance(given, tuple) else (given,)
    tensors = [keras.ops.convert_to_tensor(one) for one in parts if hasattr(one, "dtype")]

    def called(*tensors):
        left = iter(tensors)
        return function(*(next(left) if hasattr(one, "dtype") else one for one in parts), **kwargs)

    def weighted(*tensors):
        return keras.ops.sum(called(*tensors) * keras.ops.convert_to_tensor(weights))

    result = called(*tensors)
    try:
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            with tf.GradientTape() as tape:
                tape.watch(tensors)
                total = weighted(*tensors)
            slopes = tape.gradient(total, tensors)
        elif keras.backend.backend() == "jax":
            import jax

            slopes = jax.grad(weighted, argnums=tuple(range(len(tensors))))(*tensors)
        else:
            leaves = [one.detach().clone().requires_grad_() for one in tensors]
            weighted(*leaves).backward()
            slopes = [leaf.grad for leaf in leaves]
    except Exception:  # in NumPy's hands; each backend says so in its own way
        slopes = [None] * len(tensors)
    slopes = [np.zeros(tuple(one.shape)) if slope is None else slope for one, slope in zip(tensors, slopes)]
    return {"the result": result, "its gradient": slopes if isinstance(given, tuple) else slopes[0]}
