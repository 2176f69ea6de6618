"""Weights under torchvision's names and layouts: the one place that knows them."""

from typing import NamedTuple

from minisat.backend import get_array_module
from minisat.errors import UserError
from minisat.nn.module import Buffer, Module, Parameter
from minisat.vision.encoders.transform_input import TransformInput
from minisat.vision.soundness import check_sound

_FOREIGN = {"W": "weight", "b": "bias", "gamma": "weight", "beta": "bias"}  # the last part of our names → of theirs
_CLASSIFIERS = ("classifier.", "fc.")  # how the names of a classifier's weights begin


class Misfits(NamedTuple):
    """In what a set of weights differs from an encoder's own."""

    missing: list     # names
    unexpected: list  # names
    misshapen: list   # (name, the shape it has, the shape it should have)


class TorchvisionWeights(Module):
    """A Module whose members are assigned under torchvision's names, so that its pretrained files can be loaded."""

    name = ""
    head = ()             # the classifier's layers, in their order; empty when built without
    auxiliary_names = ()  # how the names of weights begin that only torchvision's training uses

    def torchvision_state(self):
        """{torchvision's name: array} in torchvision's order and layouts (linear layers there are (out, in)).

        The arrays are views: writing to them changes the weights.
        """
        state = {}
        for path, module in self.named_modules():
            parts = [part for part in path.split(".") if part != "layers"]   # Sequential's list has no name there
            for last, member in vars(module).items():
                if isinstance(member, (Parameter, Buffer)) and not isinstance(module, TransformInput):
                    array = member.data.T if last == "W" and len(member.data.shape) == 2 else member.data
                    state[".".join((*parts, _FOREIGN.get(last, last)))] = array
        return state

    def misfits(self, state):
        """How {torchvision's name: anything with a shape} differs from this encoder's own weights: Misfits.

        Auxiliary classifiers and BatchNorm's counters are no misfits, nor is a classifier's weight where the encoder
        was built without.
        """
        own = self.torchvision_state()
        skipped = (*self.auxiliary_names, *(() if self.head else _CLASSIFIERS))
        return Misfits(
            [name for name in own if name not in state],
            [name for name in state if name not in own and not name.startswith(skipped)
             and not name.endswith("num_batches_tracked")],
            [(name, tuple(state[name].shape), tuple(array.shape)) for name, array in own.items()
             if name in state and tuple(state[name].shape) != tuple(array.shape)])

    def load_state_dict(self, state):
        """Take over weights under torchvision's names and layouts.

        UserError naming what is missing, unexpected or misshapen (`misfits`); nothing is changed then.
        """
        missing, unexpected, misshapen = self.misfits(state)
        problems = [f"{name} is missing" for name in missing] + [f"{name} is unexpected" for name in unexpected]
        problems += [f"{name} has shape {shape} instead of {wanted}" for name, shape, wanted in misshapen]
        if problems:
            more = f" (and {len(problems) - 5} more)" if len(problems) > 5 else ""
            raise UserError(f"These are not the weights of {self.name}: {'; '.join(problems[:5])}{more}.")
        for name, array in self.torchvision_state().items():
            array[...] = get_array_module(array).asarray(state[name])

    def load_pretrained(self, state):
        """`load_state_dict` for weights that were trained on ImageNet: what they expect of the input is switched on.

        (See TransformInput; a choice made at construction stays.) UserError also for weights that no trained network
        has (`soundness.unsound`); nothing is changed then.
        """
        own = self.torchvision_state()
        check_sound({name: array for name, array in state.items() if name in own})
        self.load_state_dict(state)
        for _, module in self.named_modules():
            if isinstance(module, TransformInput):
                module.follow_pretrained()
