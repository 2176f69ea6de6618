"""Hold a layer's or a whole model's analytic gradients against numeric ones.

    report = check(layer, x)     # print(report) shows a table; report.assert_ok() raises when it fails

The loss is L = Σ upstream · outputs with random upstream gradients. An entry's numeric gradient is the central
difference (L(w + h) - L(w - h)) / 2h in float64.
"""

import copy
import inspect
import time
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from minisat.backend import to_numpy
from minisat.nn import Module
from minisat.nn.nested import is_float, mapped, named_leaves

STEP = 1e-5              # h for one entry, times the tensor's root mean square where that exceeds 1
DIRECTION_STEP = 1e-4    # the same for the length of a step along a direction
SHRINK = (1, 1 / 8, 1 / 64, 1 / 512)  # smaller and smaller steps, to get away from a kink nearby
ROUNDING = 4 * np.finfo(float).eps  # of a loss, for each unit of the numbers that are summed in it
MOST_EXCLUDED = 0.1      # a tensor with a larger share of entries on kinks is not checked, so it fails
MOST_DIRECTIONS = 0.25   # the same for directions, which are few
SMALL = 600              # `check_case`: a case with more entries than this is checked along random directions


class TensorCheck(NamedTuple):
    """What was found for one tensor."""

    name: str
    shape: tuple
    probes: int       # entries or directions that were tried
    excluded: int     # of them, those left out because the loss has a kink there
    error: float      # ‖a - n‖ / max(‖a‖ + ‖n‖, 1e-4 · norm of all gradients)
    worst: str        # where a and n differ most: an index, or a direction
    analytic: float   # a there
    numeric: float    # n there


@dataclass
class Report:
    """The outcome of a check. `ok`, `worst` (a TensorCheck or None), `problems` (sentences), and a table by `str`."""

    name: str
    tolerance: float
    tensors: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    seconds: float = 0.0
    exception: Exception | None = None
    slopes: dict = field(default_factory=dict)  # of each tensor checked entry by entry: (analytic, numeric), its shape

    @property
    def ok(self):
        """Whether every tensor's error is below the tolerance and nothing else is wrong."""
        return not self.problems and all(tensor.error < self.tolerance for tensor in self.tensors)

    @property
    def worst(self):
        """The tensor with the largest error; None when no tensor was checked."""
        return max(self.tensors, key=lambda tensor: tensor.error, default=None)

    def explain(self):
        """One paragraph: why the check fails, or that it passes."""
        lines = list(self.problems)
        worst = self.worst
        if worst is not None and not worst.error < self.tolerance:
            lines.append(f"{worst.name} {worst.shape} has relative error {worst.error:.1e} (at most "
                         f"{self.tolerance:.0e}); worst at {worst.worst}, where backward says "
                         f"{worst.analytic:.6g} and the numbers say {worst.numeric:.6g}.")
        return f"{self.name}: " + (" ".join(lines) if lines else "all gradients agree.")

    def assert_ok(self):
        """Raise AssertionError, naming the worst tensor and index, unless the check passed. Returns itself."""
        if not self.ok:
            raise AssertionError(self.explain()) from self.exception
        return self

    def __str__(self):
        if not self.tensors:  # it ended before anything was compared
            return self.explain()
        width = max([len(tensor.name) for tensor in self.tensors] + [6])
        lines = [f"{'tensor':<{width}}  {'shape':<16} {'probes':>6} {'kinks':>5}  {'error':>7}  worst at"]
        for tensor in self.tensors:
            flag = "" if tensor.error < self.tolerance else "  WRONG"
            lines.append(f"{tensor.name:<{width}}  {str(tensor.shape):<16} {tensor.probes:>6} {tensor.excluded:>5}  "
                         f"{tensor.error:7.1e}  {tensor.worst}{flag}")
        return "\n".join([*lines, self.explain()])


