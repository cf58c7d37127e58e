"""With TensorFlow's operations."""


def zero_pad(X, pad):
    import tensorflow as tf

    return tf.pad(X, [[0, 0], [pad, pad], [pad, pad], [0, 0]])
