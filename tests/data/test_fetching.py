"""Fetching a data set: whatever a server does, at the end there is a whole one or none; archives are not trusted."""

import hashlib
import io
import stat
import zipfile

import numpy as np
import pytest
from file_server import Handler, serving
from PIL import Image

from minisat import download as downloads
from minisat.cli.progress import progress
from minisat.data import check_dataset, read_dataset
from minisat.data.fetching import catalogue, fetch, source
from minisat.data.fetching.catalogue import BY_HAND, SOURCES, Archive, Source
from minisat.data.fetching.fetch import SLACK
from minisat.data.fetching.unpacking import unpack
from minisat.errors import UserError

NAMES = [f"{number}.jpg" for number in range(6)]


def packed(entries):
    """A ZIP archive's bytes of {name or ZipInfo: bytes}."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return kept.getvalue()


def photo(seed):
    kept = io.BytesIO()
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(kept, "JPEG")
    return kept.getvalue()


@pytest.fixture(scope="module")
def files():
    """{archive: bytes} in the form of the real release: photos, captions, split lists, and what a Mac puts beside."""
    captions = "".join(f"{name}#{k}\ta dog , number {k} .\n" for name in [*NAMES, "9.jpg.1"] for k in range(2))
    lists = {"train": NAMES[:4], "dev": NAMES[4:5], "test": NAMES[5:]}
    text = {"Flickr8k.token.txt": captions, "Flickr8k.lemma.token.txt": captions, "readme.txt": "Read me.",
            "__MACOSX/._readme.txt": "rest"}
    text |= {f"Flickr_8k.{split}Images.txt": "\n".join(names) + "\n" for split, names in lists.items()}
    photos = {f"Flicker8k_Dataset/{name}": photo(seed) for seed, name in enumerate(NAMES)}
    photos |= {"Flicker8k_Dataset/": b"", "__MACOSX/Flicker8k_Dataset/._0.jpg": b"rest", ".DS_Store": b"rest"}
    return {"text.zip": packed(text), "photos.zip": packed(photos)}


@pytest.fixture(scope="module")
def tiny_source(files):
    return Source("tiny", "Tiny", "Be kind.", tuple(
        Archive(name, f"http://127.0.0.1:9/{name}", "md5", hashlib.md5(content).hexdigest(), len(content), 10_000)
        for name, content in files.items()), True)


def tree(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def get(tiny_source, out, mirror):
    return fetch(tiny_source, out, mirror, progress)


@pytest.fixture(scope="module")
def right(files, tiny_source, tmp_path_factory):
    """What a fetch without any fault leaves."""
    out = tmp_path_factory.mktemp("right") / "Tiny"
    with serving(files=files) as address:
        found = get(tiny_source, out, f"{address}/good")
    assert found.path == out and found.absent == {"9.jpg.1": 2} and len(found.left_out) == 3
    return tree(out)


def test_what_is_fetched_is_a_sound_data_set(right, tmp_path):
    for name, content in right.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    data = read_dataset(tmp_path)
    assert data.splits == {"train": 4, "dev": 1, "test": 1} and sum(len(p.captions) for p in data.photos) == 12
    assert check_dataset(data).findings == () and right["TERMS.txt"] == b"Be kind.\n"
    assert not any("MACOSX" in name or "DS_Store" in name for name in right)
    assert all(b"9.jpg.1" not in right[name] for name in right) and len(right) == 13


FAULTS = {   # {what the server does: what is said}; the first two end well
    "drips": None, "moved": None, "gone": "404 Not Found", "fails": "500", "busy": "503", "circle": "302",
    "robbed": "302", "hangs": "Cannot reach", "stalls": "broke off", "breaks": "broke off after", "page": "thrown away",
    "other": "thrown away", "endless": "thrown away", "short": "thrown away"}


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_of_a_server_leaves_half_a_data_set(fault, files, tiny_source, right, tmp_path, monkeypatch):
    """It says what is wrong in one sentence; the same command against a sound server ends with the same bytes."""
    if fault in ("hangs", "stalls"):
        monkeypatch.setattr(downloads, "TIMEOUT", 0.15)
    out = tmp_path / "Tiny"
    with serving(files=files) as address:
        if FAULTS[fault] is None:
            get(tiny_source, out, f"{address}/{fault}")
        else:
            with pytest.raises(UserError, match=FAULTS[fault]) as said:
                get(tiny_source, out, f"{address}/{fault}")
            assert "\n" not in str(said.value) and not out.exists()
            monkeypatch.undo()
            get(tiny_source, out, f"{address}/good")
    assert tree(out) == right and [entry.name for entry in tmp_path.iterdir()] == ["Tiny"]


@pytest.mark.parametrize("fault, said", [("elsewhere", "another part"), ("ignores", None), ("other", "thrown away")])
def test_faults_when_it_goes_on(fault, said, files, tiny_source, right, tmp_path):
    """A server that answers with another part, that cannot resume, or that has another file by now."""
    out = tmp_path / "Tiny"
    with serving(files=files) as address:
        with pytest.raises(UserError, match="broke off"):
            get(tiny_source, out, f"{address}/breaks")
        if said:
            with pytest.raises(UserError, match=said):
                get(tiny_source, out, f"{address}/{fault}")
            assert not out.exists()
        get(tiny_source, out, f"{address}/{'good' if said else fault}")
    assert tree(out) == right


def test_it_goes_on_where_ctrl_c_stopped_it(files, tiny_source, right, tmp_path, monkeypatch):
    """In a download (only what is missing is asked for) and in unpacking; a server is not asked for what is there."""
    out = tmp_path / "Tiny"

    class Stop:
        at = None

        def __init__(self, what, *_):
            self.what = what

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def update_to(self, _):
            if self.what == Stop.at:
                raise KeyboardInterrupt
    monkeypatch.setattr(downloads, "BLOCK", 500)
    with serving(files=files) as address:
        for Stop.at in ("photos.zip", "unpacking photos.zip"):
            with pytest.raises(KeyboardInterrupt):
                fetch(tiny_source, out, f"{address}/good", Stop)
            assert not out.exists()
        before = len(Handler.asked)
        get(tiny_source, out, f"{address}/good")
        assert len(Handler.asked) == before and Handler.asked == [None, None, "bytes=500-"]
    assert tree(out) == right


def test_a_folder_that_is_there_is_left_alone(tiny_source, tmp_path, monkeypatch):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="is there already: `minisat data check"):
        get(tiny_source, tmp_path, "http://127.0.0.1:9")
    monkeypatch.setattr("minisat.room.free_disk", lambda folder: 1000)
    with pytest.raises(UserError, match="Fetching tiny needs about .* of disk in .* 1.0 kB are free"):
        get(tiny_source, tmp_path / "Tiny", "http://127.0.0.1:9")
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]


def entry(name, mode):
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    return info


BAD = {
    "outside": ({"../out.txt": b"x"}, "outside its folder"), "root": ({"/etc/out.txt": b"x"}, "outside its folder"),
    "drive": ({"C:/out.txt": b"x"}, "outside its folder"), "backslash": ({"..\\out.txt": b"x"}, "outside its folder"),
    "link": ({entry("a", stat.S_IFLNK | 0o777): b"/etc/passwd"}, "a link or a device"),
    "device": ({entry("a", stat.S_IFCHR | 0o666): b""}, "a link or a device"),
    "bomb": ({"a": b"\0" * 2_000_000}, "at most 10,000 are expected"),
    "case": ({"a/b": b"x", "A/B": b"y"}, "is in it twice"), "both": ({"a": b"x", "a/b": b"y"}, "a file and a folder")}


@pytest.mark.parametrize("kind", BAD)
def test_an_archive_that_should_not_be_unpacked_writes_nothing(kind, tmp_path):
    entries, said = BAD[kind]
    (tmp_path / "bad.zip").write_bytes(packed(entries))
    (tmp_path / "whole").mkdir()
    with pytest.raises(UserError, match=f"bad.zip cannot be unpacked: .*{said}"):
        unpack(tmp_path / "bad.zip", tmp_path / "whole", 10_000)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["bad.zip", "whole"]


def test_a_damaged_archive_is_one_sentence(files, tmp_path):
    """Cut short, or with a byte changed; and one that says of itself that less comes out than does."""
    content = files["photos.zip"]
    at = content.index(b"\xff\xd8\xff") if b"\xff\xd8\xff" in content else 200
    bomb = bytearray(packed({"a": b"\0" * 2_000_000}))
    for mark, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):   # the size that comes out, said twice
        place = bomb.index(mark) + offset
        bomb[place:place + 4] = (100).to_bytes(4, "little")
    for name, wrong in (("cut", content[:-40]), ("empty", b""), ("bomb", bytes(bomb)),
                        ("changed", content[:at] + bytes([content[at] ^ 255]) + content[at + 1:])):
        (tmp_path / f"{name}.zip").write_bytes(wrong)
        (tmp_path / name).mkdir()
        with pytest.raises(UserError, match=f"The archive {name}.zip cannot be unpacked") as said:
            unpack(tmp_path / f"{name}.zip", tmp_path / name, 10_000_000)
        assert "\n" not in str(said.value) and sum(map(len, tree(tmp_path / name).values())) < 100_000


def test_splits_go_into_a_data_sets_folder(tmp_path):
    """Karpathy's file is no archive: it joins what is there."""
    content = b'{"images": []}'
    digits = hashlib.sha256(content).hexdigest()
    archive = Archive("dataset_tiny.json", "", "sha256", digits, len(content), 0)
    splits = Source("splits", "Tiny", "Be kind.", (archive,), False)
    (tmp_path / "Tiny").mkdir()
    (tmp_path / "Tiny" / "mine.txt").write_text("mine")
    with serving(content) as address:
        found = get(splits, tmp_path / "Tiny", f"{address}/good")
    assert found.path == tmp_path / "Tiny" / "dataset_tiny.json" and found.path.read_bytes() == content
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["Tiny", "dataset_tiny.json", "mine.txt"]


def test_the_catalogue_is_consistent():
    for entry in SOURCES:
        assert source(entry.name) is entry and "cite" in entry.terms.lower()
        for archive in entry.archives:
            assert len(archive.digits) == {"md5": 32, "sha256": 64}[archive.algorithm]
            assert archive.address.startswith("https://") and archive.size > 1e6
    assert source("flickr8k").disk * SLACK < 3e9 and catalogue.FLICKR8K_TERMS in source("flickr8k").terms
    for name in BY_HAND:
        with pytest.raises(UserError, match=f"minisat data fetch karpathy-{name} --out"):
            source(name)
    with pytest.raises(UserError, match="Did you mean flickr8k"):
        source("flicker8k")
