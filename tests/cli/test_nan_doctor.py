"""Where training meets a number that is not finite, the step is recorded and the page leads to its birth."""

import re

import numpy as np

from minisat.captioner.cases import CASES
from minisat.cli.train import Doctor
from minisat.data.batches import CaptionBatch
from minisat.trace import born, read_trace


def test_the_step_is_recorded(tmp_path):
    """The sentence names the file and the frame; the frame is the layer that made the first bad number."""
    objective, (features, ids, lengths), _ = CASES["captioner.soft-attention.fast"](np.random.default_rng(0))
    objective.captioner.L_h.W.data[...] = np.inf
    batch = CaptionBatch(np.arange(3), ids, lengths)
    said = Doctor(tmp_path)(objective, features, batch, np.random.default_rng(1), 7)
    document = read_trace(tmp_path / "unstable-step-7.json")
    frame = born(document)
    assert frame["path"] == "captioner.L_h" and frame["phase"] == "forward"
    assert int(re.search(r"unstable-step-7\.html#frame=(\d+)", said)[1]) == frame["index"]
    assert (tmp_path / "unstable-step-7.html").exists()
