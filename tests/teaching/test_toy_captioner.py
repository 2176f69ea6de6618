"""The lessons' captioner: what its eye sees is what is there, and it learns, the same each time."""

import numpy as np
import pytest

from minisat.captioner.decoding import greedy
from minisat.data.toy_world import COLOURS, NOUNS, ToyWorld, things_named
from minisat.evaluation import pointing_game
from minisat.teaching.toy_captioner import ToyPhotos, learn, see


def test_the_eye_sees_what_covers_each_place():
    """Without blur, the shares of all places add up to the things' masks, for their kind and their colour alone."""
    scenes = ToyWorld(3).scenes("train", 10)
    seen = see(scenes, side=5, blur=0.0)
    edges = np.arange(6) * 64 // 5
    areas = np.outer(np.diff(edges), np.diff(edges)).reshape(-1)
    for features, scene in zip(seen, scenes):
        wanted = np.zeros(14)
        for thing in scene.things:
            wanted[list(NOUNS).index(thing.kind)] += thing.mask.sum()
            wanted[8 + list(COLOURS).index(thing.colour)] += thing.mask.sum()
        np.testing.assert_allclose(areas @ features[:, :14], wanted, atol=1e-9)


def test_places_are_counted_row_by_row():
    """The last two entries say where a place lies: across, then down."""
    where = see(ToyWorld(0).scenes("train", 1), side=2, blur=0.0)[0, :, -2:]
    assert where.tolist() == [[-.5, -.5], [.5, -.5], [-.5, .5], [.5, .5]]


def test_it_learns_to_look_and_to_tell():
    """After a few epochs on some scenes it points at what it names far more often than by chance."""
    photos = ToyPhotos(train=200, test=40)
    captioner, losses = learn(photos, epochs=4)
    assert losses[-1] < 0.5 * losses[0]
    captions = greedy(captioner, photos.test.features, max_words=20)
    game = pointing_game([photos.vocabulary.decode(caption.ids) for caption in captions],
                         [caption.alphas for caption in captions],
                         lambda i, word: [photos.test.scenes[i].things[k].mask
                                          for k in things_named(word, photos.test.scenes[i])])
    assert game.score > 2 * game.chance


@pytest.mark.parametrize("model", ["soft-attention", "hard-attention", "show-and-tell"])
def test_the_same_seed_learns_the_same(model):
    """To the last bit; fields of the recipe may be named."""
    photos = ToyPhotos(train=10, test=1)
    first, second = (learn(photos, 1, model, hidden_size=8)[0] for _ in range(2))
    for (name, one), (_, other) in zip(first.named_parameters(), second.named_parameters()):
        assert one.data.dtype == np.float64
        assert np.array_equal(one.data, other.data), name


def test_hard_attention_learns_with_its_baseline():
    """The moving average of the costs is taken over after each step: without, all baselines would be none."""
    photos = ToyPhotos(train=20, test=1)
    (_, with_it), (_, without) = (learn(photos, 2, "hard-attention", hidden_size=8, hard_baseline=baseline)
                                  for baseline in ("per-word", "none"))
    assert with_it[1] != without[1]
