"""The source lines behind a call, with the formulas that stand in them."""

import inspect
from pathlib import Path

import minisat

HOME = Path(minisat.__file__).resolve().parent.parent


def source_of(module, phase):
    """{"file", "line", "about", "code": [lines], "formulas": [places in code], "helpers": [the same]} of one pass.

    `about` is the class's docstring. The functions of the package that the pass calls by name follow as helpers
    (a convolution's correlation): much of the mathematics is there. Of what has a twin, the reference is shown. A
    layer that is made of somebody's functions says which in `written`. None where there is no source, as in a plain
    closure.
    """
    method = getattr(module, "written", {}).get(phase) or getattr(type(module), phase)
    try:
        found = _lines(method)
    except (OSError, TypeError):
        return None
    found["about"] = inspect.cleandoc(type(module).__doc__ or "")
    found["helpers"] = []
    for name in inspect.unwrap(method).__code__.co_names:
        function = inspect.unwrap(inspect.unwrap(method).__globals__.get(name, int))
        if inspect.isfunction(function) and (function.__module__ or "").startswith("minisat.") \
                and not function.__module__.startswith("minisat.backend"):
            found["helpers"].append(_lines(function))
    return found


def ran(call, source):
    """Which of a source's helpers a Call ran: their places in the list."""
    codes = {(place(code.co_filename), code.co_firstlineno) for code in call.ran}
    return [i for i, helper in enumerate(source["helpers"] if source else ())
            if (helper["file"], helper["line"]) in codes]


def _lines(function):
    lines, first = inspect.getsourcelines(inspect.unwrap(function))
    margin = len(lines[0]) - len(lines[0].lstrip())
    code = [line.rstrip("\n")[margin:] for line in lines]
    return {"file": place(inspect.getsourcefile(inspect.unwrap(function))), "line": first, "code": code,
            "formulas": [i for i, line in enumerate(code) if is_formula(line)]}


def is_formula(line):
    """Whether a source line carries a formula: an implication, or an equation in its comment."""
    code, _, comment = line.partition("#")
    return "⇒" in line or bool(code.strip()) and any(sign in comment for sign in ("=", "∂", "Σ", "ᵀ"))


def place(path):
    """A source file, as seen from the folder that holds the package; another's by its name alone."""
    path = Path(path)
    return path.relative_to(HOME).as_posix() if path.is_relative_to(HOME) else path.name
