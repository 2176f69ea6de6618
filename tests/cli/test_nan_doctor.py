"""Where training meets a number that is not finite, the step is recorded and the page leads to its birth."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from small_trainings import fails, train

from minisat.cli.main import main
from minisat.trace import born, read_trace
from minisat.training import Run

SMALL = ["--embedding-size", 8, "--hidden-size", 12, "--attention-size", 6, "--min-count", 1, "--batch-size", 16,
         "--epochs", 2, "--beam", 2, "--warmup-steps", 0, "--schedule", "constant", "--device", "cpu"]

MODELS = {
    "soft attention": ["--model", "soft-attention"],
    "hard attention": ["--model", "hard-attention"],
    "Show and Tell": ["--model", "show-and-tell"],
    "the notebooks' GRU": ["--model", "gru-notebook"],
    "the transformer": ["--model", "transformer", "--heads", 3],
    "own words": ["--own-words", 0.5],
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_learning_rate_that_is_far_too_high(name, squares, store, tmp_path, capsys):
    """The sentence names layer, files and frame; the files open; the frame is the call that made the first one."""
    run = tmp_path / "run"
    said = fails(capsys, squares, "--features", store, "--run", run, *SMALL, *MODELS[name], "--learning-rate", 1e38)
    layer, way = re.search(r"first happens in (\S+), in the (\w+) pass", said).groups()
    page, index = re.search(r"open (\S+\.html)#frame=(\d+),", said).groups()
    document = read_trace(Path(page).with_suffix(".json"))
    frame = born(document)
    assert (frame["path"], frame["phase"], frame["index"]) == (layer, way, int(index))
    tensors = document["tensors"]
    assert not any(tensors[number]["bad"] for _, number in frame["inputs"] if isinstance(number, int))
    assert any(tensors[number]["bad"] for _, number in frame["outputs"])
    assert f'"index":{index},"path":"{layer}"' in Path(page).read_text(encoding="utf-8")
    assert len(document["captions"]) == 2 and Path(page).stat().st_size < 1_000_000  # of 16 in the batch
    with np.load(Path(page).with_suffix(".npz")) as arrays:
        assert len(arrays) == len(tensors)
    assert main(["trace", "check", page.replace(".html", ".json"), "--json"]) == 1
    assert int(index) in json.loads(capsys.readouterr().out)["guilty"]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_self_critical_training(squares, store, tmp_path, capsys):
    """What is recorded are the drawn captions, with what they count: the loss is that of the step, not a likelihood."""
    first, second = tmp_path / "first", tmp_path / "second"
    assert train(squares, "--features", store, "--run", first, *SMALL) == 0
    said = fails(capsys, squares, "--features", store, "--run", second, "--start", first, "--warmup-steps", 0,
                 "--objective", "self-critical", "--drawn-baseline", "others", "--drawn-captions", 3,
                 "--batch-size", 8, "--epochs", 1, "--learning-rate", 1e38, "--device", "cpu")
    frame = born(read_trace(next(second.glob("unstable-step-*.json"))))
    assert f"{frame['path']}, in the {frame['phase']} pass" in said and Run.exists(second)
