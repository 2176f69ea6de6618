"""A captioner that learns while you read: the toy world seen by a perfect eye instead of a CNN.

Lessons on words and attention need a captioner that has learnt, within seconds. So the slowest part, the CNN, is left
out: `see` writes down what is at each place of the picture's grid. All else is the package's own, in float64, so that
a lesson prints the same on every machine.
"""

from typing import NamedTuple

import numpy as np

from minisat.captioner import Recipe, build_captioner, build_objective
from minisat.data import LengthBuckets
from minisat.data.toy_world import COLOURS, NOUNS, ToyWorld
from minisat.nn import commit_statistics
from minisat.optim import Adam, FlatParameters, schedules
from minisat.text import Vocabulary

SIDE = 5  # places in a row of the grid
SIZES = {"embedding_size": 24, "hidden_size": 32, "attention_size": 24, "dropout": 0.0, "min_count": 1}
BATCH, RATE, WARMUP = 32, 0.02, 20


class Photos(NamedTuple):
    """Scenes with what the eye sees in them, and what people said."""

    scenes: list            # of toy_world.Scene
    features: np.ndarray    # (scenes, L, D) float64, L = 25 places, row by row
    references: list        # one a scene: its five captions, each a list of words


class ToyPhotos:
    """`train` and `test` Photos of the toy world of `seed`, and the `vocabulary` of the training captions."""

    def __init__(self, train=400, test=100, seed=0):
        self.train, self.test = (self._photos(split, count, seed) for split, count in
                                 (("train", train), ("test", test)))
        self.vocabulary = Vocabulary.build([words for told in self.train.references for words in told], 1)

    @staticmethod
    def _photos(split, count, seed):
        scenes = ToyWorld(seed).scenes(split, count)
        references = [[caption.split() for caption in scene.captions] for scene in scenes]
        return Photos(scenes, see(scenes, rng=[seed, split == "test"]), references)


def see(scenes, side=SIDE, blur=0.1, rng=0):
    """What a perfect eye sees: features (scenes, side · side, 16).

    Of each place: how much of it is covered by a thing of each of 8 kinds (entries 0 to 7) and of each of 6 colours (8
    to 13), 0..1, and where it lies, across and down, -1..1 (14, 15); and noise of standard deviation `blur` on it all,
    since no CNN is so clear.
    """
    kinds, colours = list(NOUNS), list(COLOURS)
    features = np.zeros((len(scenes), side * side, len(kinds) + len(colours) + 2))
    middle = (2 * np.arange(side) + 1) / side - 1
    features[:, :, -2] = np.tile(middle, side)
    features[:, :, -1] = np.repeat(middle, side)
    for row, scene in enumerate(scenes):
        for thing in scene.things:
            covered = _share(thing.mask, side).reshape(-1)
            features[row, :, kinds.index(thing.kind)] += covered
            features[row, :, len(kinds) + colours.index(thing.colour)] += covered
    return features + blur * np.random.default_rng(rng).standard_normal(features.shape)


def _share(mask, side):
    """(size, size) bool → (side, side): the share of each place that is true."""
    edges = np.arange(side) * len(mask) // side
    sums = np.add.reduceat(np.add.reduceat(mask.astype(float), edges, axis=0), edges, axis=1)
    lengths = np.diff(np.append(edges, len(mask)))
    return sums / np.outer(lengths, lengths)


def learn(photos, epochs, model="soft-attention", seed=0, change=None, rate=RATE, **recipe):
    """(captioner, losses): a captioner taught on `photos.train`, ready to decode, and its mean loss in each epoch.

    `recipe` holds fields of Recipe beside the small SIZES; the penalty is 0 unless it is named. `rate` is the step size
    at its highest. `change(objective)` may put other layers in before training, which then goes through layer calls
    instead of their fast twin.
    """
    recipe = Recipe(model=model, seed=seed, **{"penalty": 0.0, **SIZES, **recipe})
    owners = [row for row, told in enumerate(photos.train.references) for _ in told]
    encoded = [photos.vocabulary.encode(words) for told in photos.train.references for words in told]
    batches = LengthBuckets(owners, encoded, BATCH, like_lengths=False)
    features = photos.train.features
    captioner = build_captioner(recipe, len(photos.vocabulary), features.shape[2],
                                feature_scale=float(np.sqrt(np.mean(features**2)))).astype("float64").train()
    objective = build_objective(recipe, captioner)
    if change is not None:
        objective = objective.reference()
        change(objective)
    optimizer = Adam(FlatParameters(captioner.parameters()), rate)
    share = schedules.cosine(epochs * len(batches), WARMUP)
    losses, rng = [], np.random.default_rng(seed)
    for _ in range(epochs):
        found = []
        for batch in batches.epoch(rng):
            objective.zero_grad()
            loss, cache = objective.forward(features[batch.photos], batch.ids, batch.lengths, rng=rng)
            objective.backward(1.0, cache)
            commit_statistics(cache)  # hard attention's baseline
            optimizer.learning_rate = rate * share(optimizer.steps)
            optimizer.step()
            found.append(float(loss))
        losses.append(float(np.mean(found)))
    return captioner.eval(), losses
