"""The reference functions of `w4_style` against loops, einsum, TensorFlow, real convolutions and the numeric gradient."""

import os
import re

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops
from numpy.testing import assert_allclose, assert_array_equal

from grader.exercises.w4_style.shared import look_at_tensors
from grader.exercises.w4_style.train_step import look_at_steps
from grader.spec.observers.losses import look_at_loss
from grader.spec.registry import load
from solutions import w4_style
from solutions.w4_style import (
    compute_content_cost,
    compute_layer_style_cost,
    compute_style_cost,
    gram_matrix,
    receptive_field,
    top_activating_patches,
    total_cost,
    total_variation,
)

pytestmark = pytest.mark.backends
LAYERS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(0, 2)), max_size=4)


def numbers(*shape, seed=0):
    return np.random.default_rng(seed).normal(0, 1, shape).astype("float32")


def array(tensor):
    return ops.convert_to_numpy(tensor)


def slope_by_differences(function, x, step=1e-2):
    """Numeric gradient of a function of an array, by central differences."""
    found = np.zeros(x.shape)
    for place in np.ndindex(*x.shape):
        ahead, behind = x.copy(), x.copy()
        ahead[place] += step
        behind[place] -= step
        found[place] = (float(function(ahead)) - float(function(behind))) / (ahead[place] - behind[place])
    return found


# --- receptive_field ------------------------------------------------------------------------------------------------


def test_fields_of_networks_that_papers_tell():
    vgg16 = [one for count in (2, 2, 3, 3, 3) for one in [(3, 1, 1)] * count + [(2, 2, 0)]]
    assert receptive_field(vgg16) == (212, 32, 90)  # Araujo, Norris, Sim 2019, table 1
    assert receptive_field([(11, 4, 2), (3, 2, 0), (5, 1, 2), (3, 2, 0)]) == (67, 16, 18)
    assert receptive_field([]) == (1, 1, 0)


@settings(max_examples=40, deadline=None)
@given(LAYERS)
def test_a_field_is_where_ones_come_from(layers):
    """Propagate, layer by layer, which pixels two neighbouring units depend on."""
    seen = []
    for unit in (40, 41):
        first = last = unit
        for f, stride, pad in reversed(layers):
            first, last = first * stride - pad, last * stride - pad + f - 1
        seen.append((first, last))
    size, stride, pad = receptive_field(layers)
    assert seen == [(unit * stride - pad, unit * stride - pad + size - 1) for unit in (40, 41)]


@pytest.mark.parametrize("layers", [[(3, 1, 1)] * 3, [(5, 2, 2), (3, 1, 1)], [(3, 2, 1), (2, 2, 0), (3, 1, 0)]])
def test_a_field_is_where_a_real_networks_gradient_lies(layers):
    def network(x):
        for f, stride, pad in layers:
            x = ops.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
            x = ops.conv(x, np.ones((f, f, 1, 1), "float32"), strides=stride)
        return x

    picture = np.ones((1, 40, 40, 1), "float32")
    weights = np.zeros(network(picture).shape, "float32")
    weights[0, 3, 5] = 1
    rows, columns = np.nonzero(look_at_tensors(network, given=picture, weights=weights)["its gradient"][0, :, :, 0])
    size, stride, pad = receptive_field(layers)
    assert (rows.min(), rows.max()) == (3 * stride - pad, 3 * stride - pad + size - 1)
    assert (columns.min(), columns.max()) == (5 * stride - pad, 5 * stride - pad + size - 1)


# --- top_activating_patches -----------------------------------------------------------------------------------------


def patches_by_loops(activations, images, field, k):
    size, stride, pad = field
    places = sorted((-activations[place], place) for place in np.ndindex(*activations.shape))[:k]
    found = np.zeros((len(places), size, size, images.shape[3]), images.dtype)
    for number, (_, (picture, i, j)) in enumerate(places):
        for row in range(size):
            for column in range(size):
                y, x = i * stride - pad + row, j * stride - pad + column
                if 0 <= y < images.shape[1] and 0 <= x < images.shape[2]:
                    found[number, row, column] = images[picture, y, x]
    return found


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_patches_are_those_of_loops(drawn):
    whole = st.integers(1, 4)
    m, n_h, n_w, n_C, stride = (drawn.draw(whole) for _ in range(5))
    size, pad = drawn.draw(st.integers(1, 9)), drawn.draw(st.integers(0, 5))
    rng = np.random.default_rng(drawn.draw(st.integers(0, 999)))
    activations = rng.integers(-2, 3, (m, n_h, n_w)).astype(drawn.draw(st.sampled_from(["float32", "int8"])))
    images = rng.integers(0, 256, (m, *rng.integers(1, 12, 2), n_C)).astype(np.uint8)
    k = drawn.draw(st.integers(1, 30))
    found = top_activating_patches(activations, images, (size, stride, pad), k)
    assert found.dtype == images.dtype
    assert_array_equal(found, patches_by_loops(activations, images, (size, stride, pad), k))


