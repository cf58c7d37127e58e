"""One step of the optimizer on the picture, inside [0, 1], and the cost before it."""

import numpy as np
from solutions.w4_style import train_step

from grader.exercises.w4_style.shared import TF32
from grader.spec.case import case
from grader.spec.exercise import Exercise
from grader.spec.wrong import afterwards, beforehand, edit, passing, skipping


def look_at_steps(function, *, picture, painting, photograph, weights, kernels, rate, momentum, steps, graph):
    """Let `train_step` paint, and tell what became of the picture.

    Arguments:
        function -- `train_step`
        picture, painting, photograph -- arrays (1, n_H, n_W, 3)
        weights -- of the style layers
        kernels -- of the extractor's three convolutions
        rate, momentum -- of the optimizer
        steps -- how often it is called
        graph -- whether it runs inside a `tf.function`

    Returns:
        dict: what it returned at each step, the picture after the first and after the last, and by how much the extractor's
        weights changed
    """
    import keras
    import numpy as np

    try:
        import tensorflow as tf
    except ImportError:
        return "train_step is TensorFlow's, and TensorFlow is not installed"

    native = keras.backend.backend() == "tensorflow"

    class Extractor:
        """Three convolutions, where Keras's tensors are not TensorFlow's."""

        def __init__(self):
            self.trainable_variables = self.variables = self.weights = [tf.Variable(kernel) for kernel in kernels]
            self.trainable = True

        def __call__(self, x, training=False):
            seen = []
            for kernel, stride in zip(self.weights, (1, 2, 1)):
                x = tf.nn.relu(tf.nn.conv2d(x, kernel, stride, "SAME"))
                seen.append(x)
            return seen

    class Optimizer:
        """Gradient descent with momentum, likewise."""

        def __init__(self):
            self.speed = {}

        def apply_gradients(self, pairs):
            for gradient, variable in pairs:
                key = id(variable)
                if key not in self.speed:
                    with tf.init_scope():
                        self.speed[key] = tf.Variable(tf.zeros_like(variable))
                self.speed[key].assign(momentum * self.speed[key] - rate * gradient)
                variable.assign_add(self.speed[key])

        def apply(self, gradients, variables):
            self.apply_gradients(zip(gradients, variables))

        def build(self, variables):
            pass

    # Whoever has written @tf.function above it has a graph that keeps the names of its first call.
    function = getattr(function, "python_function", function)
    painted = tf.Variable(picture)
    if native:
        inputs = x = keras.Input((None, None, 3))
        seen = []
        for kernel, stride in zip(kernels, (1, 2, 1)):
            x = keras.layers.Conv2D(kernel.shape[3], kernel.shape[0], strides=stride, padding="same", activation="relu", use_bias=False)(x)
            seen.append(x)
        extractor = keras.Model(inputs, seen)
        extractor.set_weights(kernels)
        optimizer = keras.optimizers.SGD(rate, momentum=momentum)
        optimizer.build([painted])
    else:
        extractor, optimizer = Extractor(), Optimizer()

    names = function.__globals__
    layers = [(f"layer_{k}", weight) for k, weight in enumerate(weights)]
    put = {"extractor": extractor, "a_S": extractor(tf.constant(painting)), "a_C": extractor(tf.constant(photograph))}
    put |= {"STYLE_LAYERS": layers, "optimizer": optimizer}

    def content(content_output, generated_output):
        return tf.reduce_mean((content_output[-1] - generated_output[-1]) ** 2) / 4

    def style(style_image_output, generated_image_output, STYLE_LAYERS):
        J = 0.0
        for k, (_, weight) in enumerate(STYLE_LAYERS):
            grams = [tf.einsum("mhwk,mhwl->kl", one[k], one[k]) for one in (style_image_output, generated_image_output)]
            _, n_H, n_W, n_C = generated_image_output[k].shape
            J += weight * tf.reduce_sum((grams[0] - grams[1]) ** 2) / (2 * n_H * n_W * n_C) ** 2
        return J

    if not native:  # the student's own are in Keras's words
        put |= {"compute_content_cost": content, "compute_style_cost": style}
    before = {name: names[name] for name in put if name in names}
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # a function that no file holds cannot be rewritten for a graph, and runs all the same
    names.update(put)
    try:
        step = tf.function(function) if graph else function
        costs, first = [], None
        for _ in range(steps):
            costs.append(step(painted))
            first = painted.numpy() if first is None else first
        moved = max(float(np.abs(np.asarray(one) - kernel).max()) for one, kernel in zip(extractor.weights, kernels))
    finally:
        logger.setLevel(level)
        for name in put:
            names.pop(name, None)
        names.update(before)
    return {"J at each step": costs, "the picture after one step": first, "the picture in the end": painted.numpy(), "change of the extractor's weights": moved}


exercise = Exercise(
    train_step,
    points=14,
    uses=["compute_content_cost", "gram_matrix", "compute_layer_style_cost", "compute_style_cost", "total_cost"],
    limit_float32=TF32,
    observer=look_at_steps,
    pair_cases=0,
    hints=[
        "Everything that J depends on the picture by must happen inside `with tf.GradientTape() as tape:`, from extractor(generated_image) on.",
        "After the block: tape.gradient(J, generated_image), then optimizer.apply_gradients([(gradient, generated_image)]).",
        "Last, generated_image.assign(tf.clip_by_value(generated_image, 0.0, 1.0)), and return J.",
    ],
)


