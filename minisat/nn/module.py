"""Parameter and Module: what every layer is made of.

The contract: `y, cache = layer.forward(x)` and `dx = layer.backward(dy, cache)`. The cache is returned, never
kept, so one layer can be called many times; backward adds to `parameter.grad` and returns the rest.
"""

import inspect

from minisat.backend import get_array_module, to_device
from minisat.errors import UserError


class Parameter:
    """An array that learning changes, beside the gradient of the loss with respect to it (same shape)."""

    def __init__(self, data):
        self.data = data
        self.grad = get_array_module(data).zeros(data.shape, dtype=data.dtype)

    @property
    def shape(self):
        """The shape of the data."""
        return self.data.shape

    def convert(self, function):
        """Replace data and gradient by `function` of them (another dtype, another device)."""
        self.data, self.grad = function(self.data), function(self.grad)


class Buffer:
    """An array that belongs to the model's state but not to its gradients (BatchNorm's statistics)."""

    def __init__(self, data):
        self.data = data

    @property
    def shape(self):
        """The shape of the data."""
        return self.data.shape

    def convert(self, function):
        """Replace the data by `function` of it; integers (ids) stay integers."""
        converted = function(self.data)
        self.data = converted if self.data.dtype.kind == "f" else converted.astype(self.data.dtype)


class Module:
    """A layer, or layers put together.

    A subclass writes `forward(self, *inputs) → (outputs, cache)` and `backward(self, *upstream, cache) →
    input gradients`. Stochastic layers take `rng=None` and the drawn noise by name. Parameters, buffers
    and submodules (also in lists) are found in the order in which they were assigned.
    """

    training = True
    takes_rng = False

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        if "forward" in vars(cls):
            cls.takes_rng = "rng" in inspect.signature(cls.forward).parameters

    def __call__(self, *inputs, **noise):
        """The outputs alone: inference, the cache is dropped."""
        return self.forward(*inputs, **noise)[0]

    def _members(self, kind, prefix, seen):
        for name, value in vars(self).items():
            entries = [(name, value)]
            if isinstance(value, (list, tuple)):
                entries = [(f"{name}.{i}", entry) for i, entry in enumerate(value)]
            for path, entry in entries:
                if id(entry) in seen:
                    continue
                if isinstance(entry, (kind, Module)):
                    seen.add(id(entry))
                if isinstance(entry, kind):
                    yield prefix + path, entry
                if isinstance(entry, Module):
                    yield from entry._members(kind, f"{prefix}{path}.", seen)

    def named_parameters(self):
        """(dotted name, Parameter) pairs, each object once, in order of assignment."""
        return self._members(Parameter, "", set())

    def named_buffers(self):
        """(dotted name, Buffer) pairs, each object once."""
        return self._members(Buffer, "", set())

    def named_modules(self):
        """(dotted name, Module) pairs of every module inside, each object once; not this one itself."""
        return self._members(Module, "", set())

    def parameters(self):
        """The parameters in order."""
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self):
        """Set every parameter's gradient to zero, in place."""
        for parameter in self.parameters():
            parameter.grad[...] = 0

    def train(self, mode=True):
        """Switch this module and all inside to training mode (or to evaluation). Returns itself."""
        for module in (self, *(m for _, m in self.named_modules())):
            module.training = mode
        return self

    def eval(self):
        """Switch this module and all inside to evaluation mode. Returns itself."""
        return self.train(False)

    def _convert(self, function):
        for _, member in (*self.named_parameters(), *self.named_buffers()):
            member.convert(function)
        return self

    def astype(self, dtype):
        """Compute in `dtype` from now on (float64 for gradient checks). Returns itself."""
        return self._convert(lambda x: x.astype(dtype))

    def to(self, device):
        """Move every parameter and buffer to "cpu" or "cuda". Returns itself."""
        return self._convert(lambda x: to_device(x, device))

    def state_dict(self):
        """{dotted name: array} of all parameters and buffers; the arrays themselves, not copies."""
        return {name: member.data for name, member in (*self.named_parameters(), *self.named_buffers())}

    def load_state_dict(self, state):
        """Copy {dotted name: array} into this module, in place.

        UserError when a name is missing or unexpected or a shape differs; nothing is changed then.
        """
        own = self.state_dict()
        problems = [f"{name} is missing" for name in own if name not in state]
        problems += [f"{name} is unexpected" for name in state if name not in own]
        problems += [f"{name} has shape {tuple(state[name].shape)} instead of {tuple(own[name].shape)}"
                     for name in own if name in state and tuple(state[name].shape) != tuple(own[name].shape)]
        if problems:
            more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
            raise UserError("The weights do not fit the model: " + "; ".join(problems[:5]) + more + ".")
        for name, array in own.items():
            array[...] = get_array_module(array).asarray(state[name])


def commit_statistics(cache):
    """Take over what a training forward pass measured: BatchNorm's new running statistics.

    Forward passes are pure; they only propose, in a cache field `updates` of (Buffer, new array) pairs.
    The trainer calls this once per step with the outermost cache.
    """
    if isinstance(cache, (tuple, list)):
        for buffer, value in getattr(cache, "updates", ()):
            buffer.data[...] = value
        for entry in cache:
            commit_statistics(entry)
