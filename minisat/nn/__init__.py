"""The layers: one idea per file, each forward pass beside its backward pass."""

from minisat.nn.linear import Linear
from minisat.nn.module import Buffer, Module, Parameter, commit_statistics

__all__ = ["Buffer", "Linear", "Module", "Parameter", "commit_statistics"]
