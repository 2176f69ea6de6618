"""The language of the toy world: every true caption of a scene, and how often each is said."""

from minisat.data.toy_world.things import NOUNS

PHRASES = {
    "left": ("to the left of", "left of"), "right": ("to the right of", "right of"),
    "above": ("above", "over"), "below": ("below", "under"),
}
"""{relation: (the usual phrase, the rarer one)}."""

ALONE = ("there is only {}", "{} on its own")
"""What is said of one thing: the usual form, the rarer one."""
OPPOSITE = {"left": "right", "right": "left", "above": "below", "below": "above"}
_USUAL_NOUN, _USUAL_PHRASE = .8, .6  # how often the first of two is taken
_COLOUR_FIRST = .25  # how often "a red ball"; else "a ball in red"
_NATURAL_ORDER = .7  # how often things are mentioned from left to right; else in any order


def relation(thing, other):
    """Where `thing` is as seen from `other`: left, right, above or below, by the longer way between their centres."""
    dx, dy = thing.x - other.x, thing.y - other.y
    if abs(dx) > abs(dy):
        return "left" if dx < 0 else "right"
    return "above" if dy < 0 else "below"


def speak(things, rng):
    """One true caption (lower-case words) of `things`, drawn from the grammar.

        1 thing:   there is only A  |  A on its own
        2 things:  A is-where B
        3 things:  A is-where B and C

    A, B, C are the things in any order, usually from left to right; each is one of two nouns and a colour, either
    first; is-where is one of two phrases for where A is as seen from B.
    """
    order = sorted(range(len(things)), key=lambda i: things[i].x)
    if rng.random() >= _NATURAL_ORDER:
        order = rng.permutation(len(things))
    named = [_name(things[i], rng) for i in order]
    if len(things) == 1:
        return _either(ALONE, _USUAL_PHRASE, rng).format(named[0])
    where = _either(PHRASES[relation(things[order[0]], things[order[1]])], _USUAL_PHRASE, rng)
    return " and ".join([f"{named[0]} {where} {named[1]}", *named[2:]])


def _name(thing, rng):
    """Article, noun and colour.

    Were the order fixed, a captioner could look once, while it says the first of the two or even the article, and
    say the other from memory; as it is, each word wants a look of its own.
    """
    noun = _either(NOUNS[thing.kind], _USUAL_NOUN, rng)
    if rng.random() < _COLOUR_FIRST:
        return f"{article(thing.colour)} {thing.colour} {noun}"
    return f"{article(noun)} {noun} in {thing.colour}"


def article(word):
    """The indefinite article before `word`, or before a phrase that begins with it."""
    return "an" if word[0] in "aeiou" else "a"


def _either(pair, usual, rng):
    """The first of `pair` with probability `usual`, else the second."""
    return pair[0] if rng.random() < usual else pair[1]
