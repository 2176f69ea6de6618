"""Pretrained weights: read from safetensors and torch files, recognised, checked, converted, downloaded.

No file is trusted: nothing in it is ever executed, and sizes are held against the file before memory is taken.
"""

from minisat.files import file_hash
from minisat.vision.weights.reading import Checkpoint, load_weights, read_checkpoint, read_weights

__all__ = ["Checkpoint", "file_hash", "load_weights", "read_checkpoint", "read_weights"]
