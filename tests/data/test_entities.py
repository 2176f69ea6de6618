"""Flickr30k Entities' annotations, from a folder and from an archive; what is damaged or hostile is one sentence."""

import zipfile

import pytest
from entity_files import pack, write, xml

from minisat.data.entities import LARGEST, Annotation, Entities
from minisat.errors import UserError

LINES = ("[/EN#7/people/other Two dogs] run on [/EN#3/scene the grass] .",
         "Nobody throws [/EN#0/notvisual a game] at [/EN#7/people them] .")


@pytest.fixture
def folder(tmp_path):
    """One photo: 7 in two boxes (one of which it shares with 9), 3 without a box."""
    write(tmp_path / "e", 12, xml(50, 40, [(["7"], (1, 1, 50, 40)), (["7", "9"], (11, 21, 60, 30)), (["3"], None)]),
          *LINES)
    return tmp_path / "e"


EXPECTED = Annotation(50, 40, (
    (("Two dogs", "7"), ("run on", None), ("the grass", "3"), (".", None)),
    (("Nobody throws", None), ("a game", "0"), ("at", None), ("them", "7"), (".", None))),
    {"7": [(0, 0, 50, 40), (10, 20, 50, 30)], "9": [(10, 20, 50, 30)]})


@pytest.mark.parametrize("form", ["folder", "folder above", "archive", "archive with a folder"])
def test_phrases_and_boxes_from_wherever_they_lie(folder, tmp_path, form):
    """Boxes count from 1 and include their last pixel; what lies outside the photo is cut off."""
    place = {"folder": lambda: folder, "folder above": lambda: tmp_path,
             "archive": lambda: pack(folder, tmp_path / "a.zip"),
             "archive with a folder": lambda: pack(folder, tmp_path / "a.zip", "annotations/")}[form]()
    entities = Entities(place)
    assert entities.of("12.jpg") == entities.of("12_ab34.jpg") == EXPECTED
    assert entities.of("13_ab34.jpg") is None and entities.of("x.jpg") is None


def refused(path, name="12.jpg"):
    with pytest.raises(UserError) as caught:
        Entities(path).of(name)
    sentence = str(caught.value)
    assert "\n" not in sentence and sentence.endswith(".") and len(sentence) < 400
    return sentence


def test_what_is_not_there_is_said(tmp_path, folder):
    assert "There is no" in refused(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    assert "holds no Flickr30k Entities" in refused(tmp_path / "empty")
    (tmp_path / "text.zip").write_text("no archive")
    assert "is no ZIP archive" in refused(tmp_path / "text.zip")
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as file:
        file.writestr("Annotations/12.xml", "<annotation/>")
    assert "holds no Flickr30k Entities" in refused(tmp_path / "other.zip")


BOMB = ('<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        "<annotation><size><width>&b;</width></size></annotation>")
OUTSIDE = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><annotation>&a;</annotation>'


@pytest.mark.parametrize("annotation, says", [
    ("<annotation><size>", "no element found"), ("", "no element found"), (BOMB, "document type"),
    (OUTSIDE, "document type"), ('<?xml version="1.0"?>' + BOMB, "document type"),
    (xml(50, 40, [(["7"], ("one", 1, 2, 2))]), "'one' stands where its xmin should"),
    (xml("", 40, []), "'' stands where its size/width should"), (xml(0, 40, []), "0 × 40 pixels"),
    ("<annotation>" + " " * LARGEST + "</annotation>", "bytes"), (b"\xff\xfe\x00\xd8".decode("latin-1"), "")])
def test_damaged_and_hostile_xml_is_one_sentence(folder, tmp_path, annotation, says):
    (folder / "Annotations" / "12.xml").write_text(annotation, encoding="utf-8")
    assert says in refused(folder) and says in refused(pack(folder, tmp_path / "a.zip"))


def test_a_document_type_is_seen_in_every_encoding(folder):
    (folder / "Annotations" / "12.xml").write_bytes(BOMB.encode("utf-16"))
    assert "document type" in refused(folder)


def test_damaged_sentences_are_one_sentence(folder):
    for line in ("[/EN#7/people Two dogs run .", "A [/EN#x/people dog] .",
                 "[/EN#7/people Two [/EN#8/people dogs] run] ."):
        write(folder, 12, xml(50, 40, []), "A dog .", line)
        assert "line 2 of its sentences" in refused(folder)
    (folder / "Sentences" / "12.txt").write_bytes(b"caf\xe9")
    assert "damaged" in refused(folder)


def test_a_member_that_is_damaged_or_locked_is_one_sentence(folder, tmp_path):
    archive = pack(folder, tmp_path / "a.zip")
    content = bytearray(archive.read_bytes())
    content[content.index(b"12.xml") + 20] ^= 0xff
    archive.write_bytes(content)
    assert "damaged" in refused(archive)
    content = bytearray(pack(folder, archive).read_bytes())
    for header, flag in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + flag] |= 1  # encrypted
    archive.write_bytes(content)
    assert "damaged" in refused(archive)


def test_boxes_with_nothing_of_the_photo_in_them_mark_nothing(folder):
    write(folder, 12, xml(50, 40, [(["7"], (60, 1, 70, 9)), (["7"], (9, 9, 3, 12)), (["7"], (5, 6, 5, 6))]), "A dog .")
    assert Entities(folder).of("12.jpg").boxes == {"7": [(4, 5, 5, 6)]}
