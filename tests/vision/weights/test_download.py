"""Downloads, from a server on this machine: whole or not at all, resumed, verified; failures are one sentence."""

import hashlib
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from minisat.errors import UserError
from minisat.vision.weights import download as module
from minisat.vision.weights.download import download

CONTENT = np.random.default_rng(0).bytes(700_000)
DIGITS = hashlib.sha256(CONTENT).hexdigest()[:8]


class Handler(BaseHTTPRequestHandler):
    """Each path behaves in its own way; `asked` remembers the Range of every request."""

    asked = []

    def do_GET(self):
        wanted = self.headers.get("Range")
        self.asked.append(wanted)
        first = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.path != "/ignores" else 0
        if self.path == "/gone":
            self.send_error(404)
        elif self.path == "/hangs":
            time.sleep(1.0)
        elif self.path == "/other":
            self._send(CONTENT[::-1], 0, wanted is not None)
        elif self.path == "/elsewhere" and wanted:
            self._send(CONTENT, first + 1, True)
        elif first >= len(CONTENT):
            self.send_error(416)
        else:
            self._send(CONTENT, first, first > 0, cut=300_000 if self.path == "/breaks" and not first else None)

    def _send(self, content, first, partial, cut=None):
        self.send_response(206 if partial else 200)
        self.send_header("Content-Length", str(len(content) - first))
        if partial:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        self.wfile.write(content[first:cut])

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    """The address of a server; it is taken down after the test."""
    Handler.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


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
