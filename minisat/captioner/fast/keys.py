"""The keys of a minibatch, a norm folded into their projection: nothing as large as the features is made.

Normalised, a location's key is ((a − mean) / std) W = (a W − mean Σ_d W_d) / std: two numbers a location suffice.
"""

from typing import NamedTuple

import numpy as np


class Norm(NamedTuple):
    """Of every location: x_hat = (a − mean) inv_std."""

    mean: np.ndarray     # (N L, 1)
    inv_std: np.ndarray  # (N L, 1)


def project(model, features, scale):
    """features (N, L, D), which `scale` multiplies → keys (N, L, A), their Norm or None; see ShowAttendTell._keys."""
    N, L, D = features.shape
    flat, W = features.reshape(N * L, D), model.keys.W.data
    if model.normalise is None:
        return (flat @ (W * scale)).reshape(N, L, -1), None
    mean = flat.mean(axis=1, keepdims=True)
    var = np.einsum("kd,kd->k", flat, flat)[:, None] / D - mean * mean
    inv_std = scale / np.sqrt(np.maximum(var, 0.0) * scale ** 2 + model.normalise.eps)
    keys = flat @ W
    keys -= mean * W.sum(axis=0)
    keys *= inv_std
    return keys.reshape(N, L, -1), Norm(mean, inv_std)


def project_backward(model, features, scale, norm, dkeys):
    """dkeys (N L, A): adds to the gradient of the projection's W."""
    flat = features.reshape(len(dkeys), -1)
    if norm is None:
        model.keys.W.grad += (flat.T @ dkeys) * scale
        return
    d = dkeys * norm.inv_std
    dW = flat.T @ d
    dW -= norm.mean.T @ d
    model.keys.W.grad += dW


def features_gradient(model, features, scale, dkeys):
    """dkeys (N L, A) → the gradient (N, L, D) of scale · features."""
    dnormalised = (dkeys @ model.keys.W.data.T).reshape(features.shape)
    if model.normalise is None:
        return dnormalised
    _, cache = model.normalise.forward(features * scale)
    return model.normalise.backward(dnormalised, cache)
