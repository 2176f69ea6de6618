"""Data sets: readers, checks, the toy world and batches."""

from minisat.data.batches import CaptionBatch, LengthBuckets
from minisat.data.check import DataReport, check_dataset, leaks
from minisat.data.dataset import Dataset, Photo, read_dataset
from minisat.data.readers import is_caption_file

__all__ = ["CaptionBatch", "DataReport", "Dataset", "LengthBuckets", "Photo", "check_dataset", "is_caption_file",
           "leaks", "read_dataset"]
