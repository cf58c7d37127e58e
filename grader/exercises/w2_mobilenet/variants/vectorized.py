"""All windows, pixels and factors at once."""

import numpy as np


def depthwise_conv(X, W, stride, pad):
    f = W.shape[0]
    X = np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(X, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    return np.einsum("mhwcij,ijc->mhwc", windows, W)


def pointwise_conv(X, W):
    return np.einsum("mhwc,ck->mhwk", X, W)


def compound_scaling(phi, alpha=1.2, beta=1.1, gamma=1.15):
    depth, width, resolution = np.power(np.array([alpha, beta, gamma]), float(phi))
    return depth, width, resolution


def pca_color_jitter(X, rng, sigma=0.1):
    lam, P = np.linalg.eigh(np.cov(np.moveaxis(X, 2, 0).reshape(3, -1)))
    return X + P.dot(lam * rng.normal(scale=sigma, size=3)).reshape(1, 1, 3)
