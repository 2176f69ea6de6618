"""One contiguous buffer for all parameters and one for all gradients, of which the layers hold views."""

from minisat.backend import get_array_module

# Each parameter starts at a multiple of this many entries: matrix products like aligned memory, on the
# GPU above all. The entries between stay zero and change no norm and no update.
ALIGNMENT = 64


class FlatParameters:
    """The parameters of one group, laid end to end.

    `data` and `grad` are 1-D arrays of one dtype and one home; every `parameter.data` and `parameter.grad`
    becomes a view of them, so clipping and an update are a few passes over contiguous memory. Build it
    after `to` and `astype`, which would tear the views off again. ValueError when there are no parameters
    or when they differ in dtype.
    """

    def __init__(self, parameters):
        parameters = list(parameters)
        if not parameters:
            raise ValueError("A flat buffer needs at least one parameter.")
        first = parameters[0].data
        if any(parameter.data.dtype != first.dtype for parameter in parameters):
            raise ValueError("The parameters of one flat buffer must have one dtype.")
        starts, total = [], 0
        for parameter in parameters:
            starts.append(total)
            total += -(-parameter.data.size // ALIGNMENT) * ALIGNMENT
        xp = get_array_module(first)
        self.data, self.grad = xp.zeros(total, first.dtype), xp.zeros(total, first.dtype)
        for start, parameter in zip(starts, parameters):
            piece = slice(start, start + parameter.data.size)
            for flat, name in ((self.data, "data"), (self.grad, "grad")):
                view = flat[piece].reshape(parameter.shape)
                view[...] = getattr(parameter, name)
                setattr(parameter, name, view)

    def zero_grad(self):
        """Set every gradient to zero, in place."""
        self.grad[...] = 0

    def norm(self):
        """The Euclidean length of the whole gradient, a 0-d value that stays on its device."""
        return get_array_module(self.grad).sqrt(self.grad @ self.grad)
