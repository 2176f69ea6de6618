"""What tests of trainings share: a small recipe, an interruption, two runs equal to the last bit, the command line."""

import signal

from minisat.cli.main import main
from minisat.training import Run, load_checkpoint

SMALL = {"embedding_size": 16, "hidden_size": 24, "attention_size": 12, "min_count": 1, "batch_size": 8,
         "learning_rate": 0.01, "warmup_steps": 5, "average_decay": 0.9, "epochs": 3, "patience": 0, "beam": 2}


def weights(folder, which="last"):
    tensors, _ = load_checkpoint(folder / f"{which}.safetensors")
    return tensors


def assert_same_run(one, other):
    """All tensors of both checkpoints are equal to the last bit, and so are the logged figures."""
    for which in ("best", "last"):
        a, b = weights(one, which), weights(other, which)
        assert a.keys() == b.keys() and all(a[name].tobytes() == b[name].tobytes() for name in a)
    assert (one / "best.safetensors").read_bytes() == (other / "best.safetensors").read_bytes()
    logs = [[{k: v for k, v in line.items() if k != "seconds"} for line in Run.open(folder).metrics()]
            for folder in (one, other)]
    assert logs[0] == logs[1]


def interrupt_at_step(n):
    """A `report` that presses Ctrl-C in the n-th step it hears of."""
    steps = []

    def report(event, **values):
        steps.extend([event] if event == "step" else [])
        if event == "step" and len(steps) == n:
            signal.raise_signal(signal.SIGINT)
    return report


def train(*arguments):
    return main(["train", *map(str, arguments)])


def fails(capsys, *arguments):
    """The one sentence that `train` ends with, exit code 2."""
    capsys.readouterr()
    assert train(*arguments) == 2
    error = capsys.readouterr().err.strip()
    assert error.startswith("minisat train: ") and "\n" not in error and "Traceback" not in error
    return error
