"""`minisat serve` under siege, on 127.0.0.1: one says nothing, one is slow, one sends a bomb; the next is answered."""

import io
import json
import os
import socket
import struct
import threading
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from page_clients import ask, caption, png, running, serving
from PIL import Image, PngImagePlugin

from minisat.cli import page_server, serve
from minisat.cli.page_server import Guests, PageServer


def answer(data, name):
    """How many bytes a photo has, and which thread was told so."""
    return {"size": len(data), "thread": threading.get_ident()}


@contextmanager
def connected(server, text=b""):
    """A connection that has said `text` and says no more."""
    with socket.create_connection(server.server_address, timeout=30) as connection:
        connection.sendall(text)
        yield connection


def rest(connection):
    """All that is still answered, until the server ends it."""
    try:
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))
    except ConnectionError:
        return b""


def bomb(side, depth=8):
    """A PNG of side × side black pixels, some kilobytes small."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    packer, line = zlib.compressobj(9), bytes(1 + 3 * side * depth // 8)
    rows = b"".join(packer.compress(line) for _ in range(side)) + packer.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, depth, 2, 0, 0, 0))
            + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


MALFORMED = [b"GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n", b"POST http://[::x/caption HTTP/1.1\r\n\r\n",
             b"\x00\xff\xfe\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.x\r\n\r\n", b"GET / a b c\r\n\r\n",
             b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
             b"GET / HTTP/1.1\r\na: " + b"b" * 70_000 + b"\r\n\r\n",
             b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", b"<script> / HTTP/1.1\r\nHost: localhost\r\n\r\n",
             b"PUT / HTTP/1.1\r\nHost: localhost\r\n\r\n"]


@pytest.mark.parametrize("text", MALFORMED, ids=lambda text: ascii(text[:24]))
def test_what_is_no_request_is_told_so(capsys, text):
    """One sentence, no traceback, nothing that a browser would show as a page."""
    with running(PageServer(0, "page", answer)) as server:
        with connected(server, text) as connection:
            head, _, body = rest(connection).partition(b"\r\n\r\n")
        assert ask(server)[2] == b"page"
    if head.startswith(b"{"):  # to a request of 1991, which has no headers
        head, body = b"400 application/json", head
    assert any(code in head for code in (b"400", b"414", b"431", b"501", b"505"))
    assert b"application/json" in head and json.loads(body)["error"]
    assert capsys.readouterr().err == ""


def test_every_answer_has_a_policy():
    """The page its own, all else one that allows nothing; nobody may put either into a frame."""
    with running(PageServer(0, "page", answer, "default-src 'none'; img-src data:")) as server:
        assert ask(server)[1]["Content-Security-Policy"] == "default-src 'none'; img-src data:; frame-ancestors 'none'"
        assert ask(server, path="/x")[1]["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_the_page_has_its_own_programs_hashes(tiny):
    """In the header and in the page alike."""
    with serving(tiny.soft) as server:
        _, headers, page = ask(server)
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy and policy.count("'sha256-") == 5
    assert policy.removesuffix("; frame-ancestors 'none'") in page.decode()


def test_idle_connections_make_room(monkeypatch):
    """More than there is room for: the oldest is closed, and whoever asks is answered."""
    monkeypatch.setattr(page_server, "CONNECTIONS", 8)
    with running(PageServer(0, "page", answer)) as server, ExitStack() as open_ones:
        idle = [open_ones.enter_context(connected(server, b"GET / HT")) for _ in range(40)]
        assert ask(server)[2] == b"page"
        assert caption(server, b"123")[1]["size"] == 3
        assert len(server.guests.states) <= 8 and rest(idle[0]) == b""


def until(happened):
    """Wait, 30 s at most, for what another thread does."""
    limit = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < limit
        time.sleep(0.005)


def test_a_photo_that_is_being_sent_or_captioned_is_not_sent_away_for_idle_ones(monkeypatch):
    """Where all are being served, a newcomer waits outside."""
    monkeypatch.setattr(page_server, "CONNECTIONS", 3)
    begun, go_on = threading.Event(), threading.Event()

    def slow(data, name):
        begun.set()
        assert go_on.wait(30)
        return answer(data, name)

    with running(PageServer(0, "page", slow)) as server, ThreadPoolExecutor(1) as pool, ExitStack() as open_ones:
        sent = pool.submit(caption, server, b"123")
        assert begun.wait(30)
        half = open_ones.enter_context(connected(server, b"POST /caption HTTP/1.1\r\nHost: localhost\r\n"
                                                         b"Content-Length: 4\r\n\r\nab"))
        until(lambda: any(state == Guests.SENDING for state, _ in list(server.guests.states.values())))
        idle = [open_ones.enter_context(connected(server)) for _ in range(5)]
        assert rest(idle[0]) == b""
        half.sendall(b"cd")
        go_on.set()
        assert sent.result()[1]["size"] == 3 and b'"size": 4' in rest(half)


def test_slow_headers_and_slow_photos_have_an_end(monkeypatch):
    """Byte by byte, each in time, the whole too late."""
    monkeypatch.setattr(page_server, "ASKED", 0.2)
    monkeypatch.setattr(page_server, "SENT", 0.4)
    with running(PageServer(0, "page", answer)) as server:
        for text, code in ((b"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", b""),
                           (b"POST /caption HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n", b" 408 "),
                           (b"POST /run HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n", b" 404 ")):
            with connected(server, text) as connection:
                stop = threading.Event()
                drip = threading.Thread(target=dripped, args=(connection, stop))
                drip.start()
                assert code in rest(connection)
                stop.set()
                drip.join()
        assert ask(server)[2] == b"page"


def dripped(connection, stop):
    """Another byte every 50 ms, for 30 s at most."""
    for _ in range(600):
        if stop.wait(0.05):
            return
        try:
            connection.sendall(b"a")
        except OSError:
            return


def test_photos_are_captioned_in_one_thread():
    """Of its own: none of those that listen."""
    with running(PageServer(0, "page", answer)) as server, ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda size: caption(server, bytes(size))[1], range(1, 9)))
    assert [one["size"] for one in found] == [*range(1, 9)]
    assert len({one["thread"] for one in found} - {threading.get_ident()}) == 1


def test_too_many_pixels_are_refused_before_they_are_decoded(tiny, monkeypatch):
    """Nothing of the photo is read but its size; an icon, which Pillow decodes to know its size, is refused too."""
    monkeypatch.setattr(serve, "PIXELS", 6000)
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda photo: pytest.fail("decoded"))
    icon = io.BytesIO()
    Image.new("RGB", (32, 32)).save(icon, "ICO")
    with serving(tiny.soft) as server:
        assert caption(server, png((90, 70))) == (422, {
            "error": "Cannot read the photo dog.png: it has 0 million pixels; a photo may have 0 million."})
        assert "cannot identify" in caption(server, icon.getvalue())[1]["error"]


def descriptors(wanted):
    """How many of `wanted` connections this process may hold, having asked for more."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted + 500:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 500) if hard > 0 else wanted + 500, hard))
    return min(wanted, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="counts open files as Unix does")
def test_1500_idle_connections_and_large_bombs(tiny):
    """The page and a photo are answered while they are there."""
    with serving(tiny.soft) as server, ExitStack() as open_ones:
        for number in range(descriptors(1500)):
            open_ones.enter_context(connected(server, b"POST /caption HTTP/1.1\r\n" if number % 2 else b""))
        for depth in (8, 16):
            status, found = caption(server, bomb(13_000, depth))
            assert status == 422 and "169 million pixels; a photo may have 50 million" in found["error"]
        assert ask(server)[0] == 200 and caption(server, png())[0] == 200
