"""`minisat word2vec`, from the command line: each action does its job, and a mistake is one sentence."""

import json
from dataclasses import asdict, fields

import pytest

from minisat import word2vec
from minisat.cli.main import main
from minisat.data import read_dataset
from minisat.text import read_vectors, tokenize

SMALL = ["--dim", "8", "--epochs", "2", "--min-count", "1", "--batch", "64"]


def call(*arguments):
    return main(["word2vec", *map(str, arguments)])


def fails(capsys, *arguments):
    """The one sentence that the action ends with, exit code 2."""
    capsys.readouterr()
    assert call(*arguments) == 2
    error = capsys.readouterr().err.strip()
    assert error.startswith("minisat word2vec: ") and "\n" not in error and "Traceback" not in error
    return error


def test_every_setting_has_a_flag_that_says_what_it_does():
    assert all(entry.metadata["help"] for entry in fields(word2vec.Settings))


def test_every_default_can_be_written_out(tmp_path):
    """Each flag takes a value of its setting's kind: the defaults by hand give the vectors of the defaults."""
    (tmp_path / "text").write_text("the dog runs\nthe dog sits\n" * 20)
    given = {"dim": 8, "epochs": 2, "min_count": 1}
    written = []
    for name, value in {**asdict(word2vec.Settings()), **given}.items():
        flag = name.replace("_", "-")
        written += [f"--{'' if value else 'no-'}{flag}"] if isinstance(value, bool) else [f"--{flag}", value]
    assert call("train", tmp_path / "text", "--out", tmp_path / "a.txt", *written) == 0
    assert call("train", tmp_path / "text", "--out", tmp_path / "b.txt", *SMALL[:6]) == 0
    assert (tmp_path / "a.txt").read_bytes() == (tmp_path / "b.txt").read_bytes()


@pytest.mark.parametrize("method", list(word2vec.METHODS))
def test_a_data_sets_training_captions_become_vectors(squares, tmp_path, capsys, method):
    """The training split only: a word of dev or test alone has no vector."""
    out = tmp_path / "vectors.txt"
    assert call("train", squares, "--method", method, "--out", out, "--json", *SMALL) == 0
    result = json.loads(capsys.readouterr().out)
    vectors = read_vectors(out)
    assert (result["words"], result["size"]) == vectors.vectors.shape and result["method"] == method
    training = {word for photo in read_dataset(squares).split("train") for text in photo.captions
                for word in tokenize(text)}
    assert set(vectors.words) == training


def test_a_text_file_is_streamed_and_its_words_a_second_are_shown(tmp_path, capsys):
    (tmp_path / "text").write_text("The dog runs .\nthe Dog sits\n" * 20, encoding="utf-8")
    assert call("train", tmp_path / "text", "--out", tmp_path / "v.vec.gz", *SMALL) == 0
    told = capsys.readouterr()
    assert "(fasttext): 4 words × 8 by skip-gram, from" in told.out and "words/s" in told.out
    assert "skip-gram: 240 of 240 words" in told.err
    assert read_vectors(tmp_path / "v.vec.gz").words == ["dog", "the", "runs", "sits"]


def test_subwords_need_our_own_format(tmp_path, capsys):
    (tmp_path / "text").write_text("the dog runs\nthe dog sits\n" * 20)
    flags = ["--method", "subword", "--buckets", "100", *SMALL]
    assert call("train", tmp_path / "text", "--out", tmp_path / "v.txt", *flags) == 0
    assert "subwords are left out" in capsys.readouterr().out
    assert call("train", tmp_path / "text", "--out", tmp_path / "v.safetensors", *flags) == 0
    assert "left out" not in capsys.readouterr().out
    assert call("convert", tmp_path / "v.safetensors", tmp_path / "v.bin") == 0
    assert "subwords are left out" in capsys.readouterr().out
    assert read_vectors(tmp_path / "v.safetensors")["dogs"].shape == (8,)


def test_mistakes_in_training_are_one_sentence(tmp_path, capsys):
    (tmp_path / "text").write_text("the dog runs\n")
    assert "No word of the corpus occurs 5 times" in fails(capsys, "train", tmp_path / "text", "--out", tmp_path / "v")
    assert "dim must be" in fails(capsys, "train", tmp_path / "text", "--out", tmp_path / "v", "--dim", 0)
    assert "Cannot read" in fails(capsys, "train", tmp_path / "absent", "--out", tmp_path / "v")
    assert not (tmp_path / "v").exists()


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    """A file of small vectors, by hand."""
    path = tmp_path_factory.mktemp("vectors") / "hand.txt"
    path.write_text("king 1 1 0\nqueen 1 0 1\nman 0 1 0\nwoman 0 0 1\nthe 1 1 1\ncabbage -1 .1 .1\n")
    return path