def check(module, *inputs, rng=0, tolerance=1e-6, directions=None, noise=None, upstream=None):
    """Check every float input and every named parameter of `module`; returns a Report, raises nothing.

    `inputs` are arrays, integers ids, or tuples of them (a recurrent state); `noise` is passed to forward by
    name and has no gradient (a mask, frozen noise). A module that takes an `rng` gets one with the same seed in
    every call. The check runs on a float64 copy on the CPU: the module and the inputs stay as they are.

    `directions=K` perturbs each tensor along K random directions instead of entry by entry, so the cost does
    not grow with the number of parameters. `upstream` is nested like the outputs, instead of random gradients.

    It also checks that nothing is changed that must not be, that a second backward gives the same input
    gradients and doubles the parameters', and that no gradient is missing or too many.
    """
    started = time.perf_counter()
    report = Report(type(module).__name__, tolerance)
    rng = np.random.default_rng(rng)
    try:
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            _Check(report, module, inputs, noise or {}, rng, upstream).run(directions)
    except Exception as error:  # a broken layer may raise anything; assert_ok shows where
        report.exception = error
        report.problems.append(f"{type(error).__name__} was raised: {error}.")
    report.seconds = time.perf_counter() - started
    return report


def check_case(name, case, rng=0, tolerance=1e-6):
    """Check a registered case (see nn/cases.py): entry by entry when it is small, else along 4 directions."""
    module, inputs, noise = case(np.random.default_rng(rng))
    entries = sum(parameter.data.size for parameter in module.parameters())
    entries += sum(leaf.size for _, leaf in named_leaves(inputs) if _differentiable(leaf))
    directions = None if entries <= SMALL else 4
    report = check(module, *inputs, rng=rng, tolerance=tolerance, directions=directions, noise=noise)
    report.name = name
    return report


