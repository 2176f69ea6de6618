"""A data set of a few small photos, a feature store of it, and untrained runs that caption it."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from minisat.captioner import Recipe
from minisat.data import read_dataset
from minisat.text import SPECIALS, Vocabulary
from minisat.training import Run, RunConfig, build_model, save_checkpoint
from minisat.vision import View, build, extract

WORDS = "a red blue green ball box above left of the".split()


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """folder, data, store, and runs: `soft` and `told` (Show and Tell) from features, `along` from photos."""
    folder = tmp_path_factory.mktemp("tiny")
    rng = np.random.default_rng(0)
    photos = folder / "data" / "Images"
    photos.mkdir(parents=True)
    lines = ["image,caption"]
    for i in range(20):
        pixels = rng.integers(0, 256, (5, 7, 3), dtype=np.uint8)
        Image.fromarray(pixels).resize((90, 70), Image.Resampling.BICUBIC).save(photos / f"{i:02}.jpg")
        lines += [f"{i:02}.jpg,{' '.join(rng.choice(WORDS, 6))} ." for _ in range(2)]
    (folder / "data" / "captions.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    data = read_dataset(folder / "data")
    store = extract(data.photos, build("toy_cnn", rng=0), folder / "store")

    def make(name, inputs, model="soft-attention"):
        recipe = Recipe(model=model, embedding_size=8, hidden_size=8, attention_size=8, max_words=7)
        view = View.of_store(folder / "store") if inputs == "features" else View.of_photos("toy_cnn")
        config = RunConfig(view, recipe, len(SPECIALS) + len(WORDS), store.scale, str(folder / "data"), None)
        run = Run.create(folder / name, config, Vocabulary([*SPECIALS, *WORDS]))
        network = build_model(config)
        output = network.captioner.L_o if model == "soft-attention" else network.captioner.W_o
        output.W.data *= 30  # fresh weights have no opinion
        save_checkpoint(run.best, network.state_dict(), {})
        return str(run.folder)

    return SimpleNamespace(folder=folder, data=str(folder / "data"), photos=photos, store=str(folder / "store"),
                           dev=[photo.name for photo in data.split("dev")], soft=make("soft", "features"),
                           told=make("told", "features", "show-and-tell"), along=make("along", "photos"))
