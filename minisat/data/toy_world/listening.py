"""Understanding the language of the toy world: what a caption claims, and whether it is true."""

import re
from typing import NamedTuple

from minisat.data.toy_world.grammar import ALONE, PHRASES, article
from minisat.data.toy_world.things import COLOURS, NOUNS

_NAMES = {f"{article(name)} {name}": (kind, colour) for kind, nouns in NOUNS.items() for noun in nouns
          for colour in COLOURS for name in (f"{colour} {noun}", f"{noun} in {colour}")}
_WHERE = {phrase: relation for relation, phrases in PHRASES.items() for phrase in phrases}
_THING, _IS_WHERE = (f"({'|'.join(words)})" for words in (_NAMES, _WHERE))
_SENTENCES = [re.compile(form) for form in (*(form.format(_THING) for form in ALONE),
                                            f"{_THING} {_IS_WHERE} {_THING}(?: and {_THING})?")]


class Claim(NamedTuple):
    """What a caption says."""

    things: tuple      # (kind, colour) of each thing, in the order in which they are named
    where: str | None  # the relation of the first to the second; None of one thing alone

    def true_of(self, scene):
        """Whether it is the whole truth: it names every thing of the Scene once, and the relation is right."""
        found = [(thing.kind, thing.colour) for thing in scene.things]
        if sorted(self.things) != sorted(found):
            return False
        return self.where is None or (found.index(self.things[0]), self.where,
                                      found.index(self.things[1])) in scene.relations


def understand(words):
    """The Claim of a caption (a list of words), or None where it is no sentence of the grammar.

    A sentence may claim what cannot be: two things of one kind, say.
    """
    for form in _SENTENCES:
        if match := form.fullmatch(" ".join(words)):
            said = [part for part in match.groups() if part]
            return Claim(tuple(_NAMES[part] for part in said if part in _NAMES),
                         next((_WHERE[part] for part in said if part in _WHERE), None))
    return None
