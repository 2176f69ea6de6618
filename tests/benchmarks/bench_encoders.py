"""Feature extraction with the CNN encoders against PyTorch (NCHW and channels-last): photos of 224², one thread.

    python tests/benchmarks/bench_encoders.py [vgg16 mobilenet_v2 squeezenet1_1] [--rounds 7] [--batches 1 8]

minisat runs `vision.fast_inference(encoder)`, as `minisat features` does. PyTorch runs the same layers as torchvision,
in inference mode. Memory is the process's peak beyond its start, with the weights and the libraries.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from duel import duel, print_table, set_threads  # noqa: E402

BATCHES = {"vgg16": (1, 8), "mobilenet_v2": (1, 16), "squeezenet1_1": (1, 16)}


def make_photos(batch):
    """Random numbers in place of photos."""
    import numpy as np

    return np.random.default_rng(0).standard_normal((batch, 3, 224, 224)).astype(np.float32)


def make_minisat(name, batch):
    """The default grid by the fast copy of the encoder."""
    from minisat.backend import keep_freed_memory
    from minisat.vision import build, fast_inference

    keep_freed_memory()
    encoder = fast_inference(build(name, rng=0))
    photos = make_photos(batch)
    return lambda: float(encoder(photos).mean())


def make_torch(name, batch, threads, layout):
    """The same layers in PyTorch, evaluation and inference mode."""
    import torch
    from torch_encoders import NETWORKS

    torch.set_num_threads(threads)
    layout = getattr(torch, layout)
    network = NETWORKS[name]().eval().to(memory_format=layout)
    photos = torch.from_numpy(make_photos(batch)).to(memory_format=layout)

    def step():
        with torch.inference_mode():
            return float(network(photos).mean())
    return step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="*", default=list(BATCHES))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batches", type=int, nargs="+")
    arguments = parser.parse_args()
    set_threads(arguments.threads)
    for name in arguments.networks:
        for batch in arguments.batches or BATCHES[name]:
            candidates = {
                "PyTorch NCHW": (make_torch, (name, batch, arguments.threads, "contiguous_format")),
                "PyTorch channels-last": (make_torch, (name, batch, arguments.threads, "channels_last")),
                "minisat": (make_minisat, (name, batch))}
            print_table(f"{name}, 224², batch {batch}", duel(candidates, arguments.rounds, arguments.threads),
                        "PyTorch channels-last", arguments.threads)


if __name__ == "__main__":
    main()
