"""The tiny data sets, a feature store, and runs of captioners that were never trained."""

from squares import squares, store
from tiny_runs import tiny

__all__ = ["squares", "store", "tiny"]
