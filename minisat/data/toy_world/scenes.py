"""Scenes of the toy world: drawn at random, the same for the same seed, never the same in two splits."""

from itertools import combinations
from typing import NamedTuple

import numpy as np

from minisat.data.listing import SPLITS
from minisat.data.toy_world.drawing import draw_scene
from minisat.data.toy_world.grammar import relation, speak
from minisat.data.toy_world.things import COLOURS, NOUNS
from minisat.errors import UserError

REFERENCES = 5
_COUNTS = (.4, .4, .2)    # how often a scene has one, two, three things
_SIDES = (.31, .42)       # the side of a thing, of the picture's
_CLEARLY = 1.4            # one way between two centres must be this much longer than the other
_OVERLAP = .92            # squares may overlap until their centres are this share of touching apart


class Thing(NamedTuple):
    """One thing in a scene."""

    kind: str                   # a key of NOUNS
    name: str                   # its usual noun
    colour: str                 # a key of COLOURS
    synonyms: tuple[str, ...]   # every noun it goes by
    x: float                    # centre, pixels from the left
    y: float                    # centre, pixels from the top
    side: int                   # of the square it is drawn in, pixels
    mask: np.ndarray | None     # (size, size) bool: where it is seen


class Scene(NamedTuple):
    """A picture with everything that is true of it."""

    image: np.ndarray                           # (size, size, 3) uint8
    captions: tuple[str, ...]                   # five references
    things: tuple[Thing, ...]                   # later ones in front
    relations: tuple[tuple[int, str, int], ...]  # (i, r, j): thing i is r of thing j


class ToyWorld:
    """Scenes of one to three coloured things, `size` pixels square, all following from `seed`."""

    def __init__(self, seed=0, size=64):
        self.seed = seed
        self.size = size

    def scenes(self, split, count):
        """The first `count` scenes (a list) of `split`: train, dev or test. UserError for another split."""
        if split not in SPLITS:
            raise UserError(f"The toy world has no split {split!r}; it has {', '.join(SPLITS)}.")
        which = SPLITS.index(split)
        return [self._scene(which, np.random.default_rng([self.seed, which, index])) for index in range(count)]

    def _scene(self, which, rng):
        count = int(rng.choice(len(_COUNTS), p=_COUNTS)) + 1
        while True:
            things = self._place(count, rng)
            # Two splits share no scene: each has the arrangements whose coordinates leave its remainder.
            remainder = sum(int(2 * thing.x + 2 * thing.y) for thing in things) % len(SPLITS)
            if remainder == which and all(_apart(*pair) for pair in combinations(things, 2)):
                break
        image, masks = draw_scene(things, self.size, rng)
        things = tuple(thing._replace(mask=mask) for thing, mask in zip(things, masks))
        relations = tuple((i, relation(things[i], things[j]), j)
                          for i in range(count) for j in range(count) if i != j)
        return Scene(image, tuple(speak(things, rng) for _ in range(REFERENCES)), things, relations)

    def _place(self, count, rng):
        """`count` things of different kinds at random places, which may be too close."""
        kinds = rng.choice(list(NOUNS), count, replace=False)
        colours = rng.choice(list(COLOURS), count)
        sides = rng.integers(round(_SIDES[0] * self.size), round(_SIDES[1] * self.size) + 1, count)
        corners = rng.integers(1, self.size - sides, (2, count))
        columns = kinds.tolist(), colours.tolist(), sides.tolist(), *corners.tolist()
        return [Thing(kind, NOUNS[kind][0], colour, NOUNS[kind], x + side / 2, y + side / 2, side, None)
                for kind, colour, side, x, y in zip(*columns)]


def oracle_captions(scene, rng):
    """One fresh caption (a str) of `scene` from the grammar: what a perfect speaker says.

    Scored against the five references over a split it gives the ceiling, some 0.82 BLEU-4: as a person against five
    others. A speaker who always says the likeliest caption can pass it (0.97).
    """
    return speak(scene.things, rng)


def things_named(word, scene):
    """Indices (a list) of the things of `scene` that a noun or colour word may mean; [] for every other word."""
    return [i for i, thing in enumerate(scene.things) if word == thing.colour or word in thing.synonyms]


def _apart(thing, other):
    """Whether the two hardly overlap and one is clearly left of, right of, above or below the other."""
    longer, shorter = sorted((abs(thing.x - other.x), abs(thing.y - other.y)), reverse=True)
    return longer >= _OVERLAP * (thing.side + other.side) / 2 and longer >= _CLEARLY * shorter
