"""What stays as it is while other layers learn: a frozen array is part of the model's state and of nothing else."""

from minisat.nn.module import Buffer, Parameter


class Frozen(Buffer):
    """An array that was a parameter or a statistic, and that training leaves alone, bit for bit."""


def freeze(module, kind=(Parameter, Buffer)):
    """Make every array of `kind` inside `module` a Frozen one, under its name; returns the module.

    A frozen parameter has no gradient, so no optimiser, weight decay or clipping sees it, and `backward` cannot be
    called on its layer. With `kind=Buffer` only the statistics are frozen: BatchNorm2d then normalises by the
    running ones in training too and keeps them, while gamma and beta learn.
    """
    for inner in (module, *(inner for _, inner in module.named_modules())):
        for name, value in vars(inner).items():
            if isinstance(value, kind):
                setattr(inner, name, Frozen(value.data))
    return module
