"""What is asked of each function of assignment `w4_style`."""

import numpy as np
from keras import ops

from grader.spec.exercise import Edit, Exercise, Slip, Variant, case
from grader.spec.observers.losses import look_at_loss
from solutions import w4_style as solution
from solutions.w4_style import (
    STYLE_LAYERS,
    a_C,
    a_S,
    compute_content_cost,
    compute_layer_style_cost,
    compute_style_cost,
    extractor,
    optimizer,
    total_cost,
)

TF32 = 3e-3  # of float32: a GPU multiplies with ten bits after the point, unless told otherwise

# The messages that more than one exercise needs.
NO_GRADIENT = "No gradient comes through: NumPy, float() and .numpy() leave the tape. Stay with keras.ops (or TensorFlow's operations)."


def single(rng, *shape):
    """Activations: half of them 0, as behind a ReLU."""
    return np.maximum(rng.normal(0.2, 1, shape), 0).astype(np.float32)


# --- receptive_field -------------------------------------------------------------------------------------------------


def field_cases(rng):
    def layers(count, sides=(1, 8), strides=(1, 4)):
        return [(int(rng.integers(*sides)), int(rng.integers(*strides)), int(rng.integers(0, 4))) for _ in range(count)]

    yield case("one layer", layers(1, (3, 12), (2, 5)))
    yield case("two layers, stride 1", layers(2, (2, 9), (1, 2)))
    yield case("the stride is below", [*layers(1, (3, 8), (2, 5)), *layers(1, (3, 8), (1, 2))])
    yield case("the stride is above", [*layers(1, (3, 8), (1, 2)), *layers(1, (3, 8), (2, 5))])
    yield case("convolutions and poolings", [one for f in rng.integers(3, 8, 3) for one in ((int(f), 1, int(f) // 2), (2, 2, 0))])
    yield case("1 × 1 on top of something", [*layers(2, (3, 8), (2, 4)), (1, 1, 0)])
    yield case("gaps: strides larger than the windows", layers(3, (1, 3), (3, 6)))
    yield case("six layers", layers(6))
    yield case("ten layers", layers(10, (2, 6), (1, 3)))
    yield case("no layer at all", [])


def field_by_definition(layers):
    # from the top down: which pixels do units 0 and 1 need?
    first, last, second = 0, 0, 1
    for f, stride, pad in reversed(layers):
        first, last, second = first * stride - pad, last * stride - pad + f - 1, second * stride - pad
    return last - first + 1, second - first, -first


def field_by_array(layers):
    f, s, p = np.array(layers, dtype=int).reshape(-1, 3).T
    steps = np.cumprod(np.append(1, s))
    return 1 + np.sum((f - 1) * steps[:-1]), steps[-1], np.sum(p * steps[:-1])


RECEPTIVE_FIELD = Exercise(
    solution.receptive_field,
    points=9,
    cases=field_cases,
    slips=[
        Slip("strides ignored", Edit("size += (f - 1) * step", "size += f - 1"), "A step of a higher layer is as many pixels as all strides below it, multiplied."),
        Slip("the layer's own stride counts for its own window", Edit("        size += (f - 1) * step\n        before += pad * step\n        step *= stride", "        step *= stride\n        size += (f - 1) * step\n        before += pad * step"), "A layer's stride moves its windows apart; inside its window, neighbours are as far apart as the layer below has them."),
        Slip("the strides are added", Edit("step *= stride", "step += stride - 1"), "Two strides of 2 make 4: strides multiply."),
        Slip("only the last stride", Edit("return size, step, before", "return size, layers[-1][1] if layers else 1, before"), "Neighbours of the last layer are as many pixels apart as all strides multiplied."),
        Slip("f instead of f − 1", Edit("(f - 1) * step", "f * step"), "One pixel is there from the start; a window of f adds f − 1 of them."),
        Slip("begins with no pixel", Edit("size, step, before = 1, 1, 0", "size, step, before = 0, 1, 0"), "Without any layer a unit is a pixel, and sees itself."),
        Slip("paddings are added as they are", Edit("before += pad * step", "before += pad"), "A layer's padding is in its own steps: how many pixels is one of them?"),
        Slip("the padding makes the field larger", Edit("size += (f - 1) * step", "size += (f - 1 + 2 * pad) * step"), "Padding moves the window; it does not make it see more."),
        Slip("the padding is forgotten", Edit("before += pad * step", "before += 0"), "With padding the first window hangs over the edge: by how many pixels?"),
        Slip("the last layer's padding alone", Edit("before += pad * step", "before = pad * step"), "Every layer's padding adds to how far the first window hangs over."),
        Slip("from the top down", Edit("in layers:", "in layers[::-1]:"), "`layers` begins at the picture; go through it in that order."),
        Slip("size and stride exchanged", Edit("return size, step, before", "return step, size, before"), "The order is (size, stride, pad)."),
    ],
    variants=[Variant("from the definition, top down", field_by_definition), Variant("with arrays", field_by_array)],
    hints=[
        "Keep three numbers, and go from the picture up: size 1, stride 1, pad 0 is a pixel.",
        "A window of f has f − 1 more entries than one, and each is as many pixels from the next as the strides below, multiplied.",
        "size += (f - 1) * step; before += pad * step; and only then step *= stride.",
    ],
    dtype="whole",
)

# --- top_activating_patches ------------------------------------------------------------------------------------------


def patch_cases(rng):
    def images(m, n_H, n_W, n_C=3):
        return rng.random((m, n_H, n_W, n_C)).astype(np.float32)

    def answers(m, n_h, n_w):
        return (rng.permutation(m * n_h * n_w).reshape(m, n_h, n_w).astype(np.float32) - 0.3 * m * n_h * n_w) / 7

    yield case("every place is inside", answers(4, 6, 7), images(4, 8, 9), (3, 1, 0))
    yield case("stride 2", answers(3, 5, 4), images(3, 12, 10), (4, 2, 0))
    yield case("windows that hang over the edges", answers(4, 3, 3), images(4, 6, 6), (6, 2, 2))
    yield case("wider than high", answers(3, 2, 6), images(3, 7, 19), (5, 3, 1), k=7)
    yield case("higher than wide", answers(3, 6, 2), images(3, 19, 7), (5, 3, 1), k=7)
    yield case("larger than the picture", answers(5, 2, 2), images(5, 4, 5), (9, 4, 3), k=4)
    yield case("only the strongest", answers(5, 4, 4), images(5, 8, 8), (3, 2, 1), k=1)
    yield case("twelve", answers(4, 4, 5), images(4, 8, 10), (3, 2, 1), k=12)
    yield case("more than there are", answers(1, 2, 3), images(1, 5, 7), (3, 2, 0), k=20)
    strong = answers(5, 4, 4)
    strong[2] += 1000
    yield case("all of them in one picture", strong, images(5, 9, 9), (4, 2, 1), k=6)
    yield case("many equals", rng.integers(0, 7, (3, 3, 4)).astype(np.float32), images(3, 8, 10), (3, 2, 1), k=22)
    yield case("answers below zero", -10 - np.abs(answers(3, 4, 4)), images(3, 8, 8), (4, 2, 1), k=5)
    yield case("grey pictures of whole numbers", answers(3, 4, 3), rng.integers(1, 256, (3, 9, 7, 1)).astype(np.uint8), (3, 2, 0), k=8)
    yield case("single pixels", answers(2, 5, 6), images(2, 5, 6), (1, 1, 0), k=9)


def patches_pixel_by_pixel(activations, images, receptive_field, k=9):
    size, stride, pad = receptive_field
    m, n_h, n_w = activations.shape
    places = sorted((-float(activations[p, i, j]), p, i, j) for p in range(m) for i in range(n_h) for j in range(n_w))[:k]
    found = np.zeros((len(places), size, size, images.shape[-1]))
    for number, (_, p, i, j) in enumerate(places):
        for row in range(size):
            for column in range(size):
                y, x = i * stride - pad + row, j * stride - pad + column
                if 0 <= y < images.shape[1] and 0 <= x < images.shape[2]:
                    found[number, row, column] = images[p, y, x]
    return found


def patches_with_wide_zeros(activations, images, receptive_field, k=9):
    size, stride, pad = receptive_field
    room = size + pad + stride * max(activations.shape[1:])
    wide = np.pad(images, [(0, 0), (room, room), (room, room), (0, 0)])
    flat = np.argsort(activations.reshape(-1) * -1.0, kind="mergesort")
    found = []
    for place in flat[: min(k, activations.size)]:
        p, i, j = np.unravel_index(place, activations.shape)
        top, left = room + i * stride - pad, room + j * stride - pad
        found.append(wide[p][top : top + size, left : left + size])
    return np.array(found)


def one_of_each_picture(activations, images, receptive_field, k=9):
    size, stride, pad = receptive_field
    padded = np.pad(images, ((0, 0), (pad, 2 * size + stride), (pad, 2 * size + stride), (0, 0)))
    best = activations.reshape(len(activations), -1)
    order = np.argsort(-best.max(axis=1), kind="stable")[:k]
    found = []
    for p in order:
        i, j = np.unravel_index(best[p].argmax(), activations.shape[1:])
        found.append(padded[p, i * stride : i * stride + size, j * stride : j * stride + size])
    return np.stack(found)


def moved_inside(activations, images, receptive_field, k=9):
    size, stride, pad = receptive_field
    order = np.argsort(-activations.ravel().astype(float), kind="stable")[:k]
    found = np.zeros((len(order), size, size, images.shape[3]), images.dtype)
    for place, (p, i, j) in enumerate(zip(*np.unravel_index(order, activations.shape), strict=True)):
        top = max(0, min(i * stride - pad, images.shape[1] - size))
        left = max(0, min(j * stride - pad, images.shape[2] - size))
        piece = images[p, top : top + size, left : left + size]
        found[place, : piece.shape[0], : piece.shape[1]] = piece
    return found


TOP_ACTIVATING_PATCHES = Exercise(
    solution.top_activating_patches,
    points=14,
    cases=patch_cases,
    slips=[
        Slip("the weakest", Edit("-activations.ravel().astype(float)", "activations.ravel().astype(float)"), "argsort goes from small to large."),
        Slip("weakest of the chosen first", Edit('kind="stable")[:k]', 'kind="stable")[:k][::-1]'), "The strongest comes first."),
        Slip("equals in the other order", Edit('np.argsort(-activations.ravel().astype(float), kind="stable")[:k]', 'np.argsort(activations.ravel().astype(float), kind="stable")[::-1][:k]'), "Among equals the lower picture, row, column comes first: turning a sorted list round turns them round too."),
        Slip("always nine", Edit("[:k]", "[:9]"), "How many does the caller want?"),
        Slip("one of each picture", one_of_each_picture, "Several patches may come from one picture, where it has the strongest answers."),
        Slip("the padding is not subtracted", Edit("    padded = np.pad(images, ((0, 0), (pad, below), (pad, right), (0, 0)))", "    padded = np.pad(images, ((0, 0), (0, pad + below), (0, pad + right), (0, 0)))"), "Place (i, j) begins at row i · stride − pad: the first windows hang over the edge."),
        Slip("moved inside where it hangs over", moved_inside, "A window that hangs over the edge stays where it is; what lies outside is 0."),
        Slip("the edge is repeated", Edit("(pad, right), (0, 0)))", '(pad, right), (0, 0)), mode="edge")'), "What lies outside of the picture is 0."),
        Slip("stride ignored", Edit("padded[picture, i * stride : i * stride + size, j * stride : j * stride + size]", "padded[picture, i : i + size, j : j + size]"), "Neighbours of this layer are `stride` pixels apart."),
        Slip("rows and columns exchanged", Edit("    for place, (picture, i, j) in enumerate(zip(*np.unravel_index(order, activations.shape), strict=True)):\n", "    padded = np.pad(padded, ((0, 0), (0, n_W * stride), (0, n_H * stride), (0, 0)))\n    for place, (picture, j, i) in enumerate(zip(*np.unravel_index(order, activations.shape), strict=True)):\n"), "activations[picture, i, j]: i counts rows, j columns."),
        Slip("places counted in a picture of the wrong width", Edit("np.unravel_index(order, activations.shape)", "np.unravel_index(order, (activations.shape[0], activations.shape[2], activations.shape[1]))"), "A flat index has to be taken apart by the shape that it was made with."),
        Slip("centred on the place", Edit("    for place, (picture, i, j) in", "    pad = size // 2\n    padded = np.pad(images, ((0, 0), (pad, below + size), (pad, right + size), (0, 0)))\n    for place, (picture, i, j) in"), "The window does not lie around i · stride; it begins at i · stride − pad."),
        Slip("by absolute value", Edit("-activations.ravel().astype(float)", "-np.abs(activations.ravel().astype(float))"), "What excites a unit most is its largest answer; a large negative one is the opposite."),
    ],
    variants=[Variant("pixel by pixel", patches_pixel_by_pixel), Variant("with more zeros than needed", patches_with_wide_zeros)],
    hints=[
        "Put zeros around the pictures first, `pad` before and enough behind; then place (i, j) begins at row i · stride of the padded picture.",
        "np.argsort(-activations.ravel(), kind=\"stable\") gives flat places, strongest first, equals in their order; np.unravel_index takes them apart.",
        "order[:k], and for each (picture, i, j): padded[picture, i * stride : i * stride + size, j * stride : j * stride + size].",
    ],
    dtype="number",
)

# --- total_variation and gram_matrix ---------------------------------------------------------------------------------


def look_at_tensors(function, *, given, weights):
    """Ask for a result and for the gradient of its weighted sum.

    Arguments:
        function -- takes one tensor
        given -- array, which it gets as a tensor
        weights -- array of the result's shape, or one number: what each of its numbers counts in the sum

    Returns:
        dict: the result, and the gradient by `given`, zeros where no gradient comes through
    """
    import keras
    import numpy as np

    given = keras.ops.convert_to_tensor(given)

    def weighted(tensor):
        return keras.ops.sum(function(tensor) * keras.ops.convert_to_tensor(weights))

    result = function(given)
    try:
        if keras.backend.backend() == "tensorflow":
            import tensorflow as tf

            with tf.GradientTape() as tape:
                tape.watch(given)
                total = weighted(given)
            slope = tape.gradient(total, given)
        elif keras.backend.backend() == "jax":
            import jax

            slope = jax.grad(weighted)(given)
        else:
            leaf = given.detach().clone().requires_grad_()
            weighted(leaf).backward()
            slope = leaf.grad
    except Exception:  # in NumPy's hands; each backend says so in its own way
        slope = None
    return {"the result": result, "its gradient": np.zeros(tuple(given.shape)) if slope is None else slope}


def variation_cases(rng):
    def one(title, image):
        return case(title, given=image.astype(np.float32), weights=np.float32(1))

    yield one("noise", rng.random((1, 6, 7, 3)))
    yield one("wider than high", rng.random((1, 4, 13, 3)))
    yield one("higher than wide", rng.random((1, 12, 5, 3)))
    # No two neighbours are exactly alike: at 0 the absolute value has many slopes, and every backend takes another.
    yield one("stripes across", np.repeat(rng.random((1, 9, 1, 3)), 8, axis=2) + 0.03 * rng.random((1, 9, 8, 3)))
    yield one("stripes down", np.repeat(rng.random((1, 1, 9, 3)), 7, axis=1) + 0.03 * rng.random((1, 7, 9, 3)))
    yield one("from dark to light", np.cumsum(np.cumsum(rng.random((1, 6, 6, 3)), axis=1), axis=2) / 20)
    yield one("nearly grey", np.repeat(rng.random((1, 5, 8, 1)), 3, axis=3) + 0.03 * rng.random((1, 5, 8, 3)))
    yield one("one row", rng.random((1, 1, 9, 3)))
    yield one("one column", rng.random((1, 8, 1, 3)))


def variation_by_slices(image):
    total = 0.0
    for row in range(image.shape[1] - 1):
        total = total + ops.sum(ops.abs(image[0, row + 1] - image[0, row]))
    for column in range(image.shape[2] - 1):
        total = total + ops.sum(ops.abs(image[0, :, column + 1] - image[0, :, column]))
    return total


def variation_by_diff(image):
    return sum(ops.sum(ops.absolute(ops.diff(image, axis=axis))) for axis in (1, 2))


def variation_in_numpy(image):
    image = np.asarray(ops.convert_to_numpy(image))
    return np.abs(np.diff(image, axis=1)).sum() + np.abs(np.diff(image, axis=2)).sum()


TOTAL_VARIATION = Exercise(
    solution.total_variation,
    points=8,
    cases=variation_cases,
    slips=[
        Slip("computed in NumPy", variation_in_numpy, NO_GRADIENT),
        Slip("squares", Edit("ops.abs", "ops.square", 2), "The absolute value, not the square: a sharp edge must not cost more than a slope of the same height."),
        Slip("downwards only", Edit("return down + across", "return down"), "Neighbours are below and on the right."),
        Slip("across only", Edit("return down + across", "return across"), "Neighbours are below and on the right."),
        Slip("the mean", Edit("ops.sum", "ops.mean", 2), "The sum over all pairs, not their mean."),
        Slip("round the edge", Edit("    down = ops.sum(ops.abs(image[:, 1:] - image[:, :-1]))\n    across = ops.sum(ops.abs(image[:, :, 1:] - image[:, :, :-1]))", "    down = ops.sum(ops.abs(ops.roll(image, 1, axis=1) - image))\n    across = ops.sum(ops.abs(ops.roll(image, 1, axis=2) - image))"), "The last row has no neighbour below: roll brings the first one there."),
        Slip("without the absolute value", Edit("ops.abs(image[:, 1:] - image[:, :-1])", "(image[:, 1:] - image[:, :-1])"), "Ups and downs cancel unless each difference is taken as absolute."),
        Slip("channels are neighbours too", Edit("return down + across", "return down + across + ops.sum(ops.abs(image[..., 1:] - image[..., :-1]))"), "Red and green of one pixel are no neighbours."),
        Slip("channels are averaged first", Edit("    down = ops", "    image = ops.mean(image, axis=-1)\n    down = ops"), "Each channel by itself: colours may change where the brightness does not."),
        Slip("every second pair", Edit("image[:, 1:] - image[:, :-1]", "image[:, 1::2] - image[:, :-1:2]"), "Every row but the last has one below."),
        Slip("pixels two apart", Edit("image[:, :, 1:] - image[:, :, :-1]", "image[:, :, 2:] - image[:, :, :-2]"), "Neighbours are next to each other."),
        Slip("length of the two differences together", Edit("    down = ops.sum(ops.abs(image[:, 1:] - image[:, :-1]))\n    across = ops.sum(ops.abs(image[:, :, 1:] - image[:, :, :-1]))\n    return down + across", "    down = image[:, 1:, :-1] - image[:, :-1, :-1]\n    across = image[:, :-1, 1:] - image[:, :-1, :-1]\n    return ops.sum(ops.sqrt(ops.square(down) + ops.square(across) + 1e-12))"), "That is the other, isotropic total variation; here the two absolute values are added."),
    ],
    variants=[Variant("row by row, column by column", variation_by_slices), Variant("keras.ops.diff", variation_by_diff)],
    hints=[
        "image[:, 1:] has every row but the first, image[:, :-1] every row but the last: their difference is each row less the one above.",
        "keras.ops.abs, then keras.ops.sum over everything. The same for the columns, along axis 2.",
        "ops.sum(ops.abs(image[:, 1:] - image[:, :-1])) + ops.sum(ops.abs(image[:, :, 1:] - image[:, :, :-1])).",
    ],
    forbids=("total_variation", "total_variation_"),
    observer=look_at_tensors,
)


def gram_cases(rng):
    def one(title, A):
        weights = rng.normal(0, 1, (A.shape[0],) * 2).astype(np.float32)
        return case(title, given=A.astype(np.float32), weights=weights)

    yield one("four channels, thirty places", single(rng, 4, 30))
    yield one("more channels than places", single(rng, 9, 5))
    yield one("as many of both", single(rng, 7, 7))
    yield one("numbers of both signs", rng.normal(0, 1, (5, 12)))
    yield one("channels that never answer together", np.repeat(np.eye(4), 6, axis=1) * rng.random((4, 24)))
    yield one("one place", single(rng, 6, 1) + 0.1)
    yield one("one channel", single(rng, 1, 20))
    yield one("large numbers", 100 * single(rng, 5, 16))


def gram_by_einsum(A):
    return ops.einsum("kp,lp->kl", A, A)


def gram_by_products(A):
    return ops.sum(A[:, None] * A[None], axis=-1)


def gram_in_numpy(A):
    A = ops.convert_to_numpy(A)
    return A @ A.T


GRAM_MATRIX = Exercise(
    solution.gram_matrix,
    points=8,
    cases=gram_cases,
    slips=[
        Slip("computed in NumPy", gram_in_numpy, NO_GRADIENT),
        Slip("of the transpose", Edit("ops.matmul(A, ops.transpose(A))", "ops.matmul(ops.transpose(A), A)"), "Channels with channels: the result is n_C × n_C, and places are summed away."),
        Slip("number by number", Edit("ops.matmul(A, ops.transpose(A))", "A * A"), "A matrix product, not a product number by number."),
        Slip("divided by the number of places", Edit("ops.matmul(A, ops.transpose(A))", "ops.matmul(A, ops.transpose(A)) / A.shape[1]"), "G is A Aᵀ and nothing else; the cost divides."),
        Slip("divided by all numbers", Edit("ops.matmul(A, ops.transpose(A))", "ops.matmul(A, ops.transpose(A)) / (A.shape[0] * A.shape[1])"), "G is A Aᵀ and nothing else; the cost divides."),
        Slip("the means are taken away first", Edit("    return", "    A = A - ops.mean(A, axis=1, keepdims=True)\n    return"), "That is a covariance; G multiplies the channels as they are."),
        Slip("channels are brought to length 1", Edit("    return", "    A = A / ops.sqrt(ops.sum(A * A, axis=1, keepdims=True) + 1e-6)\n    return"), "That is a correlation: how strongly a channel answers is part of the style."),
        Slip("the diagonal alone", Edit("ops.matmul(A, ops.transpose(A))", "ops.matmul(A, ops.transpose(A)) * ops.eye(A.shape[0])"), "What lies off the diagonal says which channels answer together."),
    ],
    variants=[Variant("einsum", gram_by_einsum), Variant("all products, then the sum", gram_by_products)],
    hints=[
        "Row k of A has what channel k answers at all places. G[k, l] is the sum over places of row k times row l.",
        "That is a matrix product: of A with what, so that n_C × n_HW times … gives n_C × n_C?",
        "keras.ops.matmul(A, keras.ops.transpose(A)).",
    ],
    observer=look_at_tensors,
    limit_float32=TF32,
)

# --- the costs -------------------------------------------------------------------------------------------------------


def content_cases(rng):
    def one(title, *shapes):
        seen, made = ([single(rng, 1, *shape) for shape in shapes] for _ in range(2))
        return case(title, y_true=seen, y_pred=made)

    yield one("one layer", (4, 5, 3))
    yield one("three layers, the last counts", (8, 6, 2), (4, 3, 4), (2, 2, 5))
    yield one("wider than high", (3, 9, 4))
    yield one("all layers alike in shape", (4, 4, 3), (4, 4, 3), (4, 4, 3))
    yield one("many channels, one place", (5, 5, 2), (1, 1, 17))
    yield one("one channel", (6, 7, 1))
    yield one("six layers", *[(3, 4, 2)] * 5, (5, 3, 6))


def content_by_mean(content_output, generated_output):
    difference = generated_output[-1] - content_output[-1]
    return ops.mean(difference * difference) / 4


def content_unrolled(content_output, generated_output):
    a_C, a_G = content_output[-1], generated_output[-1]
    m, n_H, n_W, n_C = ops.shape(a_G)
    a_C_unrolled = ops.transpose(ops.reshape(a_C, (m, n_H * n_W, n_C)), (0, 2, 1))
    a_G_unrolled = ops.transpose(ops.reshape(a_G, (m, n_H * n_W, n_C)), (0, 2, 1))
    return 1 / (4 * n_H * n_W * n_C) * ops.sum(ops.square(ops.subtract(a_C_unrolled, a_G_unrolled)))


def content_in_numpy(content_output, generated_output):
    a_C, a_G = ops.convert_to_numpy(content_output[-1]), ops.convert_to_numpy(generated_output[-1])
    return np.sum((a_C - a_G) ** 2) / (4 * a_G.size)


COMPUTE_CONTENT_COST = Exercise(
    solution.compute_content_cost,
    points=9,
    cases=content_cases,
    slips=[
        Slip("computed in NumPy", content_in_numpy, NO_GRADIENT),
        Slip("the first layer", Edit("content_output[-1], generated_output[-1]", "content_output[0], generated_output[0]"), "Content is what the last of the layers sees."),
        Slip("the last but one", Edit("content_output[-1], generated_output[-1]", "content_output[-2:][0], generated_output[-2:][0]"), "Content is what the last of the layers sees."),
        Slip("the squared sum", Edit("ops.sum(ops.square(a_C - a_G))", "ops.square(ops.sum(a_C - a_G))"), "Square each difference first, then add up: else they cancel."),
        Slip("not squared", Edit("ops.square(a_C - a_G)", "ops.abs(a_C - a_G)"), "The differences are squared."),
        Slip("no division", Edit(" / (4 * n_H * n_W * n_C)", ""), "The sum is divided by 4 n_H n_W n_C."),
        Slip("one half", Edit("/ (4 * n_H * n_W * n_C)", "/ 2"), "That is the paper's constant; here it is 1 / (4 n_H n_W n_C)."),
        Slip("2 in place of 4", Edit("(4 *", "(2 *"), "The constant is 1 / (4 n_H n_W n_C)."),
        Slip("the mean, without the 4", Edit("(4 * n_H * n_W * n_C)", "(n_H * n_W * n_C)"), "The constant is 1 / (4 n_H n_W n_C)."),
        Slip("channels left out of the constant", Edit("(4 * n_H * n_W * n_C)", "(4 * n_H * n_W)"), "The constant is 1 / (4 n_H n_W n_C)."),
        Slip("all layers", Edit("    a_C, a_G = content_output[-1], generated_output[-1]\n    _, n_H, n_W, n_C = a_G.shape\n    return ops.sum(ops.square(a_C - a_G)) / (4 * n_H * n_W * n_C)", "    return sum(ops.mean(ops.square(a_C - a_G)) / 4 for a_C, a_G in zip(content_output, generated_output))"), "Only the last layer's activations are the content."),
    ],
    variants=[Variant("from the mean", content_by_mean), Variant("unrolled", content_unrolled)],
    hints=[
        "Take the last of each list; its shape is (1, n_H, n_W, n_C).",
        "keras.ops.square of the difference, keras.ops.sum over all of it.",
        "Divide by 4 * n_H * n_W * n_C. No NumPy: the gradient has to come through.",
    ],
    observer=look_at_loss,
)


def layer_style_cases(rng):
    def one(title, *shape, scale=1.0):
        return case(title, y_true=scale * single(rng, 1, *shape), y_pred=scale * single(rng, 1, *shape))

    yield one("four channels", 5, 5, 4)
    yield one("wider than high", 3, 9, 5)
    yield one("higher than wide", 8, 2, 3)
    yield one("more channels than places", 2, 3, 11)
    yield one("one place", 1, 1, 6)
    yield one("one channel", 6, 4, 1)
    yield one("large answers", 4, 6, 3, scale=np.float32(20))
    a = single(rng, 1, 4, 6, 3)
    places = rng.permutation(24)
    b = a.reshape(24, 3)[places].reshape(1, 4, 6, 3)
    b[..., 2] *= 1.5
    yield case("the same in other places, one channel stronger", y_true=a, y_pred=b)


def layer_style_by_einsum(a_S, a_G):
    _, n_H, n_W, n_C = a_S.shape
    difference = ops.einsum("mhwk,mhwl->kl", a_S, a_S) - ops.einsum("mhwk,mhwl->kl", a_G, a_G)
    return ops.sum(difference**2) / (2.0 * n_C * n_H * n_W) ** 2


def layer_style_scaled_first(a_S, a_G):
    n_H, n_W, n_C = a_G.shape[1:]
    S, G = ops.reshape(a_S, (-1, n_C)), ops.reshape(a_G, (-1, n_C))
    S, G = (ops.matmul(ops.transpose(one), one) / (n_H * n_W * n_C) for one in (S, G))
    return ops.sum(ops.square(ops.subtract(S, G))) / 4


def layer_style_in_numpy(a_S, a_G):
    a_S, a_G = ops.convert_to_numpy(a_S)[0], ops.convert_to_numpy(a_G)[0]
    n_H, n_W, n_C = a_G.shape
    S, G = a_S.reshape(-1, n_C), a_G.reshape(-1, n_C)
    return np.sum((S.T @ S - G.T @ G) ** 2) / (4 * n_C**2 * (n_H * n_W) ** 2)


UNROLLED = "ops.transpose(ops.reshape(a, (n_H * n_W, n_C)))"
DIVISOR = "(4 * n_C**2 * (n_H * n_W) ** 2)"
STYLE_CONSTANT = "The constant is 1 / (4 n_C² (n_H n_W)²)."

COMPUTE_LAYER_STYLE_COST = Exercise(
    solution.compute_layer_style_cost,
    points=15,
    cases=layer_style_cases,
    slips=[
        Slip("computed in NumPy", layer_style_in_numpy, NO_GRADIENT),
        Slip("reshaped without a transposition", Edit(UNROLLED, "ops.reshape(a, (n_C, n_H * n_W))"), "Channels are the last axis: reshape to (n_H n_W, n_C) first, then transpose; reshaping straight to (n_C, n_H n_W) mixes channels with places."),
        Slip("Gram matrix of the places", Edit(UNROLLED, "ops.reshape(a, (n_H * n_W, n_C))"), "gram_matrix wants one row a channel: transpose."),
        Slip("not divided", Edit(f" / {DIVISOR}", ""), STYLE_CONSTANT),
        Slip("2 in place of 4", Edit("(4 *", "(2 *"), STYLE_CONSTANT),
        Slip("n_C not squared", Edit("n_C**2", "n_C"), STYLE_CONSTANT),
        Slip("n_H n_W not squared", Edit("(n_H * n_W) ** 2", "(n_H * n_W)"), STYLE_CONSTANT),
        Slip("nothing squared below", Edit(DIVISOR, "(4 * n_C * n_H * n_W)"), STYLE_CONSTANT),
        Slip("the mean", Edit(f"ops.sum(ops.square(G_S - G_G)) / {DIVISOR}", "ops.mean(ops.square(G_S - G_G))"), STYLE_CONSTANT),
        Slip("not squared", Edit("ops.square(G_S - G_G)", "ops.abs(G_S - G_G)"), "The differences of the Gram matrices are squared."),
        Slip("activations, not Gram matrices", Edit(f"(gram_matrix({UNROLLED}) for a in (a_S, a_G))", "(a for a in (a_S, a_G))"), "That compares place by place, which is content. Style compares Gram matrices."),
        Slip("the painting alone", Edit("for a in (a_S, a_G)", "for a in (a_S, a_G * 0)"), "The generated picture has a Gram matrix too."),
    ],
    variants=[Variant("einsum, one square below", layer_style_by_einsum), Variant("scaled before the difference", layer_style_scaled_first)],
    hints=[
        "gram_matrix wants a matrix with one row a channel. Channels are the last axis of a_S and a_G.",
        "keras.ops.reshape(a, (n_H * n_W, n_C)), and only then keras.ops.transpose.",
        "The sum of the squared differences of the two Gram matrices, divided by 4 * n_C**2 * (n_H * n_W)**2.",
    ],
    uses=("gram_matrix",),
    observer=look_at_loss,
    limit_float32=TF32,
)


def style_cases(rng):
    def one(title, *shapes, weights=None):
        weights = rng.uniform(0.1, 1, len(shapes) - 1) if weights is None else weights
        seen, made = ([single(rng, 1, *shape) for shape in shapes] for _ in range(2))
        layers = [(f"layer_{k}", float(weight)) for k, weight in enumerate(weights)]
        return case(title, y_true=seen, y_pred=made, STYLE_LAYERS=layers)

    yield one("one style layer", (5, 4, 3), (3, 3, 4))
    yield one("two, weighted apart", (6, 5, 2), (3, 2, 5), (2, 2, 6))
    yield one("five", (8, 8, 2), (6, 6, 3), (4, 4, 4), (3, 3, 5), (2, 2, 6), (2, 3, 4))
    yield one("weights that sum to more than 1", (4, 4, 3), (4, 4, 3), (4, 4, 3), weights=rng.uniform(1, 5, 2))
    yield one("a weight of 0", (4, 5, 3), (4, 5, 3), (3, 3, 2), (2, 2, 2), weights=[0.7 * rng.random() + 0.1, 0, 0.4])
    yield one("the content layer has the shape of a style layer", (3, 4, 4), (3, 4, 4))
    yield one("falling weights", (6, 6, 2), (5, 5, 2), (4, 4, 2), (3, 3, 2), (3, 3, 2), weights=[2, 1, 0.5, 0.25])


def style_by_places(style_image_output, generated_image_output, STYLE_LAYERS):
    total = ops.convert_to_tensor(0.0)
    for k in range(len(STYLE_LAYERS)):
        total = total + STYLE_LAYERS[k][1] * compute_layer_style_cost(style_image_output[k], generated_image_output[k])
    return total


def style_at_once(style_image_output, generated_image_output, STYLE_LAYERS):
    costs = [compute_layer_style_cost(a_S, a_G) for a_S, a_G in zip(style_image_output[:-1], generated_image_output[:-1])]
    weights = ops.convert_to_tensor([weight for _, weight in STYLE_LAYERS], dtype="float32")
    return ops.sum(ops.stack(costs) * weights)


def style_in_numpy(style_image_output, generated_image_output, STYLE_LAYERS):
    J = 0.0
    for k, (_, weight) in enumerate(STYLE_LAYERS):
        J += weight * float(ops.convert_to_numpy(compute_layer_style_cost(style_image_output[k], generated_image_output[k])))
    return np.float32(J)


COMPUTE_STYLE_COST = Exercise(
    solution.compute_style_cost,
    points=9,
    cases=style_cases,
    slips=[
        Slip("computed in NumPy", style_in_numpy, NO_GRADIENT),
        Slip("weights ignored", Edit("J_style += weight * compute", "J_style += compute"), "Each layer's cost counts with its weight in STYLE_LAYERS."),
        Slip("all weights alike", Edit("J_style += weight * compute", "J_style += 1 / len(STYLE_LAYERS) * compute"), "The weights stand in STYLE_LAYERS; they need not be alike."),
        Slip("weights in the other order", Edit("STYLE_LAYERS, strict", "STYLE_LAYERS[::-1], strict"), "The outputs come in the order of STYLE_LAYERS."),
        Slip("weights brought to a sum of 1", Edit("    return J_style", "    return J_style / sum(weight for _, weight in STYLE_LAYERS)"), "The weights count as they are."),
        Slip("the first layer is left out", Edit("style_image_output[:-1], generated_image_output[:-1]", "style_image_output[1:], generated_image_output[1:]"), "The content layer's output is the last of the list, not the first."),
        Slip("content too", Edit("    return J_style", "    return J_style + STYLE_LAYERS[-1][1] * compute_layer_style_cost(style_image_output[-1], generated_image_output[-1])"), "The last output is the content layer's; it has no part in the style."),
        Slip("the last layer alone", Edit("J_style += weight", "J_style = weight"), "The layers' costs are added up."),
        Slip("weights are squared", Edit("weight * compute", "weight**2 * compute"), "Each cost is multiplied by its weight, once."),
        Slip("the first weight for all", Edit("J_style += weight *", "J_style += STYLE_LAYERS[0][1] *"), "Each layer has a weight of its own."),
    ],
    variants=[Variant("by places", style_by_places), Variant("all at once", style_at_once)],
    hints=[
        "The lists have one output more than there are style layers: the last one is the content layer's.",
        "Go through the outputs but the last, and through STYLE_LAYERS, together: zip.",
        "Add weight * compute_layer_style_cost(a_S, a_G), starting from 0.0.",
    ],
    uses=("gram_matrix", "compute_layer_style_cost"),
    observer=look_at_loss,
    limit_float32=TF32,
)


def total_cases(rng):
    def two():
        return [float(one) for one in rng.uniform(0.5, 9, 2)]

    yield case("with the usual weights", *two())
    yield case("content counts more", *two(), alpha=float(rng.uniform(60, 90)), beta=float(rng.uniform(1, 9)))
    yield case("style counts more", *two(), alpha=float(rng.uniform(1, 9)), beta=float(rng.uniform(60, 90)))
    yield case("alpha alone is given", *two(), alpha=float(rng.uniform(2, 8)))
    yield case("beta alone is given", *two(), beta=float(rng.uniform(2, 8)))
    yield case("no content", 0.0, two()[0], 3, 7)
    yield case("no style", two()[0], 0.0, 3, 7)
    yield case("whole numbers", int(rng.integers(2, 50)), int(rng.integers(2, 50)), 2, 5)


def total_by_sum(J_content, J_style, alpha=10, beta=40):
    return sum(weight * cost for weight, cost in ((beta, J_style), (alpha, J_content)))


def total_by_ops(J_content, J_style, alpha=10, beta=40):
    return ops.add(ops.multiply(float(alpha), J_content), ops.multiply(float(beta), J_style))


TOTAL_COST = Exercise(
    solution.total_cost,
    points=4,
    cases=total_cases,
    slips=[
        Slip("alpha and beta exchanged", Edit("alpha * J_content + beta * J_style", "beta * J_content + alpha * J_style"), "alpha weighs the content, beta the style."),
        Slip("weights ignored", Edit("alpha * J_content + beta * J_style", "J_content + J_style"), "Each cost has its weight."),
        Slip("always 10 and 40", Edit("alpha * J_content + beta * J_style", "10 * J_content + 40 * J_style"), "10 and 40 are what the weights are where nothing else is said."),
        Slip("style taken away", Edit("alpha * J_content + beta * J_style", "alpha * J_content - beta * J_style"), "Both are costs: both shall be small."),
        Slip("weights brought to a sum of 1", Edit("alpha * J_content + beta * J_style", "(alpha * J_content + beta * J_style) / (alpha + beta)"), "The weights count as they are."),
        Slip("multiplied", Edit("alpha * J_content + beta * J_style", "alpha * J_content * beta * J_style"), "The two weighted costs are added."),
    ],
    variants=[Variant("a sum", total_by_sum), Variant("keras.ops", total_by_ops)],
    hints=[
        "Two products and one sum.",
        "alpha belongs to the content, beta to the style.",
        "alpha * J_content + beta * J_style.",
    ],
    limit_float32=1e-5,
)

# --- train_step ------------------------------------------------------------------------------------------------------


def look_at_steps(function, *, picture, painting, photograph, weights, rate, momentum, steps, seed, graph):
    """Let `train_step` paint, and tell what became of the picture.

    Arguments:
        function -- `train_step`
        picture, painting, photograph -- arrays (1, n_H, n_W, 3)
        weights -- of the style layers
        rate, momentum -- of the optimizer
        steps -- how often it is called
        seed -- of the extractor's weights
        graph -- whether it runs inside a `tf.function`

    Returns:
        dict: what it returned at each step, the picture after the first and after the last, whether the variable that was
        given is the one that changed, and by how much the extractor's weights did
    """
    import keras
    import numpy as np

    try:
        import tensorflow as tf
    except ImportError:
        return "train_step is TensorFlow's, and TensorFlow is not installed"

    rng = np.random.default_rng(seed)
    sizes = [(3, 3, 3, 4), (3, 3, 4, 5), (1, 1, 5, 4)]
    kernels = [(rng.standard_normal(size) * np.sqrt(2 / np.prod(size[:3]))).astype("float32") for size in sizes]
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

    painted = tf.Variable(picture)
    if native:
        x, seen = keras.Input((None, None, 3)), []
        inputs = x
        for (side, _, _, filters), stride in zip(sizes, (1, 2, 1)):
            x = keras.layers.Conv2D(filters, side, strides=stride, padding="same", activation="relu", use_bias=False)(x)
            seen.append(x)
        extractor = keras.Model(inputs, seen)
        extractor.set_weights(kernels)
        optimizer = keras.optimizers.SGD(rate, momentum=momentum)
        optimizer.build([painted])
    else:
        extractor, optimizer = Extractor(), Optimizer()

    names = getattr(function, "python_function", function).__globals__
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
            costs.append(float(step(painted)))
            first = painted.numpy() if first is None else first
        moved = max(float(np.abs(np.asarray(one) - kernel).max()) for one, kernel in zip(extractor.weights, kernels))
    finally:
        logger.setLevel(level)
        for name in put:
            names.pop(name, None)
        names.update(before)
    return {"J at each step": np.array(costs), "the picture after one step": first, "the picture in the end": painted.numpy(), "change of the extractor's weights": moved}


def step_cases(rng):
    def one(title, *, size=(6, 7), rate=0.05, momentum=0.0, steps=3, weights=None, graph=False, picture=None):
        def image(n_H, n_W):
            return rng.random((1, n_H, n_W, 3)).astype(np.float32)

        photograph = image(*size)
        return case(
            title,
            picture=photograph.copy() if picture is None else picture(image(*size)),
            painting=image(*size),
            photograph=photograph,
            weights=[float(w) for w in (rng.uniform(0.2, 2, 2) if weights is None else weights)],
            rate=rate, momentum=momentum, steps=steps, seed=int(rng.integers(2**31)), graph=graph,
        )  # fmt: skip

    yield one("from the photograph", rate=0.2)
    yield one("from another picture", picture=lambda image: 0.3 + 0.4 * image)
    yield one("steps that leave the range of colours", rate=30.0, picture=lambda image: image)
    yield one("with momentum", momentum=0.9, picture=lambda image: image)
    yield one("one step", steps=1, picture=lambda image: 0.2 + 0.6 * image)
    yield one("in a graph", graph=True, picture=lambda image: 0.2 + 0.6 * image)
    yield one("one style layer hardly counts", weights=[0.01, 3 * rng.random() + 1], picture=lambda image: 0.2 + 0.6 * image)


def step_by_apply(generated_image):
    import tensorflow as tf

    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(generated_image)
        seen = extractor(generated_image, training=False)
        J = total_cost(compute_content_cost(a_C, seen), compute_style_cost(a_S, seen, STYLE_LAYERS), 10, 40)
    optimizer.apply(tape.gradient(J, [generated_image]), [generated_image])
    generated_image.assign(tf.minimum(tf.maximum(generated_image, 0), 1))
    return J


def step_in_two_sums(generated_image):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        a_G = extractor(generated_image)
        J = 40 * compute_style_cost(a_S, a_G, STYLE_LAYERS) + 10 * compute_content_cost(a_C, a_G)
    slope = tape.gradient(J, generated_image)
    optimizer.apply_gradients(zip([slope], [generated_image]))
    generated_image.assign(tf.clip_by_value(generated_image, clip_value_min=0.0, clip_value_max=1.0))
    return tf.identity(J)


TRAIN_STEP = Exercise(
    solution.train_step,
    points=14,
    cases=step_cases,
    slips=[
        Slip("not clipped", Edit("    generated_image.assign(tf.clip_by_value(generated_image, 0.0, 1.0))\n", ""), "After the step, colours must lie between 0 and 1 again, in the variable that was given: `assign` changes it in place."),
        Slip("clipped to 0 … 255", Edit("0.0, 1.0", "0.0, 255.0"), "Pictures have values from 0 to 1 here."),
        Slip("uphill", Edit("[(gradient, generated_image)]", "[(-gradient, generated_image)]"), "The optimizer takes the gradient as it is, and steps against it."),
        Slip("the network learns", Edit("    gradient = tape.gradient(J, generated_image)\n    optimizer.apply_gradients([(gradient, generated_image)])\n", "    gradient, *others = tape.gradient(J, [generated_image, *extractor.weights])\n    optimizer.apply_gradients([(gradient, generated_image)])\n    for weight, slope in zip(extractor.weights, others):\n        weight.assign(weight - 0.05 * slope)\n"), "The network is the judge; only the picture changes."),
        Slip("alpha and beta exchanged", Edit("alpha=10, beta=40", "alpha=40, beta=10"), "alpha, for the content, is 10; beta, for the style, 40."),
        Slip("neither alpha nor beta", Edit("total_cost(J_content, J_style, alpha=10, beta=40)", "J_content + J_style"), "J = alpha · J_content + beta · J_style, with 10 and 40."),
        Slip("content only", Edit("total_cost(J_content, J_style, alpha=10, beta=40)", "10 * J_content"), "The style has no part in J."),
        Slip("style only", Edit("total_cost(J_content, J_style, alpha=10, beta=40)", "40 * J_style"), "The content has no part in J."),
        Slip("the painting is the content", Edit("compute_content_cost(a_C, a_G)", "compute_content_cost(a_S[:-1] + [tf.image.resize(a_S[-1], a_G[-1].shape[1:3])], a_G)"), "a_C is what the network sees in the photograph; that is the content."),
        Slip("the photograph is the style", Edit("compute_style_cost(a_S, a_G, STYLE_LAYERS)", "compute_style_cost(a_C, a_G, STYLE_LAYERS)"), "a_S is what the network sees in the painting; that is the style."),
        Slip("J after the step", Edit("    return J", "    a_G = extractor(generated_image)\n    return total_cost(compute_content_cost(a_C, a_G), compute_style_cost(a_S, a_G, STYLE_LAYERS))"), "Return the cost of the picture as it came, which the tape has seen."),
        Slip("no step", Edit("    optimizer.apply_gradients([(gradient, generated_image)])\n", ""), "The gradient has been computed, but nobody uses it."),
        Slip("a step without the optimizer", Edit("    optimizer.apply_gradients([(gradient, generated_image)])\n", "    generated_image.assign_sub(0.02 * gradient)\n"), "The notebook's `optimizer` decides how to step."),
        Slip("the sign of the gradient", Edit("[(gradient, generated_image)]", "[(tf.sign(gradient), generated_image)]"), "The optimizer takes the gradient as it is."),
        Slip("two steps", Edit("    optimizer.apply_gradients([(gradient, generated_image)])\n", "    optimizer.apply_gradients([(gradient, generated_image)])\n    optimizer.apply_gradients([(gradient, generated_image)])\n"), "One call, one step."),
    ],
    variants=[Variant("optimizer.apply, watched by hand", step_by_apply), Variant("two sums, zip, identity", step_in_two_sums)],
    hints=[
        "Everything that J depends on the picture by must happen inside `with tf.GradientTape() as tape:`, from extractor(generated_image) on.",
        "After the block: tape.gradient(J, generated_image), then optimizer.apply_gradients([(gradient, generated_image)]).",
        "Last, generated_image.assign(tf.clip_by_value(generated_image, 0.0, 1.0)), and return J.",
    ],
    uses=("compute_content_cost", "gram_matrix", "compute_layer_style_cost", "compute_style_cost", "total_cost"),
    observer=look_at_steps,
    limit_float32=TF32,
)

EXERCISES = [
    RECEPTIVE_FIELD,
    TOP_ACTIVATING_PATCHES,
    TOTAL_VARIATION,
    COMPUTE_CONTENT_COST,
    GRAM_MATRIX,
    COMPUTE_LAYER_STYLE_COST,
    COMPUTE_STYLE_COST,
    TOTAL_COST,
    TRAIN_STEP,
]
