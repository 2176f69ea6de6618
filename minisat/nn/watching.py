"""Watch the calls of layers from outside, for a while: the layers know nothing of it."""

from contextlib import contextmanager


def paths(*roots):
    """(dotted path, module) of the roots, which go by their class, and of every module inside; each object once."""
    seen = set()
    for root in roots:
        for path, module in ((type(root).__name__, root), *root.named_modules()):
            if id(module) not in seen:
                seen.add(id(module))
                yield path, module


@contextmanager
def watched(wrap, *roots):
    """While the `with` block runs, wrap(method, path, module, phase) stands in for each forward and backward.

    It gives what is called in the place of `method`; `phase` says which pass that is. Afterwards every module is
    as it was found, also when an exception ends the block.
    """
    undo = []
    try:
        for path, module in paths(*roots):
            for phase in ("forward", "backward"):
                before = vars(module).get(phase)
                setattr(module, phase, wrap(getattr(module, phase), path, module, phase))
                undo.append((module, phase, before))
        yield
    finally:
        for module, phase, before in undo:
            if before is None:
                delattr(module, phase)
            else:
                setattr(module, phase, before)
