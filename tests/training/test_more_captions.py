"""Further captions of training photos: learnt after a photo's own, remembered by the run, and of no other photo."""

import json

import pytest
from small_trainings import SMALL, fails, train

import minisat
from minisat.data import read_dataset
from minisat.data.more_captions import with_more_captions
from minisat.errors import UserError
from minisat.training import Run, prepare


@pytest.fixture
def more(squares, tmp_path):
    """A file of further captions: of one photo a text, of another a list."""
    first, second, *_ = (photo.name for photo in read_dataset(squares).split("train"))
    path = tmp_path / "captions-train.json"
    path.write_text(json.dumps({first: "a red  square", second: ["a blue square on the left", "  "]}))
    return path


def test_they_come_after_a_photo_s_own(squares, more):
    before = read_dataset(squares).split("train")
    after = with_more_captions(before, more)
    assert after[0].captions == (*before[0].captions, "a red square")
    assert after[1].captions == (*before[1].captions, "a blue square on the left") and after[2:] == before[2:]


@pytest.mark.parametrize("content, said", [
    ({"dev": "a square"}, "which is no training photo here"), ({"nobody.png": "a"}, "nobody.png"),
    ([1], "must be a JSON object"), ({"x.png": 3}, "must be text or a list")])
def test_captions_of_other_photos_are_refused(squares, tmp_path, content, said, store, capsys):
    """Above all those of dev: what is said of them is not to be learnt."""
    dev = read_dataset(squares).split("dev")[0].name
    if "dev" in content:
        content = {dev: content["dev"]}
    (tmp_path / "more.json").write_text(json.dumps(content))
    with pytest.raises(UserError, match=said):
        with_more_captions(read_dataset(squares).split("train"), tmp_path / "more.json")
    assert said in fails(capsys, squares, "--features", store, "--run", tmp_path / "run", "--more-captions",
                         tmp_path / "more.json")
    assert not (tmp_path / "run").exists()


def test_a_run_learns_them_and_goes_on_with_them(squares, store, more, tmp_path, capsys):
    """Resumed without being told; not with others, and not when they are gone. Neighbours are people's words alone."""
    def ready(folder, **options):
        return prepare(squares, folder, SMALL, features=store, device="cpu", **options).corpus

    plain, taught = ready(tmp_path / "plain"), ready(tmp_path / "run", more_captions=more)
    assert sum(map(len, taught.train_words)) == sum(map(len, plain.train_words)) + 2
    assert taught.train_words[0][-1] == ["a", "red", "square"] and taught.fingerprint != plain.fingerprint
    assert ready(tmp_path / "run", resume=True).fingerprint == taught.fingerprint
    assert Run.open(tmp_path / "run").config.choices()["more_captions"] == str(more.resolve())
    assert train(squares, "--run", tmp_path / "run", "--resume") == 0
    kept = minisat.load(tmp_path / "run", device="cpu").neighbours.captions
    assert kept == [list(photo.captions) for photo in read_dataset(squares).split("train")]
    more.write_text(json.dumps({}))
    assert f"and {more.resolve()} are not those" in fails(capsys, squares, "--run", tmp_path / "run", "--resume")
    more.unlink()
    assert "captions-train.json" in fails(capsys, squares, "--run", tmp_path / "run", "--resume")
