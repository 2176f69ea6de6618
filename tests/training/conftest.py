"""The tiny data set and its feature store."""

from squares import squares, store

__all__ = ["squares", "store"]