class _Check:
    """One run of `check`: the frozen function L, its analytic gradients, and the probes."""

    def __init__(self, report, module, inputs, noise, rng, upstream=None):
        self.report, self.rng = report, rng
        self.module = copy.deepcopy(module).astype("float64").to("cpu")
        self.inputs = mapped(_double, inputs)
        self.noise = mapped(_double, dict(noise))
        self.seed = int(rng.integers(2**32))
        self.parameters = list(self.module.named_parameters())
        self.upstream = mapped(_double, upstream)

    def forward(self):
        """Outputs and cache, with the same noise in every call."""
        rng = {"rng": np.random.default_rng(self.seed)} if self.module.takes_rng and "rng" not in self.noise else {}
        return self.module.forward(*self.inputs, **self.noise, **rng)

    def run(self, directions):
        """Fill in the report."""
        tensors = self.analytic()
        if not tensors and not self.report.problems:
            self.report.problems.append("There is nothing to check: no float input and no parameter.")
        if self.report.problems:
            return  # the numbers would mean nothing
        probes = [_Probes(self, *tensor, directions) for tensor in tensors]
        everything = max(_norm(np.concatenate([p.analytic for p in probes])),
                         _norm(np.concatenate([p.numeric for p in probes])))
        for tensor in probes:
            row = tensor.conclude(1e-4 * everything, self.report.tolerance)
            self.report.tensors.append(row)
            if directions is None:
                self.report.slopes[row.name] = tuple(x.reshape(row.shape) for x in (tensor.analytic, tensor.numeric))
            if row.excluded > tensor.most_excluded * row.probes:
                self.report.problems.append(f"{row.name}: {row.excluded} of {row.probes} numeric gradients sit on a "
                                            "kink, so they prove nothing; use other inputs.")

    def analytic(self):
        """[(name, values, gradient)] of all float inputs and parameters, after the checks of the contract."""
        problem = self.report.problems.append
        watched = {"inputs": self.inputs, "noise": self.noise, "module": self.module.state_dict()}
        before = copy.deepcopy(watched)
        outputs, cache = self.forward()
        if self.upstream is None:
            self.upstream = mapped(self.draw, outputs)
        if not all(np.isfinite(y).all() for _, y in named_leaves(outputs) if _differentiable(y)):
            problem("The outputs are not finite.")
        made = {"upstream": self.upstream, "cache": cache, "outputs": outputs}
        watched, before = {**watched, **made}, {**before, **copy.deepcopy(made)}
        again, _ = self.forward()
        if _changed(again, outputs, "outputs"):
            problem("Forward gives different outputs for the same input: it changes what it is given, or draws "
                    "noise that is not frozen (pass it by name, or take an rng).")
        self.module.zero_grad()
        gradients = self.module.backward(self.upstream, cache)
        first = copy.deepcopy((gradients, [parameter.grad for _, parameter in self.parameters]))
        gradients = self.module.backward(self.upstream, cache)
        changed = [place for name, value in watched.items() if (place := _changed(value, before[name], name))]
        for place in changed:
            problem(f"A pass changes {place}.")
        if changed:  # what a second backward says would only follow from that
            problem("What is handed to a pass is not its own: x = x + y makes a new array, x += y does not.")
        elif _changed(gradients, first[0], "gradients"):
            problem("A second backward gives other input gradients than the first.")
        for (name, parameter), grad in zip(self.parameters, first[1] if not changed else []):
            if not np.allclose(parameter.grad, 2 * grad, rtol=1e-9, atol=1e-12 * _norm(grad), equal_nan=True):
                problem(f"A second backward does not double the gradient of {name}: gradients must be added (+=).")
        return self.matched(first[0]) + [(name, parameter.data, grad)
                                         for (name, parameter), grad in zip(self.parameters, first[1])]

    def draw(self, output):
        """A random upstream gradient for one output; none for integers and None."""
        if not _differentiable(output):
            return None
        if np.ndim(output) == 0:
            return 0.5 + self.rng.random()  # a loss: a plain number, as in loss.backward(1.0, cache)
        return self.rng.standard_normal(output.shape)

    def matched(self, gradients):
        """[(name, input, gradient)] of the float inputs; problems when the gradients do not mirror the inputs."""
        problem = self.report.problems.append
        if len(self.inputs) == 1 and not (isinstance(gradients, tuple) and len(gradients) == 1):
            if not isinstance(gradients, tuple) or isinstance(self.inputs[0], tuple):
                gradients = (gradients,)
        elif not isinstance(gradients, tuple) and any(_differentiable(x) for _, x in named_leaves(self.inputs)):
            problem(f"Backward must return a tuple with one entry for each of {len(self.inputs)} inputs.")
            return []
        names, found = input_names(self.module, len(self.inputs)), []
        gradients = gradients if isinstance(gradients, tuple) else (None,) * len(self.inputs)
        if len(gradients) < len(self.inputs):
            problem(f"Backward returns {len(gradients)} gradients for {len(self.inputs)} inputs.")
        for name, value, gradient in zip(names, self.inputs, gradients):
            leaves, gradient_leaves = list(named_leaves(value, name)), list(named_leaves(gradient, name))
            if gradient is None:
                gradient_leaves = [(leaf, None) for leaf, _ in leaves]
            if len(leaves) != len(gradient_leaves):
                problem(f"The gradient of input {name} has {len(gradient_leaves)} parts instead of {len(leaves)}.")
                continue
            for (leaf, x), (_, dx) in zip(leaves, gradient_leaves):
                if not _differentiable(x):
                    if dx is not None:
                        problem(f"Input {leaf} has no gradient, so backward must return None for it.")
                elif dx is None:
                    problem(f"Backward returns None for input {leaf}, which has a gradient.")
                elif np.shape(dx) != x.shape:
                    problem(f"The gradient of input {leaf} has shape {np.shape(dx)} instead of {x.shape}.")
                else:
                    found.append((leaf, x, dx))
        return found

    def difference(self, after, before):
        """L(after) - L(before), summed entry by entry so that little cancels."""
        return sum(float(np.sum(u * (a - b))) for (_, u), (_, a), (_, b)
                   in zip(named_leaves(self.upstream), named_leaves(after), named_leaves(before)) if u is not None)

    def size(self, outputs):
        """Σ |upstream · outputs|: how large the numbers are that L is summed of."""
        return sum(float(np.sum(np.abs(u * y))) for (_, u), (_, y)
                   in zip(named_leaves(self.upstream), named_leaves(outputs)) if u is not None)


