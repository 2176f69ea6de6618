"""Weights, images and upstream gradients computed from their names, so that encoders can be tested without files.

Entry i of a tensor is centre + half_width · u(name, i), u in (−1, 1): a hash of the CRC-32 of "0/name" and i.
Numbers expected of PyTorch were computed with the same.
"""

import zlib

import numpy as np

BLOCK = 1 << 16  # entries at a time: they stay in the cache


def uniform(name, start, stop):
    """Entries start to stop − 1, float64 in (−1, 1), of an endless sequence that the name fixes."""
    def mix(x):
        x ^= x >> np.uint32(16)
        x *= np.uint32(0x7FEB352D)
        x ^= x >> np.uint32(15)
        x *= np.uint32(0x846CA68B)
        x ^= x >> np.uint32(16)
    x = np.arange(start, stop, dtype=np.uint32)
    mix(x)
    x ^= np.uint32(zlib.crc32(f"0/{name}".encode("ascii")))
    mix(x)
    x >>= np.uint32(8)
    u = x.astype(np.float64)
    u += 0.5
    u /= 2.0**23
    u -= 1.0
    return u


def tensor(name, shape, half_width, centre=0.0):
    """float32 `shape`, uniform in centre ± half_width."""
    flat = np.empty(int(np.prod(shape)), np.float32)
    for start in range(0, flat.size, BLOCK):
        stop = min(start + BLOCK, flat.size)
        flat[start:stop] = centre + half_width * uniform(name, start, stop)
    return flat.reshape(shape)


def state(shapes, small_norms=(), gamma=1.0):
    """{name: array} for {torchvision's name: shape}, the weights of a whole network.

    Weights of convolutions and linear layers ± √(6 / fan_in), biases ± 0.05, BatchNorm's means ± 0.1, its variances
    1 ± 0.4, its weights g ± 0.2 g, where g is `gamma` for names that end in one of `small_norms`, and 1 otherwise.
    """
    def array(name, shape):
        last = name.rsplit(".", 1)[1]
        if len(shape) > 1:
            return tensor(name, shape, (6 / np.prod(shape[1:])) ** 0.5)
        if last == "weight":
            g = gamma if name.endswith(tuple(small_norms)) else 1.0
            return tensor(name, shape, 0.2 * g, g)
        return tensor(name, shape, *{"bias": (0.05,), "running_mean": (0.1,), "running_var": (0.4, 1.0)}[last])
    return {name: array(name, shape) for name, shape in shapes.items()}


def image(shape):
    """A batch (N, 3, h, w), float32, as photos look after preprocessing."""
    return tensor("input", shape, 2.0)


def direction(shape):
    """R, float64: the upstream gradient, and what `dot` is taken with."""
    return tensor("R", shape, 1.0).astype(np.float64)


def sample(x, count):
    """The first `count` of the entries that expected files list: flat positions (99991 j) mod size."""
    flat = np.ascontiguousarray(x).reshape(-1)
    return flat[(np.arange(count) * 99991) % flat.size]


def assert_matches(x, expected, tolerance):
    """x has the expected shape, `sample` (to `tolerance` of the standard deviation) and `dot` (of the norm)."""
    assert list(x.shape) == expected["shape"]
    off = np.abs(sample(x, len(expected["sample"])) - expected["sample"]).max() / expected["std"]
    assert off <= tolerance, f"an entry is off by {off:.1e} standard deviations"
    off = abs((x * direction(x.shape)).sum() - expected["dot"]) / expected["l2"]
    assert off <= tolerance, f"the projection is off by {off:.1e} of the norm"
