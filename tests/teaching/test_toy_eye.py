"""The toy eye: it learns to name single things, and its weights are a file as pretrained ones are."""

import numpy as np

from minisat.teaching.toy_eye import NamingEye, single_things
from minisat.vision import build, load_weights
from minisat.vision.weights.checking import check_weights


def test_it_learns_to_name_things_that_it_has_not_seen():
    """Guessing gets one kind in eight and one colour in six."""
    eye = NamingEye().learn(40)
    pictures, names = single_things(60, seed=1)
    kinds, colours = (eye.names(eye.look(pictures)) == names).mean(axis=0)
    assert kinds > 0.3 and colours > 0.6


def test_its_weights_fit_and_load(tmp_path):
    """The encoder alone, under the names of a weights file: what it sees is what it saw, up to float32."""
    eye, path = NamingEye().learn(1), tmp_path / "eye.safetensors"
    eye.save(path)
    report = check_weights(path, "toy_cnn")
    assert report.fits
    pictures, _ = single_things(2, seed=0)
    other = load_weights(build("toy_cnn"), path).eval()
    images = other.preprocessing.normalise(pictures)
    np.testing.assert_allclose(other(images), eye.look(pictures), atol=1e-4)
