"""Data sets: readers, checks, the toy world and batches."""
