"""Section duel: one training step (forward, backward, clip, Adam, average) of soft attention, four ways, by events.

The captioner made of layers (reference), its twins, PyTorch eager, and PyTorch compiled; L = 49 and 196 locations, 64
and 256 captions; then what else trains. A step's time is the median between two events around it, after a warm-up.
"""

import sys
from statistics import median

import cupy
import numpy as np
from measured import SHORT, Measured

from minisat.captioner import Recipe, build_captioner, build_objective
from minisat.optim import Adam, Averager, FlatParameters, clip_norm

M, H, A, V = (16, 16, 16, 40) if SHORT else (512, 512, 512, 2500)
SHAPES = [(5, 8, 4)] if SHORT else [(49, 1280, 64), (196, 512, 64), (49, 1280, 256), (196, 512, 256)]  # L, D, N
STEPS, WARM = (2, 1) if SHORT else (30, 5)
VARIANTS = {"hard-attention": {"model": "hard-attention"}, "show-and-tell": {"model": "show-and-tell"},
            "gru-notebook": {"model": "gru-notebook", "penalty": 0.0},
            "adaptive-attention": {"word_in_query": True, "sentinel": True, "normalised_places": True}}


def batch(L, D, N, seed=1):
    """Features like those after a ReLU, Zipf-distributed words, lengths of Flickr8k's captions, longest first."""
    rng = np.random.default_rng(seed)
    lengths = np.sort(np.clip(np.rint(rng.normal(12, 3, N)), 5, 18).astype(int) + 1)[::-1].copy()
    frequencies = 1 / np.arange(1, V + 1)
    ids = rng.choice(V, (N, lengths[0] + 1), p=frequencies / frequencies.sum())
    return np.maximum(rng.standard_normal((N, L, D), np.float32), 0), ids, lengths


def laps(step, names):
    """{phase: median ms} and the whole step's, from events between the phases of `step(lap)`; `lap()` after each."""
    times = {name: [] for name in (*names, "step")}
    for round_ in range(WARM + STEPS):
        events = [cupy.cuda.Event()]
        events[0].record()

        def lap(events=events):
            events.append(cupy.cuda.Event())
            events[-1].record()
        step(lap)
        events[-1].synchronize()
        if round_ >= WARM:
            for name, a, b in zip(names, events, events[1:]):
                times[name].append(cupy.cuda.get_elapsed_time(a, b))
            times["step"].append(cupy.cuda.get_elapsed_time(events[0], events[-1]))
    return {name: median(values) for name, values in times.items()}


def minisat_step(L, D, N, fields=None, reference=False, half=False):
    """(step, its phases) as training has it; `half`: features are float16 on the card."""
    recipe = Recipe(**{"embedding_size": M, "hidden_size": H, "attention_size": A} | (fields or {}))
    features, ids, lengths = batch(L, D, N)
    model = build_captioner(recipe, V, D).to("cuda")
    objective = build_objective(recipe, model).to("cuda").train()
    objective = objective.reference() if reference else objective
    flat = FlatParameters(model.parameters())
    optimizer, averager = Adam(flat, 4e-4), Averager([flat.data], 0.999)
    features = cupy.asarray(features.astype(np.float16 if half else np.float32))
    rng = np.random.default_rng(0)

    def step(lap):
        flat.zero_grad()
        _, cache = objective.forward(features, ids, lengths, rng=rng)
        lap()
        objective.backward(1.0, cache)
        lap()
        clip_norm(flat, 5.0)
        optimizer.step()
        averager.update()
        lap()
    return step, ("forward", "backward", "update"), type(objective).__name__


def torch_step(L, D, N, compiled=False):
    """The same in PyTorch, with its fused Adam and foreach clipping and averaging."""
    import torch
    from torch_captioner import TorchShowAttendTell

    if not torch.cuda.is_available():
        raise RuntimeError("PyTorch sees no GPU")
    torch.manual_seed(0)
    features, ids, lengths = batch(L, D, N)
    model = TorchShowAttendTell(V, D, M, H, A, 0.5).cuda()
    features, ids = torch.from_numpy(features).cuda(), torch.from_numpy(ids).cuda()
    lengths = lengths.tolist()
    parameters = [p for p in model.parameters() if p.requires_grad]
    averages = [p.detach().clone() for p in parameters]
    optimizer = torch.optim.Adam(parameters, 4e-4, fused=True)
    run = torch.compile(model) if compiled else model

    def step(lap):
        optimizer.zero_grad(set_to_none=True)
        loss = run(features, ids, lengths)
        lap()
        loss.backward()
        lap()
        torch.nn.utils.clip_grad_norm_(parameters, 5.0, foreach=True)
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(averages, [p.detach() for p in parameters], 0.001)
        lap()
    return step, ("forward", "backward", "update"), "TorchShowAttendTell"


def main(out):
    found = Measured(out, "duel")

    def measure(what, words, make, *arguments, **named):
        def go():
            step, phases, kind = make(*arguments, **named)
            times = laps(step, phases)
            found.row(what, times.pop("step"), "ms a step", kind=kind, phases=times,
                      words_per_second=None if SHORT else words / times_of(times) * 1e3)
        found.attempt(what, go)
        cupy.get_default_memory_pool().free_all_blocks()

    def times_of(phases):
        return sum(phases.values())
    compiled = []
    for L, D, N in SHAPES:
        name, words = f"L={L} D={D} N={N}", int(batch(L, D, N)[2].sum())
        measure(f"{name}: twins, float16 features", words, minisat_step, L, D, N, half=True)
        measure(f"{name}: twins", words, minisat_step, L, D, N)
        measure(f"{name}: PyTorch eager", words, torch_step, L, D, N)
        measure(f"{name}: reference", words, minisat_step, L, D, N, reference=True)
        compiled.append((f"{name}: torch.compile", words, torch_step, L, D, N))
    for name, fields in VARIANTS.items():
        L, D, N = SHAPES[0]
        words = int(batch(L, D, N)[2].sum())
        measure(f"{name}, L={L} D={D} N={N}", words, minisat_step, L, D, N, fields)
        measure(f"{name}, L={L} D={D} N={N}: reference", words, minisat_step, L, D, N, fields, reference=True)
    for case in compiled:  # compiling takes minutes: last
        measure(*case, compiled=True)


if __name__ == "__main__":
    main(sys.argv[1])
