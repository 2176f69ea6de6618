"""`minisat word2vec`, from the command line: each action does its job, and a mistake is one sentence."""

import json
from dataclasses import fields

import pytest

from minisat import word2vec
from minisat.cli.main import main
from minisat.cli.word2vec_training import SETTINGS
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
    assert list(SETTINGS) == [entry.name for entry in fields(word2vec.Settings)]


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
    assert read_vectors(tmp_path / "v.safetensors")["dogs"].shape == (8,)


def test_mistakes_in_training_are_one_sentence(tmp_path, capsys):
    (tmp_path / "text").write_text("the dog runs\n")
    assert "No word of the corpus occurs 5 times" in fails(capsys, "train", tmp_path / "text", "--out", tmp_path / "v")
    assert "dim must be" in fails(capsys, "train", tmp_path / "text", "--out", tmp_path / "v", "--dim", 0)
    assert "Cannot read" in fails(capsys, "train", tmp_path / "absent", "--out", tmp_path / "v")
    assert not (tmp_path / "v").exists()
