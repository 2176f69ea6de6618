"""Downloads, from a server on this machine: whole or not at all, resumed, verified; failures are one sentence."""

import hashlib

import numpy as np
import pytest
from file_server import Handler, serving

from minisat import download as module
from minisat.download import download
from minisat.errors import UserError

CONTENT = np.random.default_rng(0).bytes(700_000)
DIGITS = hashlib.sha256(CONTENT).hexdigest()[:8]


@pytest.fixture
def server():
    """The address of a server; it is taken down after the test."""
    with serving(CONTENT) as address:
        yield address


@pytest.fixture
def path(tmp_path):
    return tmp_path / "folder" / "weights.pth"


def partial(path):
    return path.with_name("weights.pth.partial")


def test_a_file_comes_whole(server, path):
    seen = []
    assert download(f"{server}/good", path, DIGITS, seen.append).startswith(DIGITS)
    assert path.read_bytes() == CONTENT and seen == sorted(seen) and seen[-1] == len(CONTENT)
    assert [entry.name for entry in path.parent.iterdir()] == ["weights.pth"] and Handler.asked == [None]
    assert download(f"{server}/good", path, DIGITS).startswith(DIGITS) and len(Handler.asked) == 1   # it was there


def test_it_goes_on_where_it_broke_off(server, path):
    with pytest.raises(UserError, match="broke off after 300000 of 700000 bytes: the same command goes on"):
        download(f"{server}/breaks", path, DIGITS)
    assert not path.exists() and partial(path).read_bytes() == CONTENT[:300_000]
    seen = []
    download(f"{server}/breaks", path, DIGITS, seen.append)
    assert Handler.asked == [None, "bytes=300000-"] and seen[0] > 300_000
    assert path.read_bytes() == CONTENT and not partial(path).exists()


def test_a_server_that_does_not_resume_starts_anew(server, path):
    path.parent.mkdir()
    partial(path).write_bytes(b"x" * 1000)
    download(f"{server}/ignores", path, DIGITS)
    assert Handler.asked == ["bytes=1000-"] and path.read_bytes() == CONTENT


def test_a_part_that_is_whole_already_needs_nothing_more(server, path):
    path.parent.mkdir()
    partial(path).write_bytes(CONTENT)
    download(f"{server}/good", path, DIGITS)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize("there", [b"", b"x" * 1000, CONTENT + b"x"], ids=["nothing", "part", "too much"])
def test_the_wrong_file_is_thrown_away(server, path, there):
    """Whether the server has another one, or what was there before was part of another one."""
    path.parent.mkdir()
    if there:
        partial(path).write_bytes(there)
    with pytest.raises(UserError, match=f"its SHA-256 is .{{8}}…, not {DIGITS}… It was thrown away"):
        download(f"{server}/{'good' if there else 'other'}", path, DIGITS)
    assert list(path.parent.iterdir()) == []


def test_another_file_under_the_name_is_left_alone(server, path):
    path.parent.mkdir()
    path.write_bytes(b"mine")
    with pytest.raises(UserError, match="is there already, and it is not what"):
        download(f"{server}/good", path, DIGITS)
    assert path.read_bytes() == b"mine" and Handler.asked == []


def test_failures_are_one_sentence(server, path, monkeypatch):
    monkeypatch.setattr(module, "TIMEOUT", 0.2)
    with pytest.raises(UserError, match="the server says 404 Not Found"):
        download(f"{server}/gone", path, DIGITS)
    for address in (f"{server}/hangs", "http://127.0.0.1:9/refused", "http://no.such.host.invalid/file", "nothing"):
        with pytest.raises(UserError, match="Cannot reach .* is this machine offline"):
            download(address, path, DIGITS)
    assert list(path.parent.iterdir()) == []
    partial(path).write_bytes(b"x")
    with pytest.raises(UserError, match="another part of the file"):
        download(f"{server}/elsewhere", path, DIGITS)
    (path.parent / "file").write_bytes(b"")
    with pytest.raises(UserError, match="Cannot write"):
        download(f"{server}/good", path.parent / "file" / "weights.pth", DIGITS)
