"""What `minisat evaluate` says beside the scores: diversity, looks, occlusion and retrieval."""

import json
from types import SimpleNamespace

import pytest

from minisat.captioner import ShowAttendTell
from minisat.cli.main import main
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.evaluation import diversity
from minisat.files import read_json
from minisat.text import tokenize
from minisat.trained.looks import check_occlusion


def evaluate(*arguments):
    return main(["evaluate", *map(str, arguments)])


def test_diversity_of_the_best_and_of_the_n_best(tiny, tmp_path, capsys):
    assert evaluate(tiny.soft, tiny.data, "--beam", 4, "--n-best", 3, "--out", tmp_path) == 0
    assert "n best of each" in capsys.readouterr().out
    figures = read_json(tmp_path / "scores-dev.json")["diversity"]
    training = [tokenize(text) for photo in read_dataset(tiny.data).split("train") for text in photo.captions]
    captions = read_json(tmp_path / "captions-dev.json")
    assert figures["best"] == diversity([text.split() for text in captions.values()], training)
    assert figures["n_best"]["n"] == 3 * len(tiny.dev) and figures["people"]["n"] == len(tiny.dev)
    assert figures["people"]["mean_len"] == 6.0


def test_retrieval_both_ways(tiny, tmp_path, capsys):
    for run in (tiny.soft, tiny.told, tiny.along):
        assert evaluate(run, tiny.data, "--split", "train", "--beam", 1, "--retrieval", 5, "--out", tmp_path) == 0
        out = capsys.readouterr().out
        assert "retrieval among 5 photos (drawn with seed 0) and their 10 captions" in out
        figures = read_json(tmp_path / "scores-train.json")["retrieval"]
        for way in ("image_search", "annotation", "annotation_per_prior"):
            assert 0 <= figures[way]["r1"] <= figures[way]["r5"] <= figures[way]["r10"] <= 1
        assert figures["image_search"]["r5"] == figures["image_search"]["r10"] == 1  # of five photos


def test_more_photos_than_there_are_means_all(tiny, tmp_path, capsys):
    assert evaluate(tiny.told, tiny.data, "--beam", 1, "--retrieval", "--json", "--out", tmp_path) == 0
    assert json.loads(capsys.readouterr().out)["retrieval"]["photos"] == len(tiny.dev)


def test_mistakes_are_one_sentence_and_leave_nothing_behind(tiny, tmp_path, capsys):
    for flags, words in ((["--retrieval", 1], "at least 2"), (["--beam", 2, "--n-best", 3], "3 best captions")):
        assert evaluate(tiny.soft, tiny.data, *flags, "--out", tmp_path / "out") == 2
        captured = capsys.readouterr()
        assert words in captured.err and len(captured.err.strip().splitlines()) == 1 and captured.out == ""
    assert not (tmp_path / "out").exists()


def test_an_error_analysis_is_written_with_its_figures(tiny, tmp_path, capsys):
    for run in (tiny.soft, tiny.told):
        assert evaluate(run, tiny.data, "--beam", 1, "--out", tmp_path) == 0
        page = (tmp_path / "analysis-dev.html").read_text(encoding="utf-8")
        figures = read_json(tmp_path / "scores-dev.json")["analysis"]
        assert page.count("<article") == len(tiny.dev) and ("Where words look" in page) == (run == tiny.soft)
        said = sum(word in ("red", "blue", "green") for text in read_json(tmp_path / "captions-dev.json").values()
                   for word in set(text.split()))
        assert figures["in_no_reference"]["colour"]["said"] == said
        assert bool(figures["attention"]) == (run == tiny.soft)


def test_photos_that_are_gone_leave_the_analysis_without_pictures(tiny, tmp_path, capsys):
    data = tmp_path / "data"
    data.mkdir()
    (data / "captions.txt").write_text((tiny.photos.parent / "captions.txt").read_text())
    assert evaluate(tiny.soft, data, "--features", tiny.store, "--split", "train", "--beam", 1, "--out", tmp_path) == 0
    assert "<figure>" not in (tmp_path / "analysis-train.html").read_text(encoding="utf-8")


def test_looks_are_measured_where_there_are_any(tiny, tmp_path, capsys):
    for run in (tiny.soft, tiny.told):
        assert evaluate(run, tiny.data, "--beam", 1, "--out", tmp_path) == 0
        assert ("at a border place" in capsys.readouterr().out) == (run == tiny.soft)
    assert evaluate(tiny.soft, tiny.data, "--beam", 1, "--json", "--out", tmp_path) == 0
    looks = json.loads(capsys.readouterr().out)["looks"]
    captions = read_json(tmp_path / "captions-dev.json")
    assert looks["words"] == sum(len(text.split()) for text in captions.values())  # the end of a caption is no word
    assert set(looks["per_image"]) == set(tiny.dev) and 0 < looks["entropy"]["mean"] <= looks["most"]


def test_occlusion_from_a_store_and_from_photos(tiny, tmp_path, capsys):
    for run in (tiny.soft, tiny.along):
        assert evaluate(run, tiny.data, "--split", "train", "--beam", 1, "--occlusion", 3, "--out", tmp_path) == 0
        assert "3 photos, drawn with seed 0" in capsys.readouterr().out
        figures = read_json(tmp_path / "scores-train.json")["occlusion"]
        assert len(figures["per_image"]) == figures["photos"] == 3
        for way in ("photo", "look"):
            assert -1 <= figures[way]["own"]["low"] <= figures[way]["own"]["mean"] <= figures[way]["own"]["high"] <= 1
            assert figures[way]["fall"]["peak"] != 0


def test_occlusion_is_refused_where_there_is_no_look_of_ones_own(tiny, tmp_path, capsys):
    for flags, words in (([tiny.told], "looks nowhere"), ([tiny.soft, "--ensemble", tiny.soft], "a mean that no")):
        run, *others = flags
        assert evaluate(run, tiny.data, *others, "--occlusion", "--out", tmp_path / "out") == 2
        captured = capsys.readouterr()
        assert words in captured.err and len(captured.err.strip().splitlines()) == 1 and captured.out == ""
    assert not (tmp_path / "out").exists()


def test_occlusion_needs_looks_that_are_not_drawn():
    run = SimpleNamespace(folder="run", others=(), recipe=SimpleNamespace(model="hard-attention"),
                          learner=SimpleNamespace(captioner=ShowAttendTell(5, 3, attention="hard", rng=0)))
    check_occlusion(run)
    run.learner.captioner.attend.softmax.decoding = "sampling"
    with pytest.raises(UserError, match="argmax or expectation"):
        check_occlusion(run)
