"""`minisat compare`: two captions files or two evaluated runs, and what it refuses."""

import json

import numpy as np
import pytest

from minisat.cli.main import main
from minisat.evaluation import find_resources, score_captions
from minisat.files import write_json

THINGS, PLACES = ("dog", "cat", "bird", "fish"), ("house", "tree", "lake", "road", "hill")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two evaluated runs of 20 invented photos; the second says the right place, the first never does."""
    folder = tmp_path_factory.mktemp("runs")
    photos = [(f"{thing}-{place}", f"a small {thing} sleeps near the old {place}")
              for thing in THINGS for place in PLACES]
    references = {name: [text, text.replace("small", "little"), f"{text} today"] for name, text in photos}
    for run, captions in (("first", {name: text[:text.index("near")] + "under a wide sky" for name, text in photos}),
                          ("second", {name: text.replace("old", "red") for name, text in photos})):
        write_json(folder / run / "captions-dev.json", captions)
        write_json(folder / run / "references-dev.json", references)
    return folder


def compare(*arguments):
    return main(["compare", *map(str, arguments)])


def test_the_better_run_is_ahead_in_every_score(runs, capsys):
    assert compare(runs / "first", runs / "second", "--json", "--rounds", 200) == 0
    found = json.loads(capsys.readouterr().out)
    references = json.loads((runs / "first" / "references-dev.json").read_text())
    for place, key in (("first", "first"), ("second", "second")):
        captions = json.loads((runs / place / "captions-dev.json").read_text())
        scores = score_captions(captions, references, resources=find_resources())["corpus"]
        assert {name: one[key] for name, one in found["corpus"].items()} == pytest.approx(scores)
    for key in ("bleu_1", "bleu_4", "rouge_l", "cider_d"):
        one = found["corpus"][key]
        assert 0 < one["low"] <= one["difference"] + 1e-9 and one["difference"] <= one["high"] + 1e-9
        assert one["p_value"] == pytest.approx(1 / 201)
    gains = found["per_image"]["difference"]
    assert found["images"] == len(gains) == 20 and min(gains.values()) > 0
    assert np.mean(list(gains.values())) == pytest.approx(found["corpus"]["cider_d"]["difference"])


def test_the_table_names_photos_with_both_captions(runs, capsys):
    assert compare(runs / "second", runs / "first", "--photos", 2) == 0
    out = capsys.readouterr().out
    assert "BLEU-4" in out and "CIDEr-D" in out and "95 % interval" in out
    assert "The first is ahead by most" in out and "The second is ahead" not in out
    assert out.count("    first:  a small") == 2 and out.count("under a wide sky") == 2


def test_files_of_any_captioner_are_compared_and_the_seed_decides(runs, tmp_path, capsys):
    files = [runs / "first" / "captions-dev.json", runs / "second" / "captions-dev.json"]
    outputs = []
    for seed in (1, 1, 2):
        assert compare(*files, "--json", "--seed", seed, "--rounds", 50, "--tokenizer", "none") == 0
        outputs.append(capsys.readouterr().out)
    assert outputs[0] == outputs[1] != outputs[2]
    write_json(tmp_path / "mine.json", json.loads(files[0].read_text()))
    write_json(tmp_path / "truth.json", json.loads((runs / "first" / "references-dev.json").read_text()))
    assert compare(tmp_path / "mine.json", tmp_path / "mine.json", "--references", tmp_path / "truth.json") == 0
    assert "ahead" not in capsys.readouterr().out


def refused(capsys, *arguments):
    assert compare(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and len(captured.err.strip().splitlines()) == 1
    return captured.err


def test_mistakes_are_one_sentence(runs, tmp_path, capsys):
    assert "minisat evaluate" in refused(capsys, runs / "first", runs / "second", "--split", "test")
    assert "--rounds: must be at least 1" in refused(capsys, runs / "first", runs / "second", "--rounds", 0)
    write_json(tmp_path / "few.json", {"dog-house": "a dog"})
    assert "--references" in refused(capsys, tmp_path / "few.json", tmp_path / "few.json")
    assert "19 without a caption" in refused(capsys, runs / "first", tmp_path / "few.json")
    write_json(tmp_path / "other" / "captions-dev.json", {"dog-house": "a dog"})
    write_json(tmp_path / "other" / "references-dev.json", {"dog-house": ["a dog"]})
    assert "references of the two differ" in refused(capsys, runs / "first", tmp_path / "other")
