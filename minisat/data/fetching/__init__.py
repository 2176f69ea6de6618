"""Data sets fetched from where they are published: terms first, every archive held against its hash, none left half."""

from minisat.data.fetching.catalogue import SOURCES, source
from minisat.data.fetching.fetch import fetch

__all__ = ["SOURCES", "fetch", "source"]
