"""Tied weights: one matrix in two layers, in the second of them transposed."""


class Transposed:
    """What stands in a layer's place for W when it shares another's Parameter: the same numbers, rows as columns.

    It has no array of its own. Gradients land in the parameter's, where those of both uses add up; a model finds,
    saves and updates the parameter once, under the name of the layer that has it.
    """

    def __init__(self, parameter):
        self.parameter = parameter

    @property
    def data(self):
        """The parameter's data, transposed; a view."""
        return self.parameter.data.T

    @property
    def grad(self):
        """The parameter's gradient, transposed; a view."""
        return self.parameter.grad.T

    @grad.setter
    def grad(self, view):  # `grad += x` ends with it
        self.parameter.grad = view.T

    @property
    def shape(self):
        """The shape of the data."""
        return self.data.shape
