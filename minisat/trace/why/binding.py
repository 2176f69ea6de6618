"""The rules of one call: the formulas of its layer's class, with the sizes, constants and parts that this call has."""

from minisat.trace.why.language import expanded, parse_line


def bound(lines, shapes, inside=None, constants=None):
    """[line] of the texts `lines` for one call, in the form that the document holds.

    `shapes` {tensor's name: shape} of the call's own; `inside` {name of a layer inside: [{tensor's name: shape} of each
    of its calls]}; `constants` {name: number}. A line: {"of": ["at", …], "axes": [[index, size]], "is": tree, "step":
    whether it is a number in between, which nothing recorded}. What the call does not have (a bias, a mask) drops out
    of sums; a line of which nothing is left is left out. ValueError for a rule that leaves open how far a sum runs.
    """
    known, found = _Known(shapes, inside or {}), []
    for text in lines:
        text = expanded(text, known.shape)
        if text is None:
            continue
        left, free, step, right = parse_line(text, constants)
        left, right = _folded(left), _present(_folded(right), known)
        shape = known.of(left)
        if right is None or (shape is None or len(shape) != len(left[2])) and not step:
            continue
        sizes, rest = {}, {}
        _measure(left, free, known, sizes)
        _measure(right, free, known, rest)
        axes = [[index, bound or sizes.get(index, rest.get(index))] for index, bound in free.items()]
        if None in (size for _, size in axes):
            raise ValueError(f"{text!r}: how far {[index for index, size in axes if size is None]} runs is not said")
        if step:
            shape = tuple(_end(index, dict(axes)) for index in left[2])
            known.own[left[1]] = tuple(map(max, shape, known.own.get(left[1], shape)))
        found.append({"of": left, "axes": axes, "is": _sized(right, known, text), "step": step})
    return found


def steps_of(lines):
    """{name: shape} of the numbers in between, which nothing recorded."""
    shapes = {}
    for line in lines:
        if line["step"]:
            shape = tuple(_end(index, dict(map(tuple, line["axes"]))) for index in line["of"][2])
            shapes[line["of"][1]] = tuple(map(max, shape, shapes.get(line["of"][1], shape)))
    return shapes


class _Known:
    """The shapes of what a rule can name."""

    def __init__(self, own, inside):
        self.own, self.inside = dict(own), inside

    def shape(self, call, occurrence, name):
        """Of a tensor of this call (`call` None), or of the call number `occurrence` of a layer inside; or None."""
        if call is None:
            return self.own.get(name)
        calls = self.inside.get(call, ())
        return calls[occurrence].get(name) if 0 <= occurrence < len(calls) else None

    def of(self, entry):
        """Of a tree ["at", …]; all calls of which one is meant by an index are alike."""
        call, occurrence = entry[3] if len(entry) > 3 else (None, 0)
        return self.shape(call, occurrence if isinstance(occurrence, int) else 0, entry[1])


def _end(index, sizes):
    """How long an axis must be for an index of a left side: j, 3, or 16 + j."""
    if isinstance(index, list):
        return index[1] + sizes[index[2]]
    return sizes[index] if isinstance(index, str) else index + 1


def _folded(tree):
    """The tree with what is constant computed, and a constant in front of what it is added to: 2·H + j is 16 + j."""
    if not isinstance(tree, list):
        return tree
    if tree[0] == "at":
        call = [[tree[3][0], _folded(tree[3][1])]] if len(tree) > 3 else []
        return ["at", tree[1], [_folded(index) for index in tree[2]], *call]
    if tree[0] in ("sum", "max", "argmax"):
        return [tree[0], tree[1], _folded(tree[2])]
    tree = [tree[0], *(_folded(part) for part in tree[1:])]
    numbers = [part for part in tree[1:] if isinstance(part, (int, float))]
    if tree[0] in _ARITHMETIC and len(numbers) == len(tree) - 1:
        value = _ARITHMETIC[tree[0]](*numbers)
        return int(value) if value == int(value) and all(isinstance(x, int) for x in numbers) else value
    if tree[0] == "+" and 0 in numbers and len(tree) > 2:
        rest = [part for part in tree[1:] if part != 0 or not isinstance(part, (int, float))]
        return rest[0] if len(rest) == 1 else ["+", *rest]
    if tree[0] in "*/" and tree[-1] == 1 and len(tree) == 3:
        return tree[1]
    return tree


def _product(*numbers):
    total = 1
    for number in numbers:
        total *= number
    return total


_ARITHMETIC = {"+": lambda *x: sum(x), "-": lambda x: -x, "*": _product, "/": lambda a, b: a / b,
               "//": lambda a, b: a // b, "%": lambda a, b: a % b, "^": lambda a, b: a**b}


def _present(tree, known):
    """The tree without the addends that name what this call does not have; None where nothing is left."""
    if not isinstance(tree, list):
        return tree
    if tree[0] == "at":
        there = known.of(tree) is not None and all(_present(index, known) is not None for index in tree[2])
        return tree if there else None
    skip = 2 if tree[0] in ("sum", "max", "argmax", "fn", "if") else 1
    parts = [_present(part, known) for part in tree[skip:]]
    if tree[0] == "+":
        parts = [part for part in parts if part is not None]
        return None if not parts else parts[0] if len(parts) == 1 else ["+", *parts]
    return None if None in parts else [*tree[:skip], *parts]


def _measure(tree, names, known, sizes):
    """Note in `sizes` how far each of the indices `names` runs: as far as the axis where it stands alone."""
    if not isinstance(tree, list):
        return
    if tree[0] == "at":
        places = list(zip(tree[2], known.of(tree) or ()))
        if len(tree) > 3:
            places.append((tree[3][1], len(known.inside.get(tree[3][0], ()))))
        for index, size in places:
            if isinstance(index, str) and index in names:
                sizes[index] = min(size, sizes.get(index, size))
            _measure(index, names, known, sizes)
    elif tree[0] in ("sum", "max", "argmax"):
        own = [axis for axis, _ in tree[1]]
        _measure(tree[2], [name for name in names if name not in own], known, sizes)
    else:
        for part in tree[1:]:
            _measure(part, names, known, sizes)


def _sized(tree, known, text):
    """The tree with the sizes of what its sums run over."""
    if not isinstance(tree, list):
        return tree
    if tree[0] in ("sum", "max", "argmax"):
        sizes = {}
        _measure(tree[2], [name for name, _ in tree[1]], known, sizes)
        axes = [[name, size if size is not None else sizes.get(name)] for name, size in tree[1]]
        if None in (size for _, size in axes):
            raise ValueError(f"{text!r}: how far {axes} run is not said")
        return [tree[0], axes, _sized(tree[2], known, text)]
    if tree[0] == "at":
        call = [[tree[3][0], _sized(tree[3][1], known, text)]] if len(tree) > 3 else []
        return ["at", tree[1], [_sized(index, known, text) for index in tree[2]], *call]
    return [tree[0], *(_sized(part, known, text) for part in tree[1:])]
