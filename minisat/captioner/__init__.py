"""The captioners and how they decode."""
