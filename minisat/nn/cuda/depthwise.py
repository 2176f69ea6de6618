"""The GPU's twin of the depthwise convolution: one kernel where the reference has two for each entry of the filter."""

from minisat.backend import GPU
from minisat.backend.devices import cupy
from minisat.backend.kernels import blocks
from minisat.nn.correlation import correlate_each, empty_images
from minisat.nn.cuda.activations import LAYERS


@correlate_each.twin(GPU)
def correlate_each_at_once(x, W, b, stride, padding, counts, activate=None):
    """As `correlate_each`; x may lie in memory in any order."""
    (N, C, h, w), (kh, kw), dtype = x.shape, W.shape[2:], x.dtype
    y = empty_images(cupy, (N, C, *counts), dtype)
    across = (step // x.itemsize for step in x.strides)
    if y.size:
        LAYERS["depthwise", dtype](*blocks(y.size), (x, cupy.ascontiguousarray(W), 0 if b is None else b, y, N, C, h, w,
                                                     *counts, kh, kw, *stride, *padding, *across))
    if activate:
        activate(y)
    return y
