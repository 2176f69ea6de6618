"""METEOR's alignment: which candidate matches to keep, so that each word is matched at most once.

Preferred are, in this order: more matched words, weighted (both sides together); fewer chunks, stretches that run side
by side in both sentences; a smaller sum of distances between where matched phrases begin. Matches without a rival are
kept; for the rest a beam search goes through the reference from left to right.

Two quirks of the original decide between equals and are kept: the weight is cut to a whole number after each addition,
so that a lone stem or synonym adds nothing to it; and a choice is charged the distances of the choices tried before it
at the same word, not its own.
"""

from typing import NamedTuple

from minisat.evaluation.meteor.matches import WEIGHTS

BEAM = 40


class _Path(NamedTuple):
    """A partial alignment. The first three sort paths, the best first."""

    lightness: int    # minus the weight
    chunks: int       # that are closed
    distance: int
    end: int          # where in the caption the open chunk ends; -1 without one
    covered: int      # words of the reference done
    taken: int        # words of the caption that are matched: one bit each
    matches: tuple


def align(candidates):
    """(matches, chunks) of the best alignment. `candidates`: for each word of the reference the Matches there."""
    fixed = {match.start: match for match in without_rival(candidates)}
    paths = [_Path(0, 0, 0, -1, 0, sum(map(_bits, fixed.values())), ())]
    for position, options in enumerate(candidates):
        following = []  # (rank, the path if it is one already, else what `_extended` makes it of)
        for path in paths:
            if path.covered > position:
                following.append((path[:3], path, None))
            elif position in fixed:
                match = fixed[position]
                following.append((_rank(path, match, path.distance + _shift(match)), path, match))
            else:
                distance, alike = path.distance, {}
                for match in options:
                    if not path.taken & _bits(match):
                        # Of a path's options with one weight the later never rank before the earlier, unless they go
                        # on with its chunk: what comes behind BEAM others is out, and need not be written down.
                        kind = match.module, match.length, match.from_length
                        alike[kind] = alike.get(kind, 0) + 1
                        if alike[kind] <= BEAM or match.from_ == path.end:
                            following.append((_rank(path, match, distance), path, match))
                        distance += _shift(match)
                left = _Path(path.lightness, path.chunks + (path.end >= 0), distance, -1, position + 1, path.taken,
                             path.matches)
                following.append((left[:3], left, None))
        paths = [path if match is None else _extended(path, match, rank)
                 for rank, path, match in sorted(following, key=_first)[:BEAM]]
    best = min((path._replace(chunks=path.chunks + (path.end >= 0)) for path in paths), key=lambda path: path[:3])
    return best.matches, best.chunks


def without_rival(candidates):
    """The Matches whose words no other candidate touches, on either side."""
    every = [match for options in candidates for match in options]
    here, there = {}, {}
    for match in every:
        for word in range(match.start, match.start + match.length):
            here[word] = here.get(word, 0) + 1
        for word in range(match.from_, match.from_ + match.from_length):
            there[word] = there.get(word, 0) + 1
    return [match for match in every
            if all(here[match.start + k] == 1 for k in range(match.length))
            and all(there[match.from_ + k] == 1 for k in range(match.from_length))]


def _first(entry):
    return entry[0]


def _rank(path, match, distance):
    """(lightness, chunks, distance) of the path with one more match."""
    weight = WEIGHTS[match.module]
    return (path.lightness - int(weight * match.from_length) - int(weight * match.length),
            path.chunks + (path.end >= 0 and path.end != match.from_), distance)


def _extended(path, match, rank):
    """The path with one more match, whose `_rank` is known."""
    return _Path(*rank, match.from_ + match.from_length, match.start + match.length, path.taken | _bits(match),
                 (*path.matches, match))


def _shift(match):
    return abs(match.start - match.from_)


def _bits(match):
    """The caption's words of a match, as bits."""
    return ((1 << match.from_length) - 1) << match.from_