@exercise.cases
def cases(rng):
    def image():
        return rng.random((1, 6, 7, 3), np.float32)

    def kernel(*size):
        drawn = rng.standard_normal(size, np.float32) * np.sqrt(2 / np.prod(size[:3], dtype=np.float32))
        drawn[..., 0] = np.abs(drawn[..., 0])  # one channel that always answers: no layer is without a gradient
        return drawn

    def one(title, *, start=None, light=None, rate=0.05, momentum=0.0, steps=3, weights=None, graph=False):
        photograph, painting = (image() if light is None else np.full((1, 6, 7, 3), light, np.float32) for _ in range(2))
        kernels = [kernel(3, 3, 3, 4), kernel(3, 3, 4, 5), kernel(1, 1, 5, 4)]
        return case(
            title,
            picture=photograph.copy() if start is None else start(image()),
            painting=painting,
            photograph=photograph,
            weights=rng.uniform(0.2, 2, 2).tolist() if weights is None else weights,
            kernels=kernels if light is None else [np.abs(one) for one in kernels],
            rate=rate,
            momentum=momentum,
            steps=steps,
            graph=graph,
        )

    def inside(image):
        return np.float32(0.2) + np.float32(0.6) * image

    yield one("from the photograph", rate=0.2)
    yield one("from another picture", start=inside)
    # No weight is negative here, and photograph and painting are white, or black: every pixel goes the same way.
    yield one("steps that leave the range of colours", rate=1.0, steps=2, start=inside, light=1)
    yield one("the same at the other end", rate=1.0, steps=2, start=inside, light=0)
    yield one("with momentum", momentum=0.9, start=inside)
    yield one("one step", steps=1, start=inside)
    yield one("in a graph", graph=True, start=inside)
    yield one("one style layer hardly counts", weights=[0.01, rng.uniform(1, 4)], start=inside)


exercise.equivalent("compute_content_cost(a_C, a_G) → compute_content_cost(a_G, a_C)", "a difference, squared")
exercise.equivalent("compute_style_cost(a_S, a_G, STYLE_LAYERS) → compute_style_cost(a_G, a_S, STYLE_LAYERS)", "differences, squared")
exercise.equivalent("total_cost(J_content, J_style, alpha=10, beta=40) → total_cost(J_content, J_style, beta=40)", "10 is its default")
exercise.equivalent("total_cost(J_content, J_style, alpha=10, beta=40) → total_cost(J_content, J_style, alpha=10)", "40 is its default")

exercise.slip("not clipped", skipping("clip_by_value"), "After the step, colours must lie between 0 and 1 again, in the variable that was given: `assign` changes it in place.")
exercise.slip("clipped to 0 … 255", edit("0.0, 1.0", "0.0, 255.0"), "Pictures have values from 0 to 1 here.")
exercise.slip("uphill", edit("[(gradient,", "[(-gradient,"), "The optimizer takes the gradient as it is, and steps against it.")
exercise.slip(
    "the network learns",
    edit(
        "    gradient = tape.gradient(J, generated_image)\n",
        "    gradient, *others = tape.gradient(J, [generated_image, *extractor.weights])\n    for weight, slope in zip(extractor.weights, others):\n        weight.assign(weight - 0.05 * slope)\n",
    ),
    "The network is the judge; only the picture changes.",
)
exercise.slip("alpha and beta exchanged", passing("total_cost", alpha=40, beta=10), "alpha, for the content, is 10; beta, for the style, 40.")
exercise.slip("neither alpha nor beta", passing("total_cost", alpha=1, beta=1), "J = alpha · J_content + beta · J_style, with 10 and 40.")
exercise.slip("content only", passing("total_cost", beta=0), "The style has no part in J.")
exercise.slip("style only", passing("total_cost", alpha=0), "The content has no part in J.")
exercise.slip("the painting is the content", beforehand(a_C="a_S"), "a_C is what the network sees in the photograph; that is the content.")
exercise.slip("the photograph is the style", beforehand(a_S="a_C"), "a_S is what the network sees in the painting; that is the style.")
exercise.slip(
    "J after the step",
    edit("return J", "return total_cost(compute_content_cost(a_C, extractor(generated_image)), compute_style_cost(a_S, extractor(generated_image), STYLE_LAYERS))"),
    "Return the cost of the picture as it came, which the tape has seen.",
)
exercise.slip(
    "the network looks before the tape runs",
    edit("    with tf.GradientTape() as tape:\n        a_G = extractor(generated_image)", "    a_G = extractor(generated_image)\n    with tf.GradientTape() as tape:"),
    "The tape knows what happens inside of its block: what the network sees of the picture belongs there, too.",
)
exercise.slip("nothing is returned", afterwards(lambda result: None), "The cost J is to be returned.")
exercise.slip("beta is 100", passing("total_cost", beta=100), "alpha, for the content, is 10; beta, for the style, 40.")
exercise.slip("no step", skipping("apply_gradients"), "The gradient has been computed, but nobody uses it.")
exercise.slip(
    "a step without the optimizer", edit("optimizer.apply_gradients([(gradient, generated_image)])", "generated_image.assign_sub(0.02 * gradient)"), "The notebook's `optimizer` decides how to step."
)
exercise.slip("the sign of the gradient", edit("[(gradient,", "[(tf.sign(gradient),"), "The optimizer takes the gradient as it is.")
exercise.slip("two steps", lambda generated_image: [train_step(generated_image), train_step(generated_image)][0], "One call, one step.")