class _Probes:
    """Slopes of L along lines through one tensor, analytic and numeric: along its entries, or random directions."""

    def __init__(self, check, name, values, gradient, directions):
        self.check, self.name, self.values, self.base = check, name, values, values.copy()
        self.signs, self.most_excluded = None, MOST_EXCLUDED
        self.step = STEP * max(1.0, _norm(values) / max(values.size, 1) ** 0.5)
        if directions is None:
            self.analytic = np.array(gradient, float).reshape(-1)
        else:
            self.signs = check.rng.choice([-1.0, 1.0], (directions, *values.shape))  # E (v · a)² = ‖a‖²
            self.step *= DIRECTION_STEP / STEP / max(values.size, 1) ** 0.5
            self.most_excluded = MOST_DIRECTIONS
            self.analytic = np.array([(sign * gradient).sum() for sign in self.signs])
        self.numeric = np.array([self.slope(k) for k in range(len(self.analytic))])

    def label(self, k):
        """Where line k is, in words."""
        if self.signs is not None:
            return f"direction {k}"
        return str([int(i) for i in np.unravel_index(k, self.base.shape)])

    def outputs(self, k, offset):
        """The outputs with the tensor moved by `offset` along line k."""
        if self.signs is None:
            self.values[np.unravel_index(k, self.base.shape)] += offset
        else:
            self.values += offset * self.signs[k]
        outputs = copy.deepcopy(self.check.forward()[0])  # an output may be a view of what is moved
        self.values[...] = self.base
        return outputs

    def slope(self, k):
        """The central difference along line k."""
        return self.check.difference(self.outputs(k, self.step), self.outputs(k, -self.step)) / (2 * self.step)

    def refine(self, k, bound):
        """A numeric slope to within `bound` and True; or, where a has a right to differ, a slope and False.

        Where L is smooth, slopes at two steps agree, and those to the right and to the left differ by h L''. Near a
        kink the steps disagree until it is outside; on a kink, right and left differ for good, and a may be anything
        between them. All this up to what rounding makes of a slope, which grows as the step shrinks.
        """
        centre, slope, gap = self.outputs(k, 0.0), np.inf, np.inf
        rounding = ROUNDING * self.check.size(centre)
        for h in (self.step * shrink for shrink in SHRINK):
            before, gap_before = slope, gap
            right = self.check.difference(self.outputs(k, h), centre) / h
            left = self.check.difference(centre, self.outputs(k, -h)) / h
            slope, gap = (right + left) / 2, abs(right - left)
            slack = bound + rounding / h
            if abs(slope - before) <= slack and gap <= max(slack, gap_before / 2):
                return before, True
        return slope, not min(left, right) - slack <= self.analytic[k] <= max(left, right) + slack

    def conclude(self, floor, tolerance):
        """The tensor's row in the report; slopes that disagree are measured again, away from kinks."""
        analytic, numeric = self.analytic, self.numeric
        kept = np.ones(len(analytic), bool)
        bound = 0.1 * tolerance * max(_norm(analytic) + _norm(numeric), floor)
        if not _norm(analytic - numeric) <= bound:
            each = bound / len(analytic) ** 0.5
            for k in np.flatnonzero(~(np.abs(analytic - numeric) <= each)):
                numeric[k], kept[k] = self.refine(k, each)
        difference = np.where(kept, np.abs(analytic - numeric), 0.0)
        size = max(_norm(analytic[kept]) + _norm(numeric[kept]), floor)
        error = _norm(difference) / size if size > 0 else _norm(difference)
        worst = ("nowhere", 0.0, 0.0)
        if len(kept):
            k = int(np.argmax(difference))
            worst = self.label(k), float(analytic[k]), float(numeric[k])
        return TensorCheck(self.name, self.base.shape, len(kept), int((~kept).sum()), float(error), *worst)


def _norm(x):
    return float(np.sqrt(np.sum(np.square(x))))


def _differentiable(leaf):
    return isinstance(leaf, float) or is_float(leaf)


def _double(leaf):
    """A copy of an array or a float, float64 if it holds floats; other things as they are."""
    if not hasattr(leaf, "dtype") and not isinstance(leaf, float):
        return leaf
    array = to_numpy(leaf)
    return np.array(array, np.float64 if array.dtype.kind == "f" else array.dtype)


def _changed(a, b, name):
    """The dotted name of the first place where two nestings of arrays, numbers and plain objects differ, or None."""
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return None if np.array_equal(a, b, equal_nan=np.asarray(a).dtype.kind == "f") else name
    if isinstance(a, Module):
        return None  # its arrays are watched by name
    if isinstance(a, (tuple, list)):
        if len(a) != len(b):
            return name
        parts = zip(getattr(a, "_fields", range(len(a))), a, b)
    elif isinstance(a, dict):
        if a.keys() != b.keys():
            return name
        parts = ((key, value, b[key]) for key, value in a.items())
    elif hasattr(a, "__dict__"):
        return _changed(vars(a), vars(b), name)
    else:
        return None if a == b or a != a else name
    return next((place for part, x, y in parts if (place := _changed(x, y, f"{name}.{part}"))), None)


def input_names(module, count):
    """The names of forward's first `count` arguments, as its author wrote them."""
    names = []
    for parameter in inspect.signature(module.forward).parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            names += [f"{parameter.name}.{i}" for i in range(count - len(names))]
        else:
            names.append(parameter.name)
    return names[:count]
