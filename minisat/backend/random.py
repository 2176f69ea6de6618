"""Random numbers that are the same on the CPU and on the GPU."""

from minisat.backend.devices import get_array_module
from minisat.backend.twins import twinned


@twinned
def uniform(rng, shape, like):
    """Uniform numbers in [0, 1), float32, of `shape`, in the home of the array `like`.

    A counter-based generator: `rng` (a NumPy Generator) gives one 32-bit key, and entry i is a hash of
    (key, i). So both homes draw the same numbers, and drawing costs no transfer.
    The mixing steps are the "lowbias32" finalizer (C. Wellons 2018).
    """
    xp = get_array_module(like)
    size = 1
    for length in shape:
        size *= length
    return hashed(xp.uint32(int(rng.integers(2**32))), xp.arange(size, dtype=xp.uint32)).reshape(shape)


def hashed(key, index):
    """The uniform numbers [0, 1), float32, that follow from uint32 keys and indices."""
    xp = get_array_module(index)
    x = index ^ key
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 0x7FEB352D), (15, 0x846CA68B)):
        x ^= x >> xp.uint32(shift)
        x *= xp.uint32(factor)
    x ^= x >> xp.uint32(16)
    return (x >> xp.uint32(8)).astype(xp.float32) * 2.0**-24
