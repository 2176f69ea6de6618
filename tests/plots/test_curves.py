"""Training curves from the lines of metrics.jsonl."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from minisat.plots import curves
from minisat.plots.curves import TITLE_PAD, draw_lines

EPOCHS = [{"kind": "epoch", "epoch": e, "train_loss": 4.0 / e, "dev_loss": 4.2 / e, "bleu_1": 0.5, "bleu_2": 0.3,
           "bleu_3": 0.2, "bleu_4": 0.1 + 0.01 * e} for e in (1, 2, 3)]


@pytest.mark.parametrize("metrics", [
    EPOCHS, EPOCHS[:1], [], [{"kind": "step", "step": 3, "loss": 2.0}, *EPOCHS],
    [{"epoch": 1, "train_loss": 3.0}, {"epoch": 2, "train_loss": 2.0}],
], ids=["usual", "one epoch", "nothing yet", "with steps", "without dev"])
def test_every_state_of_a_training_can_be_drawn(tmp_path, metrics):
    curves(metrics, tmp_path / "curves.png")
    with Image.open(tmp_path / "curves.png") as figure:
        assert figure.size == (1080, 432)


def test_steps_change_nothing_and_the_file_is_the_same_each_time(tmp_path):
    curves(EPOCHS, tmp_path / "one.png")
    curves([{"kind": "step", "step": 3, "loss": 2.0}, *EPOCHS], tmp_path / "two.png")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_names_stand_at_their_curves_and_not_on_each_other():
    axis = Figure().subplots()
    draw_lines(axis, [("long", "red", [(1, 14.0), (7, 19.0)]), ("short", "blue", [(1, 78.0), (3, 88.0)]),
                      ("near", "green", [(1, 78.0), (7, 88.5)])], "BLEU")
    places = {text.get_text(): text.xy for text in axis.texts}
    assert places["long"] == (7, 19.0) and places["short"] == (3, pytest.approx(88, abs=3))
    low, high = axis.get_ylim()
    assert places["near"][0] == 7 and places["short"][1] + 0.06 * (high - low) < places["near"][1] <= high


def test_scores_near_each_other_are_told_apart(tmp_path):
    """The axis holds the points, not zero: BLEUs from 88 to 96 fill it, and the words above it touch no name."""
    axis = Figure(figsize=(4, 3)).subplots()
    draw_lines(axis, [("BLEU-1", "red", [(1, 95.0), (3, 96.0)]), ("BLEU-4", "blue", [(1, 88.0), (3, 88.5)])], "BLEU")
    axis.set_title("best: 88.5 in epoch 3", fontsize=9, loc="right", pad=TITLE_PAD)
    low, high = axis.get_ylim()
    assert low > 80 and high < 100
    renderer = FigureCanvasAgg(axis.figure).get_renderer()
    above = [title.get_window_extent(renderer) for title in axis.texts]
    assert not any(box.overlaps(axis._right_title.get_window_extent(renderer)) for box in above)
