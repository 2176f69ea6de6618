"""`minisat serve`: its page, the captions it answers, what it refuses, and that it goes on; on 127.0.0.1 only."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from browser import needs_chromium, title_of
from page_clients import ask, caption, png, running, serving
from PIL import Image

import minisat
from minisat.cli import page_server
from minisat.cli.main import main
from minisat.cli.page_server import PageServer
from minisat.cli.serve import DECIDERS
from minisat.files import read_json, write_json


@pytest.fixture(scope="module")
def soft(tiny):
    with serving(tiny.soft) as server:
        yield server


def test_the_page_needs_nothing_else(soft, tiny):
    """One complete page that says who captions, and that asks no one but its server."""
    status, headers, body = ask(soft)
    page = body.decode()
    assert status == 200 and headers["Content-Type"] == "text/html; charset=utf-8"
    assert "connect-src 'self'" in headers["Content-Security-Policy"]
    assert tiny.soft in page and "knows 10 words" in page and "beam 5" in page
    assert "://" not in page and "@import" not in page and "{{" not in page.replace("${", "")


@pytest.mark.parametrize("run", ["soft", "told", "along"])
def test_a_photo_is_answered_as_caption_does(tiny, tmp_path, capsys, run):
    """The object of `caption --sure --json`; beyond it the grid, the photo, and the words of each alternative."""
    (tmp_path / "dog.png").write_bytes(png())
    assert main(["caption", getattr(tiny, run), str(tmp_path / "dog.png"), "--sure", "--json", "--n-best", "5"]) == 0
    expected = json.loads(capsys.readouterr().out) | {"image": "dog.png"}
    with serving(getattr(tiny, run)) as server:
        status, found = caption(server, png())
    assert status == 200 and found.pop("photo").startswith("data:image/jpeg;base64,")
    assert found.pop("grid") == (None if run == "told" else [[8, 0, 8, 64]] * 2)
    for entry, *_ in zip(found["n_best"], range(5), strict=True):
        words = entry.pop("words")
        assert entry["caption"] == " ".join(word["word"] for word in words)
    assert words != found["words"] and set(words[0]) == set(found["words"][0])
    assert found == expected


def test_only_as_many_captions_as_the_beam_has(tiny):
    """Greedy: one."""
    with serving(tiny.soft, "--beam", 1) as server:
        status, found = caption(server, png())
    assert status == 200 and "n_best" not in found and found["words"]


def test_by_consensus_the_neighbours_are_told(tiny, tmp_path, capsys):
    """Those of every alternative, the first few with their photos; a run that keeps none is refused at once."""
    shutil.copytree(tiny.soft, run := tmp_path / "run")
    assert main(["serve", str(run), "--port", "0", "--consensus"]) == 2
    assert "keeps no training photos" in capsys.readouterr().err
    minisat.load(run, device="cpu").remember(tiny.data)
    with serving(run, "--consensus", "--neighbours", 6) as server:
        status, found = caption(server, png())
    assert status == 200 and len(found["n_best"]) == 5
    for entry in (found, *found["n_best"]):
        assert len(entry["neighbours"]) == 6 and sum(near["share"] for near in entry["neighbours"]) > 0.99
        pictures = [near.get("picture") for near in entry["neighbours"]]
        assert [bool(picture) for picture in pictures] == [True] * DECIDERS + [False] * (6 - DECIDERS)
    write_json(run / "config.json", read_json(run / "config.json") | {"data": str(tmp_path / "gone")})
    with serving(run, "--consensus", "--beam", 2) as server:
        assert all(near.get("picture") is None for near in caption(server, png())[1]["neighbours"])


REFUSED = {
    "another path": ("GET", "/run", {}, None, 404, "page is at /"),
    "a caption by GET": ("GET", "/caption", {}, None, 404, "page is at /"),
    "another name for this machine": ("GET", "/", {"Host": "rebound.example"}, None, 403, "this machine only"),
    "a strange name": ("GET", "/", {"Host": "[::"}, None, 403, "this machine only"),
    "a photo elsewhere": ("POST", "/", {}, png(), 404, "/caption"),
    "a photo under another name": ("POST", "/caption", {"Host": "rebound.example"}, png(), 403, "own page"),
    "a photo from another site": ("POST", "/caption", {"Origin": "http://other.example"}, png(), 403, "own page"),
    "a photo from a file": ("POST", "/caption", {"Origin": "null"}, png(), 403, "own page"),
    "no length": ("POST", "/caption", {"Transfer-Encoding": "chunked"}, b"0\r\n\r\n", 411, "Content-Length"),
    "no photo": ("POST", "/caption?name=a%20b.txt", {}, b"no photo", 422, "photo a b.txt: cannot identify image file."),
    "half a photo": ("POST", "/caption?name=half.png", {}, png()[:-60], 422, "half.png"),
    "nothing": ("POST", "/caption", {}, b"", 422, "photo"),
    "a program": ("POST", "/caption", {}, b"%!PS-Adobe-3.0\n%%BoundingBox: 0 0 9 9\n", 422, "cannot identify"),
}


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED)
def test_what_is_refused(soft, asked):
    """One sentence each, and the next photo is captioned."""
    method, path, headers, body, code, sentence = asked
    status, _, answer = ask(soft, method, path, body, **headers)
    assert status == code and sentence in json.loads(answer)["error"]
    assert caption(soft, png())[0] == 200


def test_our_own_page_may_ask(soft):
    """By either name of this machine, also through a tunnel from another port."""
    for host in (f"127.0.0.1:{soft.server_address[1]}", "localhost:9999"):
        assert caption(soft, png(), Host=host, Origin=f"http://{host}")[0] == 200
        assert caption(soft, png(), Host=host, Origin="http://127.0.0.1:1")[0] == 403


def test_too_much_is_refused(soft, monkeypatch):
    """Too many bytes, though the client sends them all first; too many pixels; but not a long thin line."""
    assert caption(soft, png((40_000, 1)))[0] == 200
    monkeypatch.setattr(page_server, "LIMIT", 2_000_000)
    status, found = caption(soft, bytes(9_000_000))
    assert status == 413 and found["error"] == "dog.png has 9 MB; a photo may have 2."
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    status, found = caption(soft, png())
    assert status == 422 and "decompression bomb" in found["error"]


def test_one_photo_at_a_time_and_the_page_meanwhile():
    """Two at once wait for each other."""
    inside = []

    def answer(data, name):
        inside.append(name)
        assert len(inside) == 1
        time.sleep(0.05)
        inside.remove(name)
        return {"image": name, "size": len(data)}

    with running(PageServer(0, "page", answer)) as server, ThreadPoolExecutor(3) as pool:
        answers = [pool.submit(caption, server, b"123", name) for name in "ab"]
        assert ask(server)[2] == b"page"
        assert [found.result() for found in answers] == [(200, {"image": name, "size": 3}) for name in "ab"]


def test_nobody_can_bring_it_down(capsys):
    """A browser that leaves in the middle of a photo is passed over; a bug is a sentence, and told on the terminal."""
    def answer(data, name):
        return {"half": 1 / len(data)}

    with running(PageServer(0, "page", answer)) as server:
        with socket.create_connection(server.server_address) as leaving:
            leaving.sendall(b"POST /caption HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf")
        assert "dog.png could not be captioned (ZeroDivisionError)" in caption(server, b"")[1]["error"]
        assert caption(server, b"12") == (200, {"half": 0.5})
    assert capsys.readouterr().err.count("Traceback") == 1


def test_a_port_in_use_is_one_sentence(tiny, soft, capsys):
    """Exit code 2; so is a number that is no port."""
    port = soft.server_address[1]
    assert main(["serve", tiny.soft, "--port", str(port)]) == 2
    assert capsys.readouterr().err.startswith(f"minisat serve: Cannot listen at port {port}: ")
    assert main(["serve", tiny.soft, "--port", "70000"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_missing_weights_are_told_at_once(tiny, tmp_path, capsys):
    """Not when the first photo comes."""
    shutil.copytree(tiny.soft, tmp_path / "run")
    config = read_json(tmp_path / "run" / "config.json")
    write_json(tmp_path / "run" / "config.json", config | {"weights_hash": "ab" * 32, "weights": "gone"})
    assert main(["serve", str(tmp_path / "run"), "--port", "0"]) == 2
    assert "--weights FILE" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="sends the signal that Ctrl-C is elsewhere")
def test_ctrl_c_ends_it(tiny):
    """One line was printed, nothing is complained of, and the run's folder is as it was."""
    before = sorted(Path(tiny.soft).rglob("*"))
    process = subprocess.Popen([sys.executable, "-m", "minisat", "serve", tiny.soft, "--port", "0"], text=True,
                               cwd=Path(__file__).resolve().parents[2], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = process.stdout.readline()
    port = int(line.split("http://127.0.0.1:")[1].split("/")[0])
    assert caption(SimpleNamespace(server_address=("127.0.0.1", port)), png())[0] == 200
    process.send_signal(signal.SIGINT)
    rest, complaints = process.communicate(timeout=30)
    assert (process.returncode, rest.strip(), complaints) == (0, "", "")
    assert sorted(Path(tiny.soft).rglob("*")) == before


@needs_chromium
@pytest.mark.parametrize("run", ["soft", "told", "consensus"])
def test_in_a_browser(tiny, tmp_path, run):
    """The page uploads a photo that it draws, shows the words and where they look, and says what it cannot take."""
    flags = [] if run != "consensus" else ["--consensus"]
    if flags:
        shutil.copytree(tiny.soft, tmp_path / run)
        minisat.load(tmp_path / run, device="cpu").remember(tiny.data)
    with serving(tmp_path / run if flags else getattr(tiny, run), *flags) as server:
        title = title_of(f"{server.address}#selftest", tmp_path, "selftest: ")
    assert title.startswith("selftest: ") and "FAILED" not in title and not title.endswith(" 0 words")
    for name in ("words", "numbers", "chosen", "broken", "huge", "goes on", "fits", "away",
                 *(["played", "looked"] if run != "told" else []), *(["decided"] if flags else [])):
        assert f"{name} ok" in title
