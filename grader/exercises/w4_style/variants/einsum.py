"""Sums that say which axes they go over, and means in place of sums."""

from keras import ops


def gram_matrix(A):
    return ops.einsum("kp,lp->kl", A, A)


def compute_content_cost(content_output, generated_output):
    difference = generated_output[-1] - content_output[-1]
    return ops.mean(difference * difference) / 4


def compute_layer_style_cost(a_S, a_G):
    _, n_H, n_W, n_C = a_S.shape
    difference = ops.einsum("mhwk,mhwl->kl", a_S, a_S) - ops.einsum("mhwk,mhwl->kl", a_G, a_G)
    return ops.sum(difference**2) / (2.0 * n_C * n_H * n_W) ** 2  # one square below
