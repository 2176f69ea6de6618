"""Decoding from the command line: n-best, sampling, blocking, ensembles, and mistakes in one sentence."""

import json

import pytest

from minisat.cli.main import main
from minisat.errors import UserError
from minisat.files import read_json, write_json
from minisat.text import Vocabulary
from minisat.trained import Decoding


def caption(tiny, capsys, *flags, run="soft"):
    """The printed JSON objects of two photos."""
    capsys.readouterr()
    photos = [str(tiny.photos / name) for name in ("03.jpg", "04.jpg")]
    assert main(["caption", getattr(tiny, run), *photos, "--json", *map(str, flags)]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def refused(capsys, *arguments):
    """The one sentence on stderr, exit code 2."""
    capsys.readouterr()
    assert main([*map(str, arguments)]) == 2
    error = capsys.readouterr().err.strip()
    assert "\n" not in error and "Traceback" not in error
    return error


def test_n_best_are_ranked_by_the_mean_or_by_the_sum(tiny, capsys):
    for flags, key in (((), "mean_logprob"), (("--no-length-normalisation",), "logprob")):
        for photo in caption(tiny, capsys, "--n-best", 4, *flags):
            scores = [entry[key] for entry in photo["n_best"] if entry["finished"]]
            assert scores == sorted(scores, reverse=True) and len(photo["n_best"]) == 4
            assert photo["n_best"][0]["caption"] == photo["caption"]


def test_a_wide_beam_is_at_least_as_likely(tiny, capsys):
    narrow, wide = (caption(tiny, capsys, "--beam", width, "--no-length-normalisation") for width in (1, 20))
    assert all(b["logprob"] >= a["logprob"] - 1e-5 for a, b in zip(narrow, wide))


def test_sampling_is_seeded(tiny, capsys):
    draws = [caption(tiny, capsys, "--sample", "--n-best", 6, "--temperature", 3, "--seed", seed) for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    assert len({entry["caption"] for entry in draws[0][0]["n_best"]}) > 1
    cold, greedy = caption(tiny, capsys, "--sample", "--temperature", 1e-4), caption(tiny, capsys, "--beam", 1)
    assert [photo["caption"] for photo in cold] == [photo["caption"] for photo in greedy]


def test_blocked_repeats(tiny, capsys):
    for photo in caption(tiny, capsys, "--block-repeats", 1, "--beam", 8, "--n-best", 8):
        assert all(len(set(words := entry["caption"].split())) == len(words) for entry in photo["n_best"])


def test_an_ensemble_captions_and_is_scored(tiny, capsys, tmp_path):
    """Two captioners of different kinds on the same features; alone twice is alone."""
    assert caption(tiny, capsys, "--ensemble", tiny.told) != caption(tiny, capsys)
    for one, other in zip(caption(tiny, capsys, "--ensemble", tiny.soft), caption(tiny, capsys)):
        assert one["caption"] == other["caption"]
        assert one["logprob"] == pytest.approx(other["logprob"], abs=1e-4)
    capsys.readouterr()
    assert main(["evaluate", tiny.soft, tiny.data, "--ensemble", tiny.told, "--beam", "2", "--out", str(tmp_path),
                 "--block-repeats", "2"]) == 0
    scores = read_json(tmp_path / "scores-dev.json")
    assert scores["ensemble"] == [tiny.told] and scores["decoding"] == "beam 2, no 2 words twice"


def test_runs_that_do_not_agree_are_refused(tiny, capsys, tmp_path):
    photo = tiny.photos / "03.jpg"
    assert "differ in what comes in" in refused(capsys, "caption", tiny.soft, photo, "--ensemble", tiny.along)
    for name, entries in (("config", {"weights_hash": "other"}), ("vocabulary", None)):
        copy = tmp_path / name
        copy.mkdir()
        for file in ("config.json", "vocabulary.json", "best.safetensors"):
            (copy / file).write_bytes((tiny.folder / "told" / file).read_bytes())
        content = read_json(copy / f"{name}.json")
        if entries:
            write_json(copy / "config.json", content | entries)
        else:
            content["words"][-2:] = content["words"][:-3:-1]
            write_json(copy / "vocabulary.json", content)
            known = Vocabulary(content["words"]).fingerprint
            write_json(copy / "config.json", read_json(copy / "config.json") | {"vocabulary_hash": known})
    assert "differ in weights_hash" in refused(capsys, "caption", tiny.soft, photo, "--ensemble", tmp_path / "config")
    assert "different words" in refused(capsys, "caption", tiny.soft, photo, "--ensemble", tmp_path / "vocabulary")
    assert "holds no run" in refused(capsys, "caption", tiny.soft, photo, "--ensemble", tmp_path)


@pytest.mark.parametrize("flags, said", [
    (["--temperature", 2], "add --sample"), (["--top-k", 3], "add --sample"), (["--sample", "--top-p", 0], "--top-p"),
    (["--sample", "--temperature", 0], "--temperature"), (["--beam", 2, "--n-best", 3], "width 2"),
    (["--beam", 0], "--beam"), (["--block-repeats", -1], "--block-repeats"), (["--seed", -1], "--seed")])
def test_flags_that_do_not_go_together(tiny, capsys, flags, said):
    assert said in refused(capsys, "evaluate", tiny.soft, tiny.data, *flags)


def test_a_decoding_says_what_it_is():
    assert Decoding().described() == "beam 5"
    assert Decoding(beam=3, normalise=False).described() == "beam 3, by the sum of log p"
    assert Decoding(sample=True, temperature=0.7, top_p=0.9, top_k=40, seed=3).described() == (
        "sampled at temperature 0.7, top-k 40, top-p 0.9, seed 3")
    with pytest.raises(UserError, match="width 5"):
        Decoding(n_best=6)
