"""TensorFlow's own words, where they are asked for."""

from solutions.w4_style import STYLE_LAYERS, a_C, a_S, compute_content_cost, compute_style_cost, extractor, optimizer, total_cost


def train_step(generated_image):
    import tensorflow as tf

    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(generated_image)
        seen = extractor(generated_image, training=False)
        J = total_cost(compute_content_cost(a_C, seen), compute_style_cost(a_S, seen, STYLE_LAYERS), 10, 40)
    optimizer.apply(tape.gradient(J, [generated_image]), [generated_image])
    generated_image.assign(tf.minimum(tf.maximum(generated_image, 0), 1))
    return J
