"""What exercise 21 is checked on: captions with and without fault, alibis; then words that hang on one place or two."""

import numpy as np

from minisat.teaching.asking import agree, fixed, wrong_unless

BALL, CUP, FISH, BOAT = ("red", "ball"), ("green", "cup"), ("red", "fish"), ("blue", "boat")
CASES = (
    ("a true caption has no suspects", {BALL}, {BALL}, {BALL}, {}),
    ("the eye sees a cup where there is none", {BALL, CUP}, {BALL, CUP}, {BALL}, {CUP: "eye"}),
    ("the tongue makes it up", {BALL, CUP}, {BALL}, {BALL}, {CUP: "tongue"}),
    ("the eye does not see the fish", {BALL}, {BALL}, {BALL, FISH}, {FISH: "eye"}),
    ("the eye sees the fish, and nobody tells", {BALL}, {BALL, FISH}, {BALL, FISH}, {FISH: "tongue"}),
    ("the eye is wrong about the cup, the caption about the fish", {BALL, CUP}, {BALL, BOAT, FISH}, {BALL, CUP, FISH},
     {FISH: "tongue"}),
    ("a fish that the eye takes for a cup", {CUP}, {CUP}, {FISH}, {CUP: "eye", FISH: "eye"}))


def cases(exercise):
    """Yield a sentence for each thing that is right."""
    for name, said, seen, there, wanted in CASES:
        found = exercise.suspects(set(said), set(seen), set(there))
        wrong_unless(found == wanted, f"{name[0].upper()}{name[1:]} (said {_named(said)}; seen {_named(seen)}; there "
                     f"{_named(there)}): it should be {_told(wanted)}, not {_told(found)}.")
    yield "suspects: made up, left out, and alibis"

    rng = np.random.default_rng(0)
    features, weights = rng.standard_normal((5, 3)), rng.standard_normal((5, 3))

    def adds_up(photos):
        """A word whose log-probability is a weighted sum: without a place its own terms are missing."""
        photos = np.asarray(photos)
        wrong_unless(photos.ndim == 3 and photos.shape[1:] == (5, 3), f"log_p is asked about photos of the shape "
                     f"{photos.shape}; it takes (N, L, D), here (N, 5, 3).")
        return (photos * weights).sum(axis=(1, 2))

    agree("missed, of a word to which every place adds something,", exercise.missed(adds_up, fixed(features)),
          (features * weights).sum(axis=1))
    yield "missed: the fall without each place"

    def either(photos):
        """A word that needs one of two places: neither is missed as long as the other is there."""
        return np.asarray(photos)[:, [1, 3], 0].max(axis=1)

    plain = np.zeros((5, 3))
    plain[[1, 3], 0] = 1.0
    agree("missed, of a word that is content with one of two places,", exercise.missed(either, fixed(plain)),
          np.zeros(5))
    plain[1, 0] = 3.0
    agree("missed, where one of the two says more,", exercise.missed(either, fixed(plain)), [0, 2, 0, 0, 0])
    yield "missed: what stands twice is not missed"


def _named(things):
    return ", ".join(sorted(" ".join(thing) for thing in things))


def _told(blamed):
    try:
        return "; ".join(sorted(f"{' '.join(thing)}: {who}" for thing, who in blamed.items())) or "nobody's fault"
    except (AttributeError, TypeError):
        return repr(blamed)
