"""Whether a line that came with a file is one: a rule of somebody else's is evaluated here and on the page."""

from math import prod

from minisat.trace.why.language import COMPARISONS, FUNCTIONS

DEEPEST = 60    # parts inside each other
MOST = 2**28    # entries that the sums of a line run over, or that it makes
_PARTS = {"+": (1, 10**6), "*": (1, 10**6), "-": (1, 1), "/": (2, 2), "//": (2, 2), "%": (2, 2), "^": (2, 2)}


def is_line(line):
    """Whether it has the form that language.py and `bound` say, and every index in it is one of its axes."""
    if not isinstance(line, dict) or not isinstance(line.get("step"), bool) or not _axes(line.get("axes")):
        return False
    left, free = line.get("of"), {name for name, _ in line["axes"]}
    return (isinstance(left, list) and left[:1] == ["at"] and _tree(left, free) and _tree(line.get("is"), free)
            and all(_pattern(index) for index in [*left[2], *(call[1] for call in left[3:])]))


def _pattern(index):
    """j, 3, or ["+", 16, "j"]."""
    if isinstance(index, list):
        return len(index) == 3 and index[0] == "+" and _whole(index[1]) and isinstance(index[2], str)
    return isinstance(index, str) or _whole(index)


def _whole(number):
    return isinstance(number, int) and not isinstance(number, bool) and abs(number) < MOST


def _axes(axes):
    if not isinstance(axes, list):
        return False
    fine = all(isinstance(axis, list) and len(axis) == 2 and isinstance(axis[0], str) and _whole(axis[1])
               and axis[1] >= 0 for axis in axes)
    return fine and prod(size for _, size in axes) < MOST


def _tree(tree, free, depth=0, many=1):
    """Whether it is a tree with the indices `free`, inside sums over `many` entries."""
    if isinstance(tree, str):
        return tree in free
    if not isinstance(tree, list):
        return isinstance(tree, (int, float)) and not isinstance(tree, bool)
    if not tree or not isinstance(tree[0], str) or depth > DEEPEST:
        return False
    kind, *parts = tree
    if kind == "at":
        call = parts[2:]
        return (len(parts) in (2, 3) and isinstance(parts[0], str) and isinstance(parts[1], list)
                and all(isinstance(one, list) and len(one) == 2 and isinstance(one[0], str) for one in call)
                and all(_tree(index, free, depth + 1, many) for index in [*parts[1], *(one[1] for one in call)]))
    if kind in ("sum", "max", "argmax"):
        if len(parts) != 2 or not _axes(parts[0]):
            return False
        many *= prod(size for _, size in parts[0])
        return many < MOST and _tree(parts[1], free | {name for name, _ in parts[0]}, depth + 1, many)
    if kind == "fn":
        fine = parts and isinstance(parts[0], str) and FUNCTIONS.get(parts[0]) == len(parts) - 1
    elif kind == "if":
        fine = len(parts) == 3 and parts[0] in COMPARISONS
    else:
        least, most = _PARTS.get(kind, (1, 0))
        return least <= len(parts) <= most and all(_tree(part, free, depth + 1, many) for part in parts)
    return bool(fine) and all(_tree(part, free, depth + 1, many) for part in parts[1:])
