"""Ways through the frames of a trace: the red ones, the next time step, the frame where a bad number was born."""

from minisat.trace.document import is_bad, was_given_bad


def is_red(document, frame, kind="local"):
    """Whether a frame's check failed, it made a number that is not finite, or an exception ended it."""
    verdict = frame.get(kind)
    return frame["ended"] is None or is_bad(document, frame) or bool(verdict) and verdict["ok"] is False


def red_frames(document, kind="local"):
    """The indices of the red frames, in the order of calling."""
    return [frame["index"] for frame in document["frames"] if is_red(document, frame, kind)]


def guilty_frames(document, kind="local"):
    """Where the mistake is: the red frames with no red one inside, not those that were given bad numbers already."""
    red = set(red_frames(document, kind))
    around = set()
    for index in red:
        parent = document["frames"][index]["parent"]
        while parent is not None:
            around.add(parent)
            parent = document["frames"][parent]["parent"]
    return [index for index in sorted(red - around) if not was_given_bad(document, document["frames"][index])]


def innermost(document, index, kind="local"):
    """The first of the innermost red frames inside the frame `index`; None where there is none."""
    children = [frame["index"] for frame in document["frames"]
                if frame["parent"] == index and is_red(document, frame, kind)]
    return None if not children else innermost(document, children[0], kind) or children[0]


def born(document):
    """The frame that first gave a number that is not finite, or None.

    An inner call ends before the one around it, so of those that gave one the first to end is the one that made it.
    """
    bad = [frame for frame in document["frames"] if frame["ended"] is not None and is_bad(document, frame)]
    return min(bad, key=lambda frame: frame["ended"], default=None)


def time_step(document, index, by):
    """The index of the same layer's frame `by` time steps on in the same phase; `index` itself where there is none."""
    here = document["frames"][index]
    if here["t"] is None:
        return index
    occurrences = [frame["index"] for frame in document["frames"] if frame["t"] == here["t"] + by
                   and frame["path"] == here["path"] and frame["phase"] == here["phase"]]
    return occurrences[0] if occurrences else index


def next_red(document, index, kind="local"):
    """The next red frame: the culprits first, then those that are red because of them; from the first again after the
    last. `index` where there is none.
    """
    guilty, red = guilty_frames(document, kind), red_frames(document, kind)
    order = guilty + [i for i in red if i not in guilty]
    return order[(order.index(index) + 1) % len(order) if index in order else 0] if order else index


def matching(document, words):
    """The indices of the frames whose path, class or phase holds every word of the text `words`."""
    wanted = words.lower().split()
    return [frame["index"] for frame in document["frames"]
            if all(word in f"{frame['path']} {frame['class']} {frame['phase']}".lower() for word in wanted)]
