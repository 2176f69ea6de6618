"""Files written whole or not at all; JSON read with types and limits, one sentence for whatever else is there."""

import json
import os
from pathlib import Path

import pytest

from minisat.errors import UserError
from minisat.files import read_json, try_file, try_folder, whole_file, write_json, write_text


def sentence(call, *arguments):
    with pytest.raises(UserError) as raised:
        call(*arguments)
    text = str(raised.value)
    assert "\n" not in text and len(text) < 500
    return text


def test_a_failure_leaves_the_old_file_and_no_other(tmp_path):
    write_text(tmp_path / "a" / "file", "old")
    with pytest.raises(ZeroDivisionError), whole_file(tmp_path / "a" / "file") as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert (tmp_path / "a" / "file").read_text() == "old" and len(list((tmp_path / "a").iterdir())) == 1


@pytest.mark.parametrize("name, reason", [("file/below", "exists|directory"), ("n" * 5000, "too long"),
                                          ("folder", "folder|directory")])
def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path, name, reason):
    """Also below a file, where even the temporary file cannot be removed; `try_file` says the same beforehand."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    for write in (lambda path: write_text(path, "text"), try_file):
        with pytest.raises(UserError, match=f"(?i)Cannot write .*({reason})"):
            write(tmp_path / name)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder"]


def test_trying_leaves_nothing_behind(tmp_path):
    write_text(tmp_path / "there", "kept")
    try_file(tmp_path / "there")
    try_file(tmp_path / "new" / "page.html")
    try_folder(tmp_path / "figures")
    try_folder(tmp_path / "some" / "where")
    assert (tmp_path / "there").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["there"]


@pytest.mark.parametrize("content, reason", [
    ("[" * 100_000, "nested too deeply"), ("1" * 5000, "a whole number of 5000 digits"),
    ('{"a": 99999999999999999999}', "a whole number of 20 digits"), ("{", "is not JSON"),
    (b"\xff\xfe", "not UTF-8"), ("[1] [2]", "is not JSON"), ("", "is not JSON")])
def test_what_is_no_json_that_can_be_used_is_one_sentence(tmp_path, content, reason):
    path = tmp_path / "a.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    said = sentence(read_json, path)
    assert reason in said and str(path) in said


def test_a_device_a_folder_a_long_name_and_a_large_file(tmp_path):
    assert "is a device" in sentence(read_json, "/dev/zero")
    assert "Cannot read" in sentence(read_json, tmp_path)
    assert "too long" in sentence(read_json, tmp_path / ("n" * 5000))
    assert "Cannot read" in sentence(read_json, "a\0b")
    (tmp_path / "large.json").write_text(json.dumps(list(range(100))))
    assert "more than 50 bytes" in sentence(lambda path: read_json(path, largest=50), tmp_path / "large.json")


def test_whole_numbers_of_64_bits_and_a_byte_order_mark_are_read(tmp_path):
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf[-9223372036854775808, 1e308]")
    assert read_json(tmp_path / "a.json", [float]) == [-2**63, 1e308]


def test_what_is_read_is_held_to_what_it_must_be_like(tmp_path):
    write_json(tmp_path / "a.json", {"V": "5"})
    assert read_json(tmp_path / "a.json", {"V": str}) == {"V": "5"}
    assert sentence(lambda path: read_json(path, {"V": int}), tmp_path / "a.json").endswith(
        "a.json: V must be a whole number, not '5'.")


def test_names_that_are_no_utf_8_come_back(tmp_path):
    """As Linux has them; text for people to read gets a question mark there."""
    name = os.fsdecode(b"caf\xe9.jpg")
    write_json(tmp_path / "a.json", {name: "é"})
    assert read_json(tmp_path / "a.json") == {name: "é"}
    write_text(tmp_path / "page.html", f"{name} é")
    assert Path(tmp_path / "page.html").read_text("utf-8") == "caf?.jpg é"
