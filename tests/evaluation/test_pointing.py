"""The pointing game on attention drawn by hand."""

import numpy as np
import pytest

from minisat.data.toy_world import ToyWorld, things_named
from minisat.evaluation import pointing_game
from minisat.evaluation.pointing import centred_cells, touched_cells
from minisat.vision import CellGrid, build

EVEN = CellGrid.even(8, 8)


def mask(size, top, left, height, width):
    result = np.zeros((size, size), dtype=bool)
    result[top:top + height, left:left + width] = True
    return result


def peak(L, cell):
    alpha = np.full(L, 0.5 / L)
    alpha[cell] += 0.5
    return alpha


THINGS = {"ball": mask(64, 0, 0, 8, 8), "box": mask(64, 40, 48, 16, 16)}
NAMES = {"ball": ["ball"], "box": ["box"], "red": ["ball", "box"]}


def named(photo, word):
    return [THINGS[name] for name in NAMES.get(word, [])]


def test_hits_and_misses_are_counted_word_by_word():
    words = ["a", "red", "ball", "beside", "a", "box"]
    cells = [0, 5 * 8 + 6, 0, 3, 3, 0]  # red → on the box, ball → on it, box → on the ball: a miss
    game = pointing_game([words], [np.stack([peak(64, cell) for cell in (*cells, 9)])], named)
    assert (game.hits, game.counted, game.uncounted) == (2, 3, 3)
    assert game.score == pytest.approx(2 / 3)
    assert game.chance == pytest.approx((5 / 64 + 1 / 64 + 4 / 64) / 3)
    assert (game.middle_hits, game.middle_score) == (2, game.score)
    assert game.middle_chance == pytest.approx(game.chance)  # these things fill their cells


def test_a_cell_that_only_touches_the_thing_is_no_hit_in_the_middle():
    """A thing in rows and columns 6 to 12: it touches four cells and lies on the middle of one."""
    alphas = np.eye(64)[[9, 0, 1]]  # on the thing; touching it at a corner, at a side
    game = pointing_game([["dog"] * 3], [alphas], lambda photo, word: [mask(64, 6, 6, 7, 7)])
    assert (game.hits, game.middle_hits, game.counted) == (3, 1, 3)
    assert (game.score, game.middle_score) == (1, pytest.approx(1 / 3))
    assert (game.chance, game.middle_chance) == (4 / 64, 1 / 64)


def test_the_cells_are_taken_from_where_they_lie():
    """The first toy CNN's cell 9 lies round pixel 8: up and left of where an even division has it, round 11.5."""
    def play(thing, grid):
        game = pointing_game([["dog"]], [np.eye(64)[[9]]], lambda photo, word: [thing], grid)
        return game.hits, game.middle_hits
    lies = build("toy_cnn").cells()
    assert play(mask(64, 8, 8, 1, 1), lies) == (1, 1) and play(mask(64, 8, 8, 1, 1), EVEN) == (1, 0)
    assert play(mask(64, 12, 12, 2, 2), EVEN) == (1, 1) and play(mask(64, 13, 13, 1, 1), lies) == (0, 0)
    assert play(mask(64, 4, 4, 2, 2), lies) == (1, 0) and play(mask(64, 4, 4, 2, 2), EVEN) == (0, 0)


def test_a_cell_counts_when_any_of_its_pixels_belongs_to_the_thing():
    assert touched_cells(mask(64, 7, 7, 2, 2), EVEN).nonzero()[0].tolist() == [0, 1, 8, 9]
    assert touched_cells(mask(48, 47, 47, 1, 1), CellGrid.even(7, 7)).nonzero()[0].tolist() == [48]
    assert touched_cells(np.ones((64, 64), bool), EVEN).all()
    assert centred_cells(mask(64, 12, 20, 1, 1), EVEN).nonzero()[0].tolist() == [10]


def test_random_attention_scores_its_chance():
    rng = np.random.default_rng(0)
    alphas = [rng.random((2, 64)) for _ in range(2000)]
    game = pointing_game([["red", "box"]] * 2000, alphas, named)
    assert game.score == pytest.approx(game.chance, abs=0.02)


def test_words_that_name_nothing_there_leave_no_score():
    game = pointing_game([["a", "dog"]], [np.full((3, 64), 1 / 64)], named)
    assert (game.counted, game.uncounted, game.score, game.chance) == (0, 2, 0.0, 0.0)
    assert (game.middle_hits, game.middle_score, game.middle_chance) == (0, 0.0, 0.0)


def test_in_the_toy_world_attention_on_the_named_thing_scores_one_and_elsewhere_nothing():
    scenes = ToyWorld(seed=1).scenes("test", 12)

    def masks(photo, word):
        return [scenes[photo].things[i].mask for i in things_named(word, scenes[photo])]

    captions = [scene.captions[0].split() for scene in scenes]
    right, wrong = [], []
    for photo, words in enumerate(captions):
        shares = [np.any([np.zeros((64, 64), bool), *masks(photo, word)], axis=0) for word in words]
        shares = np.stack([touched_cells(mask, EVEN) for mask in shares]).astype(float)
        right.append(shares + 0.1)
        wrong.append(1.1 - shares)
    good, bad = pointing_game(captions, right, masks), pointing_game(captions, wrong, masks)
    assert good.score == 1 and bad.score == 0
    assert good.counted == bad.counted >= 2 * len(scenes)  # every scene names a thing and its colour
    assert 0.02 < good.chance < 0.5
