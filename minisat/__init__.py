"""minisat: Show, Attend and Tell that you can read, from nothing but arrays."""

__version__ = "0.1.0"
