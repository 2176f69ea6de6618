"""`minisat data` says what is wrong in one screen, with the exit code that a script needs."""

import hashlib
import json
import zipfile

import pytest
from file_server import serving
from PIL import Image

from minisat.cli.main import main
from minisat.data.fetching import catalogue
from minisat.data.fetching.catalogue import Archive, Source
from minisat.data.toy_world import ToyWorld, write_flickr8k


@pytest.fixture
def folder(tmp_path):
    write_flickr8k(tmp_path / "toy", ToyWorld(), {"train": 8, "dev": 2})
    return tmp_path / "toy"


def test_a_sound_folder_passes(folder, capsys):
    assert main(["data", "check", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "Flickr8k text files, 10 photos, 50 captions; train 8, dev 2" in out and "PROBLEM" not in out


def test_problems_give_exit_code_1_and_name_the_photo(folder, capsys):
    (folder / "Images" / "train_00003.png").write_bytes(b"no photo")
    assert main(["data", "check", str(folder)]) == 1
    assert "PROBLEM       1 photos cannot be decoded: train_00003.png" in capsys.readouterr().out
    assert main(["data", "check", str(folder), "--fast"]) == 0
    capsys.readouterr()
    assert main(["data", "check", str(folder), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["ok"] and {"photos cannot be decoded"} == {
        finding["title"] for finding in report["findings"] if finding["spoils"]}


@pytest.mark.parametrize("make, sentence", [
    (lambda folder: None, "no data set of a known format"),
    (lambda folder: (folder / "Flickr8k.token.txt").write_text(""), "holds no captions"),
    (lambda folder: (folder / "captions.csv").write_text("image,caption,split\na.jpg,x,half\n"), "a split is one of")])
def test_what_cannot_be_read_is_one_sentence_and_exit_code_2(tmp_path, capsys, make, sentence):
    make(tmp_path)
    for action in (["check"], ["stats", "--out", str(tmp_path / "out")]):
        assert main(["data", *action, str(tmp_path)]) == 2
        error = capsys.readouterr().err
        assert error.startswith("minisat data: ") and sentence in error and error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_stats_draw_four_figures_and_print_what_they_show(folder, tmp_path, capsys):
    (folder / "Images" / "dev_00000.png").unlink()
    out = tmp_path / "figures"
    assert main(["data", "stats", str(folder), "--out", str(out), "--min-count", "1", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert sorted(path.name for path in out.iterdir()) == [
        "caption_lengths.png", "frequent_words.png", "image_sizes.png", "words_per_rank.png"]
    assert result["splits"] == {"train": 8, "dev": 2} and result["captions"] == 50
    assert result["vocabulary"] == result["different_training_words"] + 4 and result["coverage"] == 1
    assert result["image_sizes"] == {"64x64": 9} and result["photos_without_size"] == 1
    assert main(["data", "stats", str(folder), "--out", str(out)]) == 0
    assert "1 photos could not be read" in capsys.readouterr().out


def test_stats_need_training_captions_and_a_sensible_count(folder, tmp_path, capsys):
    assert main(["data", "stats", str(folder), "--out", str(tmp_path / "out"), "--min-count", "0"]) == 2
    (folder / "Flickr_8k.trainImages.txt").unlink()
    assert main(["data", "stats", str(folder), "--out", str(tmp_path / "out")]) == 2
    assert "no split 'train'; it has dev (2 photos)" in capsys.readouterr().err


def test_help_names_the_formats_and_an_example(capsys):
    with pytest.raises(SystemExit):
        main(["data", "--help"])
    out = capsys.readouterr().out
    assert "Karpathy" in out and "minisat data check Flickr8k" in out


def test_photos_of_a_plain_folder_are_checked_too(tmp_path, capsys):
    for name in ("a.jpg", "b.jpg"):
        Image.new("RGB", (8, 8), name[0] == "a" and "red" or "blue").save(tmp_path / name)
    (tmp_path / "list.csv").write_text("image,caption\na.jpg,one\nb.jpg,two\n")
    assert main(["data", "check", str(tmp_path)]) == 0
    assert "drawn at random" in capsys.readouterr().out


def test_fetch_says_the_terms_and_comes_after_they_are_agreed_to(folder, tmp_path, monkeypatch, capsys):
    archive = tmp_path / "toy.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted(folder.rglob("*")):
            packed.write(path, path.relative_to(folder))
        packed.writestr("__MACOSX/rest", "")
    content = archive.read_bytes()
    digits = hashlib.md5(content).hexdigest()
    source = Source("toy", str(tmp_path / "Toy"), "Be kind to toys.", (
        Archive("toy.zip", "http://127.0.0.1:9/toy.zip", "md5", digits, len(content), 200_000),), True)
    monkeypatch.setattr(catalogue, "SOURCES", (source,))
    assert main(["data", "fetch", "toy"]) == 2
    said = capsys.readouterr()
    assert "Be kind to toys." in said.out and "kB of disk" in said.out and "--yes says that you keep" in said.err
    assert not (tmp_path / "Toy").exists() and not (tmp_path / "Toy.partial").exists()
    with serving(content) as address:
        assert main(["data", "fetch", "toy", "--yes", "--json", "--mirror", f"{address}/good"]) == 0
    said = capsys.readouterr()
    result = json.loads(said.out)
    assert "Be kind to toys." in said.err and result["check"]["ok"] and result["left_out"] == 1
    assert (tmp_path / "Toy" / "TERMS.txt").read_text() == "Be kind to toys.\n"
    assert main(["data", "fetch", "toy", "--yes"]) == 2
    assert "is there already" in capsys.readouterr().err


def test_what_is_not_fetched_is_told_in_a_sentence(capsys):
    for name, said in (("coco", "train2014.zip"), ("flickr30k", "on request"), ("flicker8k", "Did you mean flickr8k")):
        assert main(["data", "fetch", name]) == 2
        error = capsys.readouterr().err
        assert said in error and error.count("\n") == 1
