"""`minisat evaluate --boxes`: boxes go the way of their photos, which may be scaled; captions are read as annotated."""

import json

import numpy as np
import pytest
from entity_files import write, xml
from PIL import Image
from tiny_runs import tiny

from minisat.cli.main import main
from minisat.data import read_dataset
from minisat.data.entities import Annotation
from minisat.errors import Note, UserError
from minisat.evaluation.pointing import cell_shares
from minisat.trained import TrainedCaptioner
from minisat.trained.boxes import box_mask, read_boxes
from minisat.vision import Preprocessing, photo_size

__all__ = ["tiny"]


def mask(size, annotated, *boxes, file=None):
    return box_mask(Preprocessing(size).crop, Annotation(*annotated, (), {}), boxes, file or annotated)


def test_a_box_goes_where_preprocessing_brings_its_photo():
    """90 × 70 is scaled to 82 × 64 and loses 9 columns on either side."""
    assert mask(64, (90, 70), (0, 0, 90, 70)).all()
    half = mask(64, (90, 70), (0, 0, 45, 70))
    assert half[:, :31].all() and not half[:, 33:].any()
    corner = mask(64, (90, 70), (0, 0, 20, 35), (80, 60, 90, 70))  # the second loses all but a sliver
    assert corner[:31, :8].all() and not corner[:, 10:60].any() and not corner[33:, :60].any()
    assert not mask(64, (90, 70), (0, 0, 8, 70)).any()


def test_a_photo_that_was_squashed_since_takes_its_boxes_along():
    found = mask(224, (500, 375), (125, 75, 250, 150), file=(224, 224))
    assert found[45:89, 57:111].all() and found.sum() == pytest.approx(45 * 56, abs=120)
    turned = mask(224, (375, 500), (75, 125, 150, 250), file=(224, 224))
    assert (turned == found.T).all()


def test_a_size_is_that_of_the_upright_photo(tmp_path):
    exif = Image.Exif()
    exif[274] = 6  # a quarter turn
    Image.new("RGB", (30, 20)).save(tmp_path / "turned.jpg", exif=exif)
    Image.new("RGB", (30, 20)).save(tmp_path / "plain.png")
    (tmp_path / "text.jpg").write_text("no photo")
    sizes = [photo_size(tmp_path / name) for name in ("turned.jpg", "plain.png", "text.jpg", "gone.jpg")]
    assert sizes == [(20, 30), (30, 20), None, None]


@pytest.fixture
def photos(tiny):
    return read_dataset(tiny.data).split("train")


@pytest.fixture
def entities(photos, tmp_path):
    """Annotations of all photos but one: "ball" lies in the upper half, "box" everywhere, "green" nowhere."""
    objects = [(["1"], (1, 1, 180, 70)), (["2"], (1, 1, 180, 140)), (["3"], None)]
    for photo in photos[1:]:
        write(tmp_path / "e", photo.name[:-4], xml(180, 140, objects),
              "[/EN#1/other A red ball] above [/EN#2/other the box] .", "the [/EN#3/other green] [/EN#2/other .]")
    return tmp_path / "e"


def evaluate(*arguments):
    return main(["evaluate", *map(str, arguments), "--split", "train", "--beam", "1"])


@pytest.mark.parametrize("run", ["soft", "along"])
def test_the_last_words_of_phrases_are_held_against_their_boxes(tiny, photos, entities, tmp_path, capsys, run):
    assert evaluate(getattr(tiny, run), tiny.data, "--boxes", entities, "--out", tmp_path) == 0
    out, error = capsys.readouterr()
    assert "always the photo's middle" in out and f"does not annotate: 1 of {len(photos)}." in error
    found = json.loads((tmp_path / "scores-train.json").read_text())["boxes"]
    count = len(photos) - 1
    assert found["photos"] == count and found["words"] == 2 * count  # "ball" and "box"; a full stop is no word
    # An even look has the upper half of the cells on the ball and all on the box; looks are those of who reads along.
    captioner = TrainedCaptioner(getattr(tiny, run), device="cpu")
    upper = cell_shares(np.arange(64)[:, None] < 32 * np.ones(64), captioner.cells)
    assert found["mass"]["even"]["mean"] == pytest.approx((upper.mean() + 1) / 2, abs=0.01)
    ids = captioner.vocabulary.encode("a red ball above the box".split())
    inputs = captioner.inputs_of([captioner.see(photos[1].path)])
    (_, alphas), _ = captioner.learner.captioner.forward(captioner.learner.sight(inputs), np.array([[2, *ids[:-1]]]))
    assert found["per_image"][photos[1].name]["mass"] == pytest.approx((alphas[0, 2] @ upper + 1) / 2, abs=0.01)


def test_mistakes_are_one_sentence_before_anything_is_written(tiny, photos, entities, tmp_path, capsys):
    def refused(run, data, place):
        assert evaluate(run, data, "--boxes", place, "--out", tmp_path / "out") == 2
        captured = capsys.readouterr()
        assert len(captured.err.strip().splitlines()) == 1 and captured.out == "" and not (tmp_path / "out").exists()
        return captured.err
    assert "looks nowhere: leave --boxes out" in refused(tiny.told, tiny.data, entities)
    assert "There is no" in refused(tiny.soft, tiny.data, tmp_path / "gone")
    assert "holds no Flickr30k Entities" in refused(tiny.soft, tiny.data, tiny.data)
    (entities / "Annotations" / f"{photos[2].name[:-4]}.xml").write_text("<annotation>")
    assert f"photo {photos[2].name[:-4]} in" in refused(tiny.soft, tiny.data, entities)
    write(tmp_path / "others", "999", xml(9, 9, []), "A dog .")
    assert "annotates none of these photos" in refused(tiny.soft, tiny.data, tmp_path / "others")


def test_photos_that_are_gone_are_left_out_since_their_size_is_not_known(tiny, photos, entities, tmp_path):
    captioner, gone = TrainedCaptioner(tiny.soft, device="cpu"), photos[2]._replace(path=tmp_path / "gone.jpg")
    with pytest.warns(Note, match="not there to say how large they are: 1"):
        found = read_boxes(captioner, [photos[1], gone], entities)
    assert list(found) == [photos[1].name] and found[photos[1].name][1] == (90, 70)
    with pytest.raises(UserError, match="None of the photos"):
        read_boxes(captioner, [gone], entities)


def test_captions_that_name_nothing_in_a_box_are_said_to(tiny, photos, tmp_path, capsys):
    for photo in photos:
        write(tmp_path / "e", photo.name[:-4], xml(180, 140, []), "[/EN#1/other A red ball] .")
    assert evaluate(tiny.soft, tiny.data, "--boxes", tmp_path / "e", "--out", tmp_path) == 0
    out, error = capsys.readouterr()
    assert "nothing is said of boxes" in error and "always the best place" not in out