def test_neighbours(vectors, capsys):
    assert call("neighbours", vectors, "king", "man", "--count", 2) == 0
    assert capsys.readouterr().out.splitlines() == [
        "king:", "  the  0.816", "  man  0.707", "man:", "  king  0.707", "  the   0.577"]
    assert call("neighbours", vectors, "king", "--count", 1, "--json") == 0
    ((entry,),) = json.loads(capsys.readouterr().out).values()
    assert entry["word"] == "the" and entry["cosine"] == pytest.approx(0.8165, abs=1e-4)


def test_analogy(vectors, capsys):
    for flags in ([], ["--method", "mul"]):
        assert call("analogy", vectors, "man", "king", "woman", "--count", 1, *flags) == 0
        assert capsys.readouterr().out.splitlines()[0] == "man is to king as woman is to:"
        assert call("analogy", vectors, "man", "king", "woman", "--json", *flags) == 0
        assert json.loads(capsys.readouterr().out)["answers"][0]["word"] == "queen"


def test_evaluate_says_what_it_could_not_ask(vectors, tmp_path, capsys):
    (tmp_path / "pairs.csv").write_text("Word 1,Word 2,Human (mean)\nking,queen,8\nking,man,9\nking,walrus,1\n")
    (tmp_path / "questions.txt").write_text(": family\nman king woman queen\nman king woman walrus\n: none\na b c d\n")
    flags = ["--similarity", tmp_path / "pairs.csv", "--analogies", tmp_path / "questions.txt"]
    assert call("evaluate", vectors, *flags) == 0
    out = capsys.readouterr().out
    assert "Spearman 1.000 on 2 of 3 pairs (67 %" in out
    assert "questions.txt: 100.0 % right of 1 asked (3 questions)" in out and "none    none of 1 questions" in out
    assert call("evaluate", vectors, *flags, "--json") == 0
    (result,) = json.loads(capsys.readouterr().out).values()
    assert result["similarity"][str(tmp_path / "pairs.csv")] == {"spearman": pytest.approx(1), "used": 2, "pairs": 3}
    assert result["analogies"][str(tmp_path / "questions.txt")]["sections"][1]["accuracy"] is None
    assert "Say what to judge" in fails(capsys, "evaluate", vectors)


def test_plot(vectors, tmp_path, capsys):
    other = tmp_path / "other.vec"
    other.write_text(vectors.read_text().replace("the", "a"))
    assert call("plot", vectors, other, "--out", tmp_path / "plots", "--neighbours", 2) == 0
    out = capsys.readouterr().out
    assert {path.name for path in (tmp_path / "plots").iterdir()} == {
        "hand.png", "other.png", "neighbours.html", "neighbours.md"}
    assert "| king " in out and "| the " not in out and (tmp_path / "plots" / "neighbours.md").read_text() in out
    assert call("plot", vectors, "--out", tmp_path / "b", "--words", "king", "queen", "--words", "man", "--json") == 0
    assert list(json.loads(capsys.readouterr().out)["neighbours"]) == ["king", "queen", "man"]
    assert "no vector of 'kings'" in fails(capsys, "plot", vectors, "--out", tmp_path / "c", "--words", "kings")
    assert "Two of the files are called hand" in fails(capsys, "plot", vectors, vectors, "--out", tmp_path / "c")
    assert not (tmp_path / "c").exists()


def test_convert_all_or_some(vectors, tmp_path, capsys):
    (tmp_path / "words").write_text("king\nwalrus\n")
    assert call("convert", vectors, tmp_path / "some.bin", "--vocabulary", tmp_path / "words") == 0
    assert "(word2vec-binary): 1 words of the 2 asked for × 3" in capsys.readouterr().out
    assert read_vectors(tmp_path / "some.bin").words == ["king"]
    assert call("convert", vectors, tmp_path / "all", "--format", "glove", "--json") == 0
    assert json.loads(capsys.readouterr().out)["format"] == "glove"
    assert (tmp_path / "all").read_text() == vectors.read_text().replace(" .1", " 0.100000001")


def test_mistakes_in_asking_are_one_sentence(vectors, tmp_path, capsys):
    assert "Did you mean cabbage?" in fails(capsys, "neighbours", vectors, "cabage")
    assert "--count: must be at least 1" in fails(capsys, "analogy", vectors, "king", "man", "queen", "--count", 0)
    (tmp_path / "broken").write_text("2 3\na 1 2 3\nb 1 2\n")
    assert "broken, line 3: 2 numbers follow" in fails(capsys, "neighbours", tmp_path / "broken", "a")
