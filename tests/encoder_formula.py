"""Weights, images and upstream gradients computed from their names, so that encoders can be tested without files.

Entry i of a tensor is centre + half_width · u(seed, name, i), u in (−1, 1): a hash of the CRC-32 of "seed/name" and
i. Numbers expected of PyTorch were computed with the same.
"""

import zlib

import numpy as np


def uniform(name, size):
    """`size` float64 numbers in (−1, 1), fixed by the name."""
    def mix(x):
        x = (x ^ (x >> np.uint32(16))) * np.uint32(0x7FEB352D)
        x = (x ^ (x >> np.uint32(15))) * np.uint32(0x846CA68B)
        return x ^ (x >> np.uint32(16))
    key = np.uint32(zlib.crc32(f"0/{name}".encode("ascii")))
    x = mix(mix(np.arange(size, dtype=np.uint32)) ^ key)
    return ((x >> np.uint32(8)).astype(np.float64) + 0.5) / 2.0**23 - 1.0


def tensor(name, shape, half_width):
    """float32 `shape`, uniform in ± half_width."""
    return (half_width * uniform(name, int(np.prod(shape)))).astype(np.float32).reshape(shape)


def convolution_state(shapes):
    """{name: array} for {torchvision's name: shape}: weights ± √(6 / fan_in), biases ± 0.05."""
    return {name: tensor(name, shape, (6 / np.prod(shape[1:])) ** 0.5 if len(shape) > 1 else 0.05)
            for name, shape in shapes.items()}


def direction(shape):
    """R, float64: the upstream gradient, and what `dot` is taken with."""
    return tensor("R", shape, 1.0).astype(np.float64)


def sample(x, count):
    """The first `count` of the entries that expected files list: flat positions (99991 j) mod size."""
    flat = np.ascontiguousarray(x).reshape(-1)
    return flat[(np.arange(count) * 99991) % flat.size]


def assert_matches(x, expected, tolerance, dtype=None):
    """x has the expected `sample` (to `tolerance` of the standard deviation) and `dot` (of the norm)."""
    numbers = expected[dtype] if dtype else expected
    found = sample(x, len(numbers["sample"]))
    assert np.abs(found - numbers["sample"]).max() <= tolerance * expected["std"]
    assert abs((x * direction(x.shape)).sum() - numbers["dot"]) <= tolerance * expected["l2"]
