"""Photos by row: kept in memory or read each time, the numbers are the same."""

import numpy as np
import pytest

from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.vision import PhotoInputs, Preprocessing


def test_memory_or_not(squares):
    """Rows come in the order asked for, repeats included, as float32, close to the preprocessing's own numbers."""
    paths = [photo.path for photo in read_dataset(squares).photos]
    preprocessing = Preprocessing(32, (0.5, 0.5, 0.5), (0.25, 0.25, 0.25))
    kept, read = PhotoInputs(paths, preprocessing), PhotoInputs(paths, preprocessing, memory=0)
    rows = np.array([5, 0, 5])
    photos = kept.gather(rows)
    assert photos.shape == (3, 3, 32, 32) and photos.dtype == np.float32
    assert np.array_equal(photos, read.gather(rows)) and np.array_equal(photos[0], photos[2])
    np.testing.assert_allclose(photos[1], preprocessing.load(paths[0]), atol=2e-3)


def test_missing_photo_is_named(tmp_path):
    """One sentence with the file's name."""
    with pytest.raises(UserError, match="gone.png"):
        PhotoInputs([tmp_path / "gone.png"], Preprocessing())
