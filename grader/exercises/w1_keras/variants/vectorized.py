"""Arrays as a whole, by other formulas."""

import numpy as np


def softmax(z):
    z = np.asarray(z, dtype=float)
    top = z.max(axis=-1, keepdims=True)
    return np.exp(z - top - np.log(np.exp(z - top).sum(axis=-1, keepdims=True)))


def cross_entropy(y_true, y_pred):
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.ndim == 1:
        y_true = np.eye(y_pred.shape[1])[y_true.astype(int)]
    return float(np.mean(-np.sum(y_true * np.log(np.clip(y_pred, 1e-7, 1)), axis=1)))


def batch_norm_forward(x, gamma, beta, running_mean, running_var, training, momentum=0.99, eps=1e-3):
    flat = x.reshape(-1, x.shape[-1])
    mean = flat.mean(0) if training else running_mean
    var = ((flat - mean) ** 2).mean(0) if training else running_var
    out = (gamma / np.sqrt(var + eps)) * (flat - mean) + beta
    if training:
        running_mean = running_mean + (1 - momentum) * (mean - running_mean)
        running_var = running_var + (1 - momentum) * (var - running_var)
    return [out.reshape(x.shape), running_mean.copy(), running_var.copy()]