def test_the_patch_that_a_filter_looks_for_comes_first():
    images = np.random.default_rng(0).random((6, 12, 12, 1)).astype("float32")
    images[4, 5:8, 2:5, 0] = 3 * np.eye(3)
    answers = array(ops.conv(images, np.eye(3, dtype="float32").reshape(3, 3, 1, 1)))[..., 0]
    [patch] = top_activating_patches(answers, images, receptive_field([(3, 1, 0)]), 1)
    assert_array_equal(patch[:, :, 0], 3 * np.eye(3))


# --- the costs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(1, 1, 1, 3), (1, 1, 7, 3), (1, 6, 1, 3), (1, 5, 8, 3)])
def test_total_variation_is_that_of_loops_and_of_tensorflow(shape):
    tf = pytest.importorskip("tensorflow")
    image = numbers(*shape)
    _, n_H, n_W, _ = shape
    by_loops = sum(np.abs(image[0, i + 1] - image[0, i]).sum() for i in range(n_H - 1))
    by_loops += sum(np.abs(image[0, :, j + 1] - image[0, :, j]).sum() for j in range(n_W - 1))
    found = float(total_variation(ops.convert_to_tensor(image)))
    assert_allclose(found, by_loops, rtol=1e-5)
    assert_allclose(found, tf.image.total_variation(tf.constant(image))[0], rtol=1e-5)


def test_total_variations_gradient_is_the_numeric_one():
    image = np.random.default_rng(1).permutation(48).reshape(1, 4, 4, 3).astype("float32")  # no two neighbours alike
    seen = look_at_tensors(total_variation, given=image, weights=np.float32(1))
    assert_allclose(array(seen["its gradient"]), slope_by_differences(total_variation, image, 0.25), atol=1e-2)


def test_gram_matrix_multiplies_all_pairs():
    A = numbers(4, 9)
    G = array(gram_matrix(ops.convert_to_tensor(A)))
    assert_allclose(G, [[np.dot(one, other) for other in A] for one in A], rtol=1e-5)
    assert_allclose(G, np.einsum("kp,lp->kl", A, A), rtol=1e-5)
    shuffled = A[:, np.random.default_rng(0).permutation(9)]
    assert_allclose(array(gram_matrix(ops.convert_to_tensor(shuffled))), G, rtol=1e-5)


def test_the_costs_are_those_of_loops():
    shape = _, n_H, n_W, n_C = (1, 3, 4, 2)
    a_S, a_G = numbers(*shape, seed=1), numbers(*shape, seed=2)
    content = sum((a_S[place] - a_G[place]) ** 2 for place in np.ndindex(*shape)) / (4 * n_H * n_W * n_C)
    assert_allclose(compute_content_cost([numbers(1, 2, 2, 3), a_S], [numbers(1, 2, 2, 3), a_G]), content, rtol=1e-5)
    style = 0.0
    for k in range(n_C):
        for l in range(n_C):  # noqa: E741
            G_S, G_G = ((a[0, :, :, k] * a[0, :, :, l]).sum() for a in (a_S, a_G))
            style += (G_S - G_G) ** 2 / (4 * n_C**2 * (n_H * n_W) ** 2)
    assert_allclose(compute_layer_style_cost(a_S, a_G), style, rtol=1e-5)
    assert_allclose(compute_style_cost([a_S, a_S], [a_G, a_G], [("one", 0.3)]), 0.3 * style, rtol=1e-5)
    assert_allclose(compute_style_cost([a_S] * 4, [a_G] * 4, [("", 0.3), ("", 0.5), ("", 2)]), 2.8 * style, rtol=1e-5)


@pytest.mark.parametrize("shape", [(1, 1, 1, 4), (1, 3, 2, 1), (1, 3, 4, 2)])
def test_the_costs_gradients_are_the_numeric_ones(shape):
    a_S, a_G = numbers(*shape, seed=3), numbers(*shape, seed=4)

    def slope(cost, y_true, y_pred, **more):
        seen = look_at_loss(cost, y_true=y_true, y_pred=y_pred, **more)["its gradient"]
        return [array(one) for one in seen] if isinstance(seen, list) else array(seen)

    expected = slope_by_differences(lambda a: compute_layer_style_cost(a_S, a), a_G)
    assert_allclose(slope(compute_layer_style_cost, a_S, a_G), expected, rtol=2e-2, atol=2e-3)
    untouched, by_last = slope(compute_content_cost, [a_G, a_S], [a_S, a_G])
    assert_array_equal(untouched, 0)
    expected = slope_by_differences(lambda a: compute_content_cost([a_S], [a]), a_G)
    assert_allclose(by_last, expected, rtol=2e-2, atol=2e-3)
    first, content = slope(compute_style_cost, [a_S, a_S], [a_G, a_G], STYLE_LAYERS=[("", 3.0)])
    expected = slope_by_differences(lambda a: 3 * compute_layer_style_cost(a_S, a), a_G)
    assert_allclose(first, expected, rtol=2e-2, atol=6e-3)
    assert_array_equal(content, 0)


