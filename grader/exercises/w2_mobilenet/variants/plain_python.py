"""By the formulas, without an array."""

import math


def depthwise_separable_cost(n_H, n_W, f, n_C, n_C_out):
    normal = n_H * n_W * n_C * n_C_out * f**2
    ratio = 1 / n_C_out + 1 / f**2
    return normal, round(normal * ratio), ratio


def compound_scaling(phi, alpha=1.2, beta=1.1, gamma=1.15):
    return tuple(math.exp(phi * math.log(base)) for base in (alpha, beta, gamma))
