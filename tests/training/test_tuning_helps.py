"""Fine-tuning pays: on the toy world the last block of a random network, tuned, beats as many steps more without it."""

import pytest

from minisat.captioner import Recipe, read_recipe
from minisat.data import read_dataset
from minisat.data.toy_world import ToyWorld, write_flickr8k
from minisat.training import Run, assemble
from minisat.vision import View, build, extract_grids


@pytest.mark.slow
def test_tuning_the_last_block_beats_going_on_without(tmp_path):
    """With the demo's scenes and recipe dev BLEU-4 goes from 46 to 54 by training on, to 74 with the block tuned."""
    write_flickr8k(tmp_path / "data", ToyWorld(0), {"train": 2500, "dev": 100})
    data = read_dataset(tmp_path / "data")
    outs = {grid: tmp_path / grid for grid in ("conv3.2", "conv4")}
    extract_grids(data.photos, build("toy_cnn", rng=0), outs)

    def bleu_4(name, view, start=None, **changes):
        trainer, _ = assemble(data, tmp_path / name, Recipe(**read_recipe("demo") | changes), view, start)
        trainer.fit()
        return max(line["bleu_4"] for line in Run.open(tmp_path / name).metrics() if line["kind"] == "epoch")

    on_features, rates = View.of_store(outs["conv4"]), {"learning_rate": 1e-3, "encoder_learning_rate": 1e-3}
    frozen = bleu_4("frozen", on_features)
    start = tmp_path / "frozen"
    further = bleu_4("further", on_features, start, **rates)
    tuned = bleu_4("tuned", View.behind_store(outs["conv3.2"], "1"), start, **rates)
    assert frozen < further and tuned > further + 0.1
