"""The language of the rules: a formula as a text that a learner reads, and as the tree that the two interpreters walk.

    dW[d,m] = Σ_… x[…,d]·dy[…,m]

A tree is made of lists, so that JSON can hold it:

    3.0, "n"                              a number; an index
    ["at", "x", ["n", "d"]]               an entry of a tensor of this call; with ["attend", "t"] at the end, of call
                                          number t of the layer inside that is called so
    ["+", a, b, …]  ["-", a]  ["*", a, b, …]  ["/", a, b]  ["//", a, b]  ["%", a, b]  ["^", a, b]
    ["fn", "exp", a]                      exp log tanh sigmoid sqrt abs, of two arguments min max
    ["sum", [["d", 5]], a]                over d = 0 … 4; "max" likewise; "argmax", the place of the first largest
    ["if", "=", a, b]                     1 where it holds; elsewhere the term is nothing. Also ≠ < > ≤ ≥

"Nothing" is neither zero nor a number: a product with it is nothing, sums and maxima pass over it. An entry beyond its
tensor's edge is nothing (padding), and so is an index that a division leaves without a whole number (stride).
"""

import re

from minisat.trace.why.evaluation import evaluate

FUNCTIONS = {"exp": 1, "log": 1, "tanh": 1, "sigmoid": 1, "sqrt": 1, "abs": 1, "min": 2, "max": 2}
REDUCTIONS = {"Σ": "sum", "max": "max", "argmax": "argmax"}
COMPARISONS = ("=", "≠", "<", ">", "≤", "≥")
_TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:e-?\d+)?)|((?:Σ|max|argmax)_(?=\{|\w))|([^\W\d]\w*(?:\.\d+)*)|(//|:=|.))")
_LEADING = {1: "n", 2: "ni", 3: "nij", 4: "ncrs"}  # what … stands for, by how many axes it is


class Parser:
    """One text → one tree. `constants` {name: number} are put in; `indices` are the names that are indices."""

    def __init__(self, text, constants=None, indices=()):
        self.text, self.constants, self.indices = text, constants or {}, list(indices)
        self.tokens = [next(filter(None, match)) for match in _TOKEN.findall(text.strip())]
        self.place = 0

    def whole(self):
        """The tree of all of it. ValueError for what is no formula."""
        tree = self._sum()
        if self.place < len(self.tokens):
            raise ValueError(f"{self.text!r} goes on with {self._peek()!r} where it should end")
        return tree

    def _peek(self):
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def _take(self, *wanted):
        """The next token, if it is one of those wanted."""
        if self._peek() in wanted and self._peek():
            self.place += 1
            return self.tokens[self.place - 1]
        return None

    def _need(self, sign):
        if not self._take(sign):
            raise ValueError(f"{self.text!r}: {sign!r} is missing before {self._peek()!r}")

    def _sum(self):
        addends, sign = [self._product()], self._take("+", "-", "−")
        while sign:
            addends.append(self._product() if sign == "+" else ["-", self._product()])
            sign = self._take("+", "-", "−")
        return addends[0] if len(addends) == 1 else ["+", *addends]

    def _product(self):
        if self._take("-", "−"):
            return ["-", self._product()]
        tree, sign = self._power(), self._take("·", "*", "/", "//", "%")
        while sign:
            right = self._power()
            if sign in "·*":
                tree = [*tree, right] if isinstance(tree, list) and tree[0] == "*" else ["*", tree, right]
            else:
                tree = [sign, tree, right]
            sign = self._take("·", "*", "/", "//", "%")
        return tree

    def _power(self):
        tree = self._one()
        if self._take("²"):
            return ["^", tree, 2]
        return ["^", tree, self._power()] if self._take("^") else tree

    def _one(self):
        token = self._peek()
        self.place += 1
        if token == "(":
            return self._closed(self._sum(), ")")
        if token == "[":
            left = self._sum()
            sign = self._take(*COMPARISONS)
            return self._closed(["if", sign, left, self._sum()], "]")
        if token == "√":
            return ["fn", "sqrt", self._one()]
        if token[:1].isdigit():
            return float(token) if "." in token or "e" in token else int(token)
        if token.endswith("_"):
            return self._reduction(REDUCTIONS[token[:-1]])
        if token == "Σ" or not token[:1].isalpha():
            raise ValueError(f"{self.text!r}: {token!r} begins nothing")
        if self._take("("):
            return self._function("sigmoid" if token == "σ" else token)
        return self._named(token)

    def _closed(self, tree, sign):
        self._need(sign)
        return tree

    def _reduction(self, kind):
        """Σ_d, Σ_{n,t}, Σ_{i<3,j<3}: over one or several indices; over none it is what follows."""
        if self._take("{"):
            axes = []
            while not self._take("}"):
                self._take(",")
                name = self.tokens[self.place]
                self.place += 1
                axes.append([name, self._number() if self._take("<") else None])
        else:
            axes = [[self.tokens[self.place], None]]
            self.place += 1
        self.indices += [name for name, _ in axes]
        body = self._product()
        del self.indices[len(self.indices) - len(axes):]
        return [kind, axes, body] if axes else body

    def _number(self):
        token = self.tokens[self.place]
        self.place += 1
        return int(self.constants.get(token, token))

    def _function(self, name):
        arguments = self._list(")")
        if FUNCTIONS.get(name) != len(arguments):
            raise ValueError(f"{self.text!r}: there is no function {name} of {len(arguments)}")
        return ["fn", name, *arguments]

    def _named(self, name):
        """An index, a constant, a tensor's entry, or that of a call inside: attend[t].z[n,d]."""
        indices = self._list("]") if self._take("[") else None
        if self._take("."):
            tensor = self.tokens[self.place]
            self.place += 1
            inner = self._list("]") if self._take("[") else []
            return ["at", tensor, inner, [name, indices[0] if indices else 0]]
        if indices is not None:
            return ["at", name, indices]
        if name in self.indices:
            return name
        return self.constants.get(name, ["at", name, []])

    def _list(self, end):
        entries = []
        while not self._take(end):
            if entries:
                self._need(",")
            entries.append(self._sum())
        return entries


def parse_line(text, constants=None):
    """(left, its free indices {name: bound or None}, is it a step in between, right) of "y[n,m] = …".

    A step in between has := in the place of =. "gates[n,16+j<16]" says on the left how far j runs.
    """
    constants = constants or {}
    left, sign, right = re.match(r"([^=]*?)(:?=)(.*)", text.strip(), re.DOTALL).groups()
    bounds = {name: int(constants.get(bound, bound)) for name, bound in re.findall(r"(\w+)<(\w+)", left)}
    left = re.sub(r"<\w+", "", left)
    inside = "".join(re.findall(r"\[[^\]]*\]", left))
    names = [name for name in dict.fromkeys(re.findall(r"[^\W\d]\w*", inside)) if name not in constants]
    free = {name: bounds.get(name) for name in names}
    return Parser(left, constants, free).whole(), free, sign == ":=", Parser(right, constants, free).whole()


_LED = re.compile(r"(?:([^\W\d]\w*(?:\.\d+)*)(?:\[([^\[\]]*)\])?\.)?([^\W\d]\w*)\[([^\[\]]*…[^\[\]]*)\]")


def expanded(text, shape_of):
    """`text` with … written out: as many indices as the tensors have; None where it names no tensor that is there.

    `shape_of(call or None, number of the call, name)` → a shape, or None.
    """
    if "…" not in text:
        return text
    for call, occurrence, name, inside in _LED.findall(text):
        shape = shape_of(call or None, int(occurrence) if occurrence.isdigit() else 0, name)
        if shape is not None:
            count = len(shape) - inside.count(",")
            break
    else:
        return None
    used = set(re.findall(r"[^\W\d_](?!\w)", text.replace("…", "")))
    names = [letter for letter in _LEADING.get(count, "nijklm") + "uvwyz" if letter not in used][:count]
    full = ",".join(names)
    return re.sub(r"…(,?)", lambda mark: full + mark[1] if count else "", text).replace(",]", "]").replace(",}", "}")


# -- a tree as text again

_LEVEL = {"+": 1, "-": 1.5, "sum": 2, "max": 2, "argmax": 2, "*": 3, "/": 3, "//": 3, "%": 3, "^": 4}
_SIGN = {"sum": "Σ", "max": "max", "argmax": "argmax"}


def number_text(x):
    """A number with four digits, a whole one with all, as both interpreters write it: −0.03, 1.2e−7."""
    text = str(x) if isinstance(x, int) else f"{x + 0.0:.4g}"
    return text.replace("e+0", "e").replace("e-0", "e-").replace("e+", "e").replace("-", "−")


def text_of(tree, values=None):
    """The formula; `values` {index name: number} are written in the place of those indices."""
    values = values or {}
    if isinstance(tree, str):
        return str(values.get(tree, tree))
    if not isinstance(tree, list):
        return number_text(tree)
    kind, *rest = tree
    if kind == "at":
        return _entry_text(tree, values)
    if kind == "fn":
        return f"{'σ' if rest[0] == 'sigmoid' else rest[0]}({', '.join(text_of(a, values) for a in rest[1:])})"
    if kind == "if":
        return f"[{text_of(rest[1], values)} {rest[0]} {text_of(rest[2], values)}]"
    if kind in _SIGN:
        names = [name for name, _ in rest[0]]
        hidden = {name: value for name, value in values.items() if name not in names}
        body = _inside(rest[1], 2, hidden)
        return f"{_SIGN[kind]}_{names[0] if len(names) == 1 else '{' + ','.join(names) + '}'} {body}"
    level = _LEVEL[kind]
    if kind == "-":
        return f"−{_inside(rest[0], 2, values)}"
    if kind == "+":
        parts = [text_of(rest[0], values)]
        for part in rest[1:]:
            positive = part[1] if isinstance(part, list) and part[0] == "-" else _less(part)
            parts.append(f"+ {_inside(part, 1.6, values)}" if positive is None else f"− {_inside(positive, 2, values)}")
        return " ".join(parts)
    if kind == "^":
        return _inside(rest[0], 5, values) + ("²" if rest[1] == 2 else f"^{_inside(rest[1], 5, values)}")
    sign = {"*": "·", "/": "/", "//": "//", "%": "%"}[kind]
    return sign.join(_inside(part, level if i == 0 else level + 0.5, values, i < len(rest) - 1)
                     for i, part in enumerate(rest))


def _less(tree):
    """What a negative number takes away; None for all else."""
    return -tree if isinstance(tree, (int, float)) and tree < 0 else None


def _inside(tree, least, values, followed=False):
    """A part's text, in parentheses where it binds less than `least`, or is a Σ that more factors follow."""
    level = 9
    if isinstance(tree, list):
        level = _LEVEL.get(tree[0], 9)
        if level == 2 and not followed and least > 2:
            level = least if least < 4 else level
    elif isinstance(tree, (int, float)) and tree < 0:
        level = 1.5
    text = text_of(tree, values)
    return f"({text})" if level < least else text


def _entry_text(tree, values):
    _, name, indices, *call = tree
    place = f"[{','.join(_index_text(index, values) for index in indices)}]" if indices else ""
    if not call:
        return name + place
    path, occurrence = call[0]
    return f"{path}{'' if occurrence == 0 else '[' + _index_text(occurrence, values) + ']'}.{name}{place}"


def _index_text(tree, values):
    """An index: its number where all that it is made of is known; 2·r + 3 − 1 as r·2+2."""
    number = _counted(tree, values)
    if number is not None:
        return number_text(number)
    if not isinstance(tree, list) or tree[0] != "+":
        return text_of(tree, values).replace(" ", "")
    known = [_counted(part, values) for part in tree[1:]]
    total = sum(number for number in known if number is not None)
    rest = [part for part, number in zip(tree[1:], known) if number is None] + [total] * (total != 0)
    return text_of(["+", *rest] if len(rest) > 1 else rest[0], values).replace(" ", "")


def _counted(tree, values):
    """What an index is made of known numbers comes to; None where one of them is not known."""
    if not isinstance(tree, list):
        return values.get(tree) if isinstance(tree, str) else tree
    parts = [_counted(part, values) for part in tree[1:]] if tree[0] in ("+", "-", "*", "//", "%", "/") else [None]
    if None in parts:
        return None
    first, *rest = parts
    if tree[0] == "-":
        return -first
    for part in rest:
        if tree[0] in "+*":
            first = first + part if tree[0] == "+" else first * part
        elif tree[0] == "/":
            first = None if first % part else first // part
        else:
            first = first // part if tree[0] == "//" else first % part
    return first


def values_text(tree, axes, read, sign=1):
    """A term in numbers: every entry, and every sum inside it, as its value, what only says where left out."""
    body = _valued(tree, axes, read)
    text = text_of(body)
    if sign > 0:
        return text
    return text[1:] if text.startswith("−") and not isinstance(body, list) else f"−{_inside(body, 2, {})}"


def _valued(tree, axes, read):
    """The tree in numbers; None where it is nothing."""
    if isinstance(tree, str):
        return axes[tree]
    if not isinstance(tree, list):
        return tree
    kind = tree[0]
    if kind in ("at", "sum", "max", "argmax", "if"):
        value, there = evaluate(tree, axes, read)
        return None if not there else 1 if kind == "if" else float(value)
    start = 2 if kind == "fn" else 1
    rest = tree[start:]
    if kind == "*":
        rest = [part for part in rest if not (isinstance(part, list) and part[0] == "if")] or [1]
    parts = [_valued(part, axes, read) for part in rest]
    if kind == "+":
        parts = [part for part in parts if part is not None]
    if None in parts or not parts:
        return None
    return parts[0] if kind in "+*" and len(parts) == 1 else [*tree[:start], *parts]
