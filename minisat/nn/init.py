"""Initial values for parameters, float32, drawn with a NumPy Generator (so that CPU and GPU start alike)."""

import numpy as np


def _fans(shape):
    """(inputs, outputs) of one unit: (D_in, D_out) matrices and (C_out, C_in, kh, kw) filters."""
    if len(shape) == 4:
        receptive = shape[2] * shape[3]
        return shape[1] * receptive, shape[0] * receptive
    return shape[0], shape[-1]


def zeros(shape):
    """Zeros of `shape`."""
    return np.zeros(shape, np.float32)


def constant(value):
    """An initialiser that fills with `value`."""
    return lambda rng, shape: np.full(shape, value, np.float32)


def normal(std):
    """An initialiser: normal with mean 0 and standard deviation `std`."""
    return lambda rng, shape: (rng.standard_normal(shape) * std).astype(np.float32)


def uniform(limit):
    """An initialiser: uniform in [-limit, limit]."""
    return lambda rng, shape: rng.uniform(-limit, limit, shape).astype(np.float32)


def xavier_uniform(rng, shape):
    """Uniform with variance 2 / (fan_in + fan_out) (Glorot & Bengio 2010, eq. 16)."""
    fan_in, fan_out = _fans(shape)
    return uniform((6 / (fan_in + fan_out)) ** 0.5)(rng, shape)


def he_normal(rng, shape):
    """Normal with variance 2 / fan_in, for layers before a ReLU (He et al. 2015, eq. 10)."""
    return normal((2 / _fans(shape)[0]) ** 0.5)(rng, shape)


def orthogonal(rng, shape):
    """A random matrix with orthonormal rows or columns, whichever are fewer (Saxe et al. 2014)."""
    rows, columns = shape
    q, r = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
    q *= np.sign(np.diag(r))  # makes the distribution uniform
    return (q if rows >= columns else q.T).astype(np.float32)
