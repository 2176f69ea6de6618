"""A learner's own layers at work: the backward passes of solved exercises, in the place of minisat's."""

from collections import Counter
from typing import NamedTuple

import numpy as np

from minisat.nn import Linear, Module, Parameter
from minisat.teaching.exercises import check_exercise, load


class Layer(NamedTuple):
    """A class of a solved exercise, and the one of minisat's that it stands for."""

    cls: type
    instead_of: type
    number: int  # of the lesson


def own_layers(lessons, desk):
    """([Layer], [Lesson]): the layers of all solved exercises, and lessons that were solved and no longer are.

    Of two layers that stand for the same one the first lesson's is taken.
    """
    found, broken = {}, []
    for lesson in lessons:
        if not desk.has_solved(lesson):
            continue
        path = desk.exercise(lesson)
        if not check_exercise(lesson, path).ok:
            broken.append(lesson)
            continue
        for cls in vars(load(path, "exercise")).values():
            if isinstance(cls, type) and issubclass(cls, Module) and cls.__module__ == "exercise":
                found.setdefault(cls.__mro__[1], Layer(cls, cls.__mro__[1], lesson.number))
    return list(found.values()), broken


def put_in(objective, layers):
    """`objective`, a training objective, as layer calls instead of a fast twin, and with the `layers` in their places.

    Returns it and two dicts, {Layer: how many modules it now is} and {name of minisat's class: how many have stayed}.
    Weights stay as they are: a layer of the learner's has the forward pass and the arrays of minisat's.
    """
    objective = objective.reference()
    theirs, ours, own = {layer.instead_of: layer for layer in layers}, Counter(), Counter()
    for _, module in objective.named_modules():
        if layer := theirs.get(type(module)):
            module.__class__ = _fitted(layer.cls, module)
            own[layer] += 1
        elif "backward" in vars(type(module)):
            ours[type(module).__name__] += 1
    return objective, dict(own), dict(ours)


def _fitted(cls, module):
    """The learner's class as `module` needs it: exercises are about layers with a bias, Linear's about rows (N, D_in).

    Without a bias the layer gets one on the way back, whose gradient nobody asks for.
    """
    rows, bare = issubclass(cls, Linear), getattr(module, "b", True) is None
    if not (rows or bare):
        return cls

    class Fitted(cls):
        def backward(self, dy, cache):
            shape = cache[0].shape
            if rows:
                dy, cache = dy.reshape(-1, dy.shape[-1]), cache._replace(x=cache.x.reshape(-1, shape[-1]))
            if bare:
                self.b = Parameter(np.zeros(dy.shape[1], dy.dtype))
            try:
                return super().backward(dy, cache).reshape(shape)
            finally:
                if bare:
                    self.b = None
    return Fitted


def described(own, ours):
    """Whose the layers are, as a text of a few lines."""
    lines = [f"  yours      {layer.cls.__name__:<12} for {layer.instead_of.__name__:<17} (lesson {layer.number}; "
             f"{count} of them)" for layer, count in sorted(own.items(), key=lambda each: each[0].number)]
    return "\n".join([*lines, f"  minisat's  {', '.join(sorted(ours))}"])
