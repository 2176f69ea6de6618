"""What is wrong in a caption of a scene: the first mistake, by name, and the word at which it shows."""

from typing import NamedTuple

from minisat.data.toy_world.listening import understand
from minisat.data.toy_world.things import NOUNS

MISTAKES = ("leaves something out", "says one thing twice", "swaps colours", "names what is not there", "misplaces it",
            "is no sentence")

_NOUNS = {noun for nouns in NOUNS.values() for noun in nouns}


class Mistake(NamedTuple):
    """What is wrong in a caption."""

    what: str  # of MISTAKES
    word: int  # which word: the noun of what is wrong, or the last noun (0 without any)


def mistake(words, scene):
    """The Mistake in a caption (a list of words) of `scene`; None where it is the whole truth."""
    claim, there = understand(words), {thing.kind: thing.colour for thing in scene.things}
    nouns = [i for i, word in enumerate(words) if word in _NOUNS]
    last = nouns[-1] if nouns else 0
    if claim is None:
        return Mistake("is no sentence", last)
    named = list(zip(claim.things, nouns))
    for i, ((kind, _), word) in enumerate(named):
        if kind in [kind for kind, _ in claim.things[:i]]:
            return Mistake("says one thing twice", word)
    for (kind, colour), word in named:
        if kind not in there or colour not in there.values():
            return Mistake("names what is not there", word)
    for (kind, colour), word in named:
        if colour != there[kind]:
            return Mistake("swaps colours", word)
    if len(named) < len(there):
        return Mistake("leaves something out", last)
    return None if claim.true_of(scene) else Mistake("misplaces it", last)
