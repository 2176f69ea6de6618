"""Photos in, feature grids out: preprocessing, CNN encoders, pretrained weights, feature stores."""

from minisat.vision.cells import CellGrid, Cells
from minisat.vision.encoders import ENCODERS, Encoder, build, cells_of
from minisat.vision.extract import extract, extract_grids, features_of
from minisat.vision.fast_inference import fast_inference
from minisat.vision.folding import fold_batchnorm
from minisat.vision.photo_inputs import PhotoInputs
from minisat.vision.preprocess import Preprocessing, photo_size, read_photo
from minisat.vision.sight import Sight
from minisat.vision.store import FeatureStore, check_compatible
from minisat.vision.store_header import rows_done
from minisat.vision.tuning import tuned_blocks
from minisat.vision.view import View
from minisat.vision.weights import file_hash, load_weights, read_weights

__all__ = ["ENCODERS", "CellGrid", "Cells", "Encoder", "FeatureStore", "PhotoInputs", "Preprocessing", "Sight",
           "View", "build", "cells_of", "check_compatible", "extract", "extract_grids", "fast_inference",
           "features_of", "file_hash", "fold_batchnorm", "load_weights", "photo_size", "read_photo", "read_weights",
           "rows_done", "tuned_blocks"]
