"""The package from Python: the README's lines run, and what they give is what the command line gives."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import minisat
from minisat.cli.main import main
from minisat.errors import UserError
from minisat.trained import Decoding

README = Path(__file__).resolve().parents[2] / "README.md"
SMALL = {"embedding_size": 8, "hidden_size": 12, "attention_size": 6, "min_count": 1, "beam": 1, "batch_size": 16,
         "epochs": 1, "warmup_steps": 2}


@pytest.fixture
def photo(tiny):
    """A photo's path."""
    return sorted(tiny.photos.iterdir())[3]


def test_the_readme_s_lines_run(tiny, photo, tmp_path, monkeypatch, capsys):
    """From photo to caption to attention picture, word for word as they stand there."""
    block, = re.findall(r"```python\n(import math\n\nimport minisat\n.*?)```", README.read_text(encoding="utf-8"), re.S)
    shutil.copytree(tiny.soft, tmp_path / "runs" / "first")
    shutil.copy(photo, tmp_path / "dog.jpg")
    monkeypatch.chdir(tmp_path)
    exec(compile(block, "README.md", "exec"), {})
    assert Image.open("dog-looks.png").width > 200 and " p = " in capsys.readouterr().out


def test_a_caption_is_that_of_the_command_line(tiny, photo, capsys):
    """Words, log-probabilities, looks and the n best: `caption --json` and `captioner.caption` agree."""
    caption = minisat.load(tiny.soft, device="cpu").caption(photo, beam=3, n_best=2)
    assert main(["caption", tiny.soft, str(photo), "--beam", "3", "--n-best", "2", "--json", "--device", "cpu"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert str(caption) == told["caption"] and [text for text, _ in caption.n_best] == [
        one["caption"] for one in told["n_best"]]
    np.testing.assert_allclose(caption.logprobs, [word["logprob"] for word in told["words"]], rtol=1e-6)
    np.testing.assert_allclose(caption.attention.reshape(len(caption.words), -1),
                               [word["alpha"] for word in told["words"]], atol=1e-6)
    np.testing.assert_allclose(caption.attention.sum(axis=(1, 2)), 1, rtol=1e-5)


def test_looks_lie_over_the_photo_where_the_cells_lie(tiny, photo):
    """A look at one cell alone peaks, in pixels, at that cell's middle."""
    captioner = minisat.load(tiny.soft, device="cpu")
    caption = captioner.caption(photo)
    best = caption.said[0]
    alphas = np.zeros_like(best.alphas)
    alphas[:, 3 * 8 + 5] = 1  # third row, fifth column, from zero
    over = caption._replace(said=(best._replace(alphas=alphas),)).over_photo()
    assert over.shape == (len(caption.words), *caption.photo.size[::-1])
    row, column = np.unravel_index(over[0].argmax(), over[0].shape)
    down, across = captioner.cells
    assert abs(row - down.middles()[3]) <= 1 and abs(column - across.middles()[5]) <= 1


def test_a_captioner_without_attention(tiny, photo, tmp_path):
    """Show and Tell speaks too; it has no looks, and drawing shows the photo alone."""
    caption = minisat.load(tiny.told, device="cpu").caption(Image.open(photo))
    assert caption.words and caption.attention is None and caption.betas is None and caption.over_photo() is None
    caption.draw(tmp_path / "told.png")
    assert (tmp_path / "told.png").exists()


def test_features_then_train_then_evaluate(squares, tmp_path):
    """A store, a run and scores from Python; a second training there is refused, and goes on when asked to."""
    store = minisat.features(squares, tmp_path / "store", "toy_cnn_v2", device="cpu")
    assert store.shape == (64, 66)
    captioner = minisat.train(squares, tmp_path / "run", features=tmp_path / "store", device="cpu", **SMALL)
    found = captioner.evaluate(squares, "dev", Decoding(beam=2))
    assert found.scores["images"] == 6 and set(found.texts) == {photo.name for photo in found.photos}
    with pytest.raises(UserError, match="already holds a run"):
        minisat.train(squares, tmp_path / "run", features=tmp_path / "store", device="cpu", **SMALL)
    again = minisat.train(squares, tmp_path / "run", resume=True, device="cpu")
    assert again.recipe == captioner.recipe


def test_mistakes_are_one_sentence(squares, tmp_path):
    with pytest.raises(UserError, match="holds no run"):
        minisat.load(tmp_path)
    with pytest.raises(UserError, match="no hiden_size"):
        minisat.train(squares, tmp_path / "run", encoder="toy_cnn_v2", hiden_size=3)
    with pytest.raises(UserError, match="no encoder 'vgg'"):
        minisat.features(squares, tmp_path / "store", "vgg")
    with pytest.raises(AttributeError, match="no attribute 'lode'"):
        minisat.lode  # noqa: B018


def test_the_door_is_light():
    """`import minisat` brings in nothing of the package; help and completion find what it offers."""
    code = ("import sys, minisat; assert {'load', 'train', 'features', 'gradcheck'} <= set(dir(minisat)); "
            "print(sorted(name for name in sys.modules if name.startswith('minisat.') or name == 'numpy'))")
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
    for name in ("load", "train", "features"):
        assert len(getattr(minisat, name).__doc__) > 400
