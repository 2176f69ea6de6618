"""Attention correctness and pointing at boxes, by hand; the looks of teacher forcing by the decoding protocol."""

import numpy as np
import pytest

from minisat.captioner import GRUNotebook, ShowAttendTell, fast_decoder
from minisat.evaluation.grounding import Grounded, grounding_figures, teacher_forced_looks
from minisat.evaluation.pointing import cell_shares, centred_cells
from minisat.text import START
from minisat.vision import CellGrid, build

V, D, L = 12, 5, 4
SIZES = {"embedding_size": 6, "hidden_size": 7, "attention_size": 5, "rng": 0}


@pytest.mark.parametrize("make", [ShowAttendTell, GRUNotebook])
def test_looks_are_those_of_teacher_forcing_whatever_else_is_read(make, rng):
    model, features = make(V, D, **SIZES).astype("float64"), rng.normal(size=(2, L, D))
    model.eval()
    for parameter in model.parameters():
        parameter.data *= 3
    captions, owners = [[5, 6, 7], [], [9], [4, 4, 8, 10, 5]], [1, 0, 0, 1]
    found = teacher_forced_looks(fast_decoder(model), features, owners, captions)
    for looks, ids, owner in zip(found, captions, owners):
        if ids:
            (_, expected), _ = model.forward(features[[owner]], np.array([[START, *ids[:-1]]]))
            np.testing.assert_allclose(looks, expected[0], atol=1e-12)
        else:
            assert len(looks) == 0


def test_shares_of_cells_are_counted_in_pixels():
    mask = np.zeros((8, 8), bool)
    mask[0:4, 0:6] = True
    assert cell_shares(mask, CellGrid.even(2, 2)).tolist() == [1, 0.5, 0, 0]
    assert cell_shares(~mask, CellGrid.even(2, 2)).tolist() == [0, 0.5, 1, 1]
    uneven = build("toy_cnn").cells()  # the first cells lie nearer to the corner
    shares = cell_shares(np.pad(np.ones((64, 20), bool), ((0, 0), (0, 44))), uneven).reshape(uneven.shape)
    assert (shares == shares[0]).all() and (np.diff(shares[0]) <= 0).all() and shares[0, 0] == 1 and shares[0, -1] == 0
    assert cell_shares(np.ones((64, 64), bool), uneven).tolist() == [1] * 64


def grounded(alphas, inside):
    inside = np.array(inside, float)
    return Grounded(np.array(alphas, float), inside, inside > 0.5)


ONE = grounded([[0.7, 0.1, 0.1, 0.1], [0.1, 0.2, 0.3, 0.4]], [[1, 0, 0, 0], [0, 0, 0.4, 1]])
TWO = grounded([[0, 0.6, 0.3, 0.1]], [[0.5, 0, 0, 0]])


def test_figures_by_hand():
    figures = grounding_figures(["one", "two"], [ONE, TWO], middle=2)
    mean = {measure: {key: of["mean"] for key, of in figures[measure].items()} for measure in ("mass", "pointing")}
    look = (np.array([0.7, 0.1, 0.1, 0.1]) + [0.1, 0.2, 0.3, 0.4] + TWO.alphas[0]) / 3
    assert mean["mass"] == pytest.approx({
        "own": ((0.7 + 0.3 * 0.4 + 0.4) / 2 + 0) / 2, "even": ((1 + 1.4) / 8 + 0.5 / 4) / 2, "middle": 0.1,
        "mean_look": ((look[0] + 0.4 * look[2] + look[3]) / 2 + 0.5 * look[0]) / 2, "best_place": (0.5 + 0.5) / 2})
    assert mean["pointing"] == pytest.approx({  # the mean look peaks at place 1; in the second photo nothing can hit
        "own": (1 + 0) / 2, "even": (1 / 4 + 0) / 2, "middle": 0, "mean_look": 0, "best_place": 0.25})
    assert (figures["photos"], figures["words"]) == (2, 3)
    assert figures["per_image"]["one"] == {"mass": pytest.approx(0.61), "pointing": 1}


def test_a_sentinels_share_is_not_the_photos():
    half = ONE._replace(alphas=ONE.alphas * [[0.5], [0]])  # the second word looks nowhere
    figures = grounding_figures(["one"], [half], middle=0)
    assert figures["words"] == 1 and figures["mass"]["own"]["mean"] == pytest.approx(0.7)
    assert grounding_figures(["one"], [ONE._replace(alphas=0 * ONE.alphas)], middle=0) is None
    assert grounding_figures([], [], middle=0) is None
    assert grounding_figures(["none"], [Grounded(*(np.zeros((0, 4)),) * 3)], middle=0) is None


def test_who_looks_into_the_box_has_all_and_who_looks_anywhere_its_area(rng):
    """Boxes of 20 × 30 pixels anywhere in 64 × 64; and the eye that takes rows for columns is found out."""
    grid, found, turned = CellGrid.even(8, 8), [], []
    for _ in range(300):
        top, left = rng.integers(0, 44), rng.integers(0, 34)
        mask = np.zeros((64, 64), bool)
        mask[top:top + 20, left:left + 30] = True
        inside, centred = cell_shares(mask, grid), centred_cells(mask, grid)
        look = (inside == inside.max()) / (inside == inside.max()).sum()
        found.append(Grounded(look[None], inside[None], centred[None]))
        turned.append(found[-1]._replace(alphas=look.reshape(8, 8).T.reshape(1, -1)))
    figures = grounding_figures([str(k) for k in range(300)], found, middle=27)
    assert figures["mass"]["own"]["mean"] == figures["pointing"]["own"]["mean"] == 1
    assert figures["mass"]["even"]["mean"] == pytest.approx(20 * 30 / 64**2, abs=0.001)
    assert figures["pointing"]["even"]["mean"] == pytest.approx(20 * 30 / 64**2, abs=0.01)
    assert grounding_figures([str(k) for k in range(300)], turned, middle=27)["mass"]["own"]["mean"] < 0.7
