"""The whole thing on one page: its backward pass is right, it learns, and its picture shows what it said."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from minisat import gradcheck

PAGE = Path(__file__).resolve().parents[2] / "lessons" / "whole.py"


@pytest.fixture(scope="module")
def whole():
    """lessons/whole.py as a module."""
    specification = importlib.util.spec_from_file_location("whole", PAGE)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def check(captioner):
    """The Report on captioner: two pictures of 16² pixels, so four places, three words each."""
    rng = np.random.default_rng(1)
    return gradcheck.check(captioner, rng.standard_normal((2, 3, 16, 16)), rng.integers(7, size=(2, 3)), directions=2)


def test_backward(whole):
    """From the loss through time and through the eye: every gradient equals the numeric one."""
    check(whole.Captioner(7, np.random.default_rng(0))).assert_ok()


def test_a_forgotten_gradient_is_noticed(whole):
    """What was seen is used twice, in the memory and in the word said; counted once, the check fails."""
    class Forgetful(whole.Captioner):
        def step_back(self, dlogits, dstate, caches):
            score, softmax, look, join, memory, join_both, say = caches
            dh, _ = self.join.backward(self.say.backward(dlogits, say), join_both)
            dx, dstate = self.memory.backward((dstate[0] + dh, dstate[1]), memory)
            dword, dseen = self.join.backward(dx, join)
            dalpha, dfeatures = self.look.backward(dseen, look)
            dkeys, dh_asked = self.score.backward(self.softmax.backward(dalpha, softmax), score)
            return dword, dfeatures, dkeys, (dstate[0] + dh_asked, dstate[1])

    assert not check(Forgetful(7, np.random.default_rng(0))).ok


def test_it_learns_and_draws(whole, tmp_path, capsys):
    """Sixty steps take a nat and a half off the surprise; the last caption is drawn, a panel for each word."""
    pictures, captions, words = whole.read("train", 60)
    assert pictures.shape == (60, 3, 64, 64) and abs(pictures).max() <= 1 and captions.max() == len(words) - 1
    losses = whole.learn(whole.Captioner(len(words), np.random.default_rng(0)), pictures, captions, 60)
    assert losses[0] > np.log(len(words)) - 0.3 and np.mean(losses[-5:]) < losses[0] - 1.5

    whole.main(2, 20, tmp_path / "whole.png")
    said = capsys.readouterr().out.split("\n")[-3].split("a person:")[0].split()
    with Image.open(tmp_path / "whole.png") as drawn:
        assert drawn.width == round(1.5 * 110 * (len(said) + 1))
