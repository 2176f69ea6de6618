"""Section training: the toy world's photos, their features, and a training of these on the GPU beside the CPU's.

Then a run begun on one device goes on on the other, and twice the same training gives the same bits.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from measured import SHORT, Measured

from minisat.cli.main import main as minisat
from minisat.data.toy_world import ToyWorld, write_flickr8k
from minisat.training import load_checkpoint

SCENES = {"train": 6, "dev": 2, "test": 2} if SHORT else {"train": 2000, "dev": 200, "test": 200}
EPOCHS = 1 if SHORT else 5
SIZES = "--embedding-size 8 --hidden-size 8 --attention-size 8 --batch-size 8".split() if SHORT else []


def call(*arguments):
    """`minisat …`; its exit code must be 0."""
    code = minisat([str(argument) for argument in arguments])
    if code:
        raise RuntimeError(f"minisat {' '.join(map(str, arguments))} ended with {code}")


def losses(run):
    """{kind: [loss, …]} of a run's log."""
    log = Path(run) / "metrics.jsonl"  # not there where the time was up before a first line
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return {"step": [line["loss"] for line in lines if line["kind"] == "step"],
            "dev": [line["dev_loss"] for line in lines if line["kind"] == "epoch"]}


def same_bits(one, other):
    """Whether the last checkpoints of both runs are equal to the last bit."""
    a, b = (load_checkpoint(Path(run) / "last.safetensors")[0] for run in (one, other))
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def main(out):
    found = Measured(out, "training")
    with tempfile.TemporaryDirectory() as folder:
        data, store = f"{folder}/data", f"{folder}/store"
        write_flickr8k(Path(data), ToyWorld(0), SCENES)
        begin = time.time()
        call("features", data, "--encoder", "toy_cnn_v2", "--out", store, "--device", "cuda")
        found.row("features of the toy world", sum(SCENES.values()) / (time.time() - begin), "photos/s")

        def train(name, *more):
            begin = time.time()
            call("train", data, "--features", store, "--run", f"{folder}/{name}", "--min-count", 1, *SIZES, *more)
            return time.time() - begin
        for model in ("soft-attention", "hard-attention", "show-and-tell"):
            seconds = found.attempt(f"{model} on the GPU", train, model, "--recipe", model, "--epochs", EPOCHS,
                                    "--device", "cuda")
            if seconds is not None:
                last = losses(f"{folder}/{model}")["dev"]
                found.row(f"{model} on the GPU, {EPOCHS} epochs", seconds, "s", dev_loss=last)
        found.attempt("the same once more", train, "again", "--recipe", "soft-attention", "--epochs", EPOCHS,
                      "--device", "cuda")
        found.attempt("bit for bit", lambda: found.row(
            "the same once more: equal bits", same_bits(f"{folder}/soft-attention", f"{folder}/again")))

        def beside():
            for device in ("cuda", "cpu"):
                train(f"short-{device}", "--epochs", 1, "--max-minutes", 5 if SHORT else 1.5, "--device", device)
            one, other = (losses(f"{folder}/short-{device}")["step"] for device in ("cuda", "cpu"))
            if steps := min(len(one), len(other)):
                gap = max(abs(a - b) for a, b in zip(one, other))
                found.row(f"GPU beside CPU, {steps} logged losses: largest gap", gap, "nats")
            train("short-cuda", "--resume", "--device", "cpu")
            found.row("a run of the GPU's, resumed on the CPU", True)
        found.attempt("GPU beside CPU", beside)


if __name__ == "__main__":
    main(sys.argv[1])