def test_equal_pictures_cost_nothing_and_a_layer_of_one_place_is_one():
    a = numbers(1, 1, 1, 5)
    assert float(compute_layer_style_cost(a, a)) == float(compute_content_cost([a], [a])) == 0
    assert_allclose(compute_layer_style_cost(a, 0 * a), np.sum(np.outer(a, a) ** 2) / 100, rtol=1e-5)


def test_total_cost_weighs():
    assert total_cost(0.2, 0.8) == pytest.approx(34)
    assert total_cost(2, 3, alpha=5, beta=7) == 31


# --- train_step -----------------------------------------------------------------------------------------------------


def one_case(title):
    return next(case for case in load("w4_style").exercises["train_step"].draw(3) if case.title == title)


def test_a_step_is_one_of_gradient_descent():
    """Against a gradient by differences, of costs written anew in NumPy and float64."""
    given = dict(one_case("from another picture").kwargs)
    small = {name: given[name][:, :4, :4] for name in ("picture", "painting", "photograph")}
    given |= small | {"steps": 1, "rate": 1e-3, "momentum": 0.0}

    def extractor(x):
        seen = []
        for kernel, stride in zip(given["kernels"], (1, 2, 1), strict=True):
            f, (n_H, n_W) = kernel.shape[0], (-(-side // stride) for side in x.shape[1:3])
            pads = [max((n - 1) * stride + f - side, 0) for n, side in zip((n_H, n_W), x.shape[1:3], strict=True)]
            x = np.pad(x, ((0, 0), *((pad // 2, pad - pad // 2) for pad in pads), (0, 0)))
            windows = np.lib.stride_tricks.sliding_window_view(x, (f, f), (1, 2))[:, ::stride, ::stride]
            x = np.maximum(np.einsum("mhwcij,ijcd->mhwd", windows, kernel.astype(float)), 0)
            seen.append(x)
        return seen

    def cost(picture):
        seen, a_S, a_C = (extractor(one.astype(float)) for one in (picture, given["painting"], given["photograph"]))
        J = 10 * np.mean((seen[-1] - a_C[-1]) ** 2) / 4
        for k, weight in enumerate(given["weights"]):
            G_S, G_G = (np.einsum("mhwk,mhwl->kl", one[k], one[k]) for one in (a_S, seen))
            J += 40 * weight * np.sum((G_S - G_G) ** 2) / (2 * seen[k].size) ** 2
        return J

    seen = look_at_steps(w4_style.train_step, **given)
    assert_allclose(seen["J at each step"], [cost(given["picture"])], rtol=1e-3)
    expected = given["picture"] - given["rate"] * slope_by_differences(cost, given["picture"].astype(float), 1e-4)
    assert_allclose(seen["the picture in the end"], np.clip(expected, 0, 1), atol=2e-5)
    assert seen["change of the extractor's weights"] == 0


def test_a_graph_gives_what_single_calls_give():
    given = dict(one_case("in a graph").kwargs)
    for one, other in zip(
        look_at_steps(w4_style.train_step, **given).values(),
        look_at_steps(w4_style.train_step, **(given | {"graph": False})).values(),
        strict=True,
    ):
        assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def test_the_notebooks_names_are_as_they_were_after_a_look():
    before = {name: getattr(w4_style, name) for name in ("extractor", "a_S", "a_C", "STYLE_LAYERS", "optimizer")}
    look_at_steps(w4_style.train_step, **one_case("one step").kwargs)
    assert {name: getattr(w4_style, name) for name in before} == before


# --- the notebook ---------------------------------------------------------------------------------------------------


def bold_is_as_good_as_lbfgs(timid, bold, lbfgs):
    return bold < timid and bold < 1.25 * lbfgs


FIGURES = 12  # at least so many
# What the prose says, by what the solved notebook prints; `tests/publishing/test_notebooks.py` runs it.
CLAIMS = [
    (r"(\w+): [\d,]+ numbers, none of which will change", lambda name: name in ("small_vgg", "squeezenet11", "vgg19")),
    (r"flat grey +(\S+)", lambda variation: variation == "0"),
    (r"lecture: 1 / \(2 n_H n_W n_C\) +\S+ +(\S+)", lambda ratio: float(ratio) == 2),
]
# The same where it is painted all the way.
CLAIMS_WHEN_TRAINED = [
    (r"style: (\S+) % of its cost gone after", lambda share: float(share) >= 95),
    (r"content: (\S+) % of what another", lambda share: float(share) <= 70),
    (r"(Adam, rate 0.02 .*)", lambda line: bold_is_as_good_as_lbfgs(*map(float, re.findall(r" (\S+) after", line)))),
]
