"""The GPU's twins of clipping, Adam and the average: one pass over memory each, sums in a fixed order."""

from minisat.backend import GPU
from minisat.backend.devices import cupy
from minisat.backend.kernels import Kernels, blocks
from minisat.optim.adam import Adam
from minisat.optim.averager import follow
from minisat.optim.clipping import shorten

LENGTH, ENTRIES = Kernels(__file__, "length.cu"), Kernels(__file__, "entries.cu")
SHARES = 1024  # blocks that sum squares, at most


@shorten.twin(GPU)
def shorten_in_passes(grads, limit):
    """As `shorten`."""
    dtype = grads[0].dtype
    counts = [min(SHARES, -(-grad.size // 1024)) for grad in grads]
    shares, out, first = cupy.empty(sum(counts), dtype), cupy.empty(2, dtype), 0
    for grad, count in zip(grads, counts):
        LENGTH["squares", dtype]((count,), (256,), (grad, shares, first, grad.size))
        first += count
    LENGTH["length", dtype]((1,), (256,), (shares, out, first, float(limit)))
    for grad in grads:
        ENTRIES["shorten", dtype](*blocks(grad.size), (grad, out, grad.size))
    return out[0]


@Adam.update.twin(GPU)
def update_in_one_pass(adam, data, grad):
    """As `Adam.update`."""
    beta1, beta2, root = adam.beta1, adam.beta2, (1 - adam.beta2**adam.steps) ** 0.5
    rate, epsilon = adam.learning_rate * root / (1 - beta1**adam.steps), adam.epsilon * root
    ENTRIES["adam", data.dtype](*blocks(data.size), (data, grad, adam.mean, adam.square, data.size, beta1, beta2, rate,
                                                     epsilon))


@follow.twin(GPU)
def follow_in_one_pass(array, average, rate):
    """As `follow`."""
    ENTRIES["average", array.dtype](*blocks(array.size), (array, average, array.size, rate))
