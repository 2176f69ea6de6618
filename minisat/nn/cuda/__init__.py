"""The GPU's twins of layers, equal to their readable references; importing them puts them in their place."""

from minisat.nn.cuda import activations, depthwise, lstm

__all__ = ["activations", "depthwise", "lstm"]
