"""The soft-attention training step against PyTorch eager, well made: forward, backward, clip, Adam.

    python tests/benchmarks/bench_training_step.py [--rounds 9] [--threads 1]

Sizes: N=64, A=H=M=512, V=3000, lengths around 13 (T=19); L=196, D=512 (VGG's grid) and L=49, D=1280.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from duel import duel, print_table, set_threads  # noqa: E402

V, M, H, A, N = 3000, 512, 512, 512, 64


def make_batch(L, D, seed=1):
    """Random features (ReLU-like), Zipf-distributed words, lengths of Flickr8k's captions, longest first."""
    import numpy as np

    rng = np.random.default_rng(seed)
    lengths = np.sort(np.clip(np.rint(rng.normal(12, 3, N)), 5, 22).astype(int) + 1)[::-1].copy()
    frequencies = 1 / np.arange(1, V + 1)
    ids = rng.choice(V, (N, lengths[0] + 1), p=frequencies / frequencies.sum())
    return np.maximum(rng.standard_normal((N, L, D)), 0).astype(np.float32), ids, lengths


def make_minisat(L, D, fields=None):
    """minisat's step as `train` runs it, by the default recipe with some of its fields changed."""
    import numpy as np

    from minisat.backend import keep_freed_memory
    from minisat.captioner import Recipe, build_captioner, build_objective
    from minisat.optim import Adam, FlatParameters, clip_norm

    keep_freed_memory()
    features, ids, lengths = make_batch(L, D)
    recipe = Recipe(**fields or {})
    model = build_captioner(recipe, V, D)
    objective = build_objective(recipe, model)
    flat = FlatParameters(model.parameters())
    optimizer = Adam(flat, learning_rate=4e-4)
    rng = np.random.default_rng(0)

    def step():
        flat.zero_grad()
        loss, cache = objective.forward(features, ids, lengths, rng=rng)
        objective.backward(1.0, cache)
        clip_norm(flat, 5.0)
        optimizer.step()
        return float(loss)
    return step


def make_torch(L, D, threads):
    """The same step in PyTorch, with its fused Adam."""
    import torch
    from torch_captioner import TorchShowAttendTell

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    features, ids, lengths = make_batch(L, D)
    model = TorchShowAttendTell(V, D, M, H, A, 0.5)
    features, ids, lengths = torch.from_numpy(features), torch.from_numpy(ids), lengths.tolist()
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(parameters, 4e-4, fused=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = model(features, ids, lengths)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 5.0)
        optimizer.step()
        return float(loss.detach())
    return step


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    set_threads(arguments.threads)
    for L, D in ((196, 512), (49, 1280)):
        candidates = {"PyTorch, well made": (make_torch, (L, D, arguments.threads)), "minisat": (make_minisat, (L, D))}
        results = duel(candidates, arguments.rounds, arguments.threads)
        words = int(make_batch(L, D)[2].sum())
        print_table(f"training step, L={L} D={D} N={N} A=H=M=512 V={V}, {words} words", results,
                    "PyTorch, well made", arguments.threads)
        print("losses: " + ", ".join(f"{name} {value:.3f}" for name, (_, _, value) in results.items()))


if __name__ == "__main__":
    main()
