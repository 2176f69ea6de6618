"""Single convolutions forward and backward against PyTorch: images with the channels last in memory, as in training.

    python tests/benchmarks/bench_convolution.py [--rounds 9] [--threads 1]
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from duel import duel, print_table, set_threads  # noqa: E402

# (N, C_in, size, C_out, kernel, stride, groups)
GEOMETRIES = [(16, 64, 56, 64, 3, 1, 1), (16, 256, 14, 256, 3, 1, 1), (16, 64, 56, 128, 3, 2, 1),
              (16, 96, 14, 576, 1, 1, 1), (16, 144, 56, 144, 3, 1, 144), (16, 144, 56, 144, 3, 2, 144)]


def make_arrays(N, C_in, size, C_out, kernel, stride):
    """x (N, size, size, C_in) and the upstream gradient (N, size', size', C_out)."""
    import numpy as np

    rng = np.random.default_rng(0)
    return [rng.standard_normal((N, side, side, C)).astype(np.float32)
            for side, C in ((size, C_in), (-(-size // stride), C_out))]


def make_minisat(N, C_in, size, C_out, kernel, stride, groups):
    """Forward and backward, weight gradients added up."""
    from minisat.backend import keep_freed_memory
    from minisat.nn import Conv2d

    keep_freed_memory()
    layer = Conv2d(C_in, C_out, kernel, stride, kernel // 2, groups, rng=0)
    x, dy = (a.transpose(0, 3, 1, 2) for a in make_arrays(N, C_in, size, C_out, kernel, stride))

    def step():
        y, cache = layer.forward(x)
        return float(y[0, 0, 0, 0] + layer.backward(dy, cache)[0, 0, 0, 0])
    return step


def make_torch(N, C_in, size, C_out, kernel, stride, groups, threads, layout):
    """The same in PyTorch."""
    import torch

    torch.set_num_threads(threads)
    layout = getattr(torch, layout)
    layer = torch.nn.Conv2d(C_in, C_out, kernel, stride, kernel // 2, groups=groups).to(memory_format=layout)
    x, dy = (torch.from_numpy(a.transpose(0, 3, 1, 2)).contiguous(memory_format=layout)
             for a in make_arrays(N, C_in, size, C_out, kernel, stride))
    x.requires_grad_()

    def step():
        x.grad = None
        layer(x).backward(dy)
        return float(x.grad[0, 0, 0, 0])
    return step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    set_threads(arguments.threads)
    for geometry in GEOMETRIES:
        N, C_in, size, C_out, kernel, stride, groups = geometry
        torch_arguments = (*geometry, arguments.threads)
        candidates = {"PyTorch NCHW": (make_torch, (*torch_arguments, "contiguous_format")),
                      "PyTorch channels-last": (make_torch, (*torch_arguments, "channels_last")),
                      "minisat": (make_minisat, geometry)}
        title = f"{kernel}×{kernel} {C_in} → {C_out}, stride {stride}{', depthwise' * (groups > 1)}, {size}², batch {N}"
        print_table(title, duel(candidates, arguments.rounds, arguments.threads), "PyTorch channels-last",
                    arguments.threads)


if __name__ == "__main__":
    main()
