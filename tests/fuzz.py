"""Damaged files by the thousand, the same in every run: what may leave a reader is UserError, and soon.

A target is a reader, some good files, and the name under which one of them, damaged, is read. Damage comes to bytes
(bits flipped, pieces cut, doubled, put in), to lines, and to values of JSON: other types, huge numbers, deep nesting,
strange text, fields that are missing.
"""

import copy
import json
import random
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import minisat
from minisat.errors import UserError

HOME = Path(minisat.__file__).parent
SLOW = 10  # seconds of this process's own time for one file
PIECES = [b"\x00", b"\xff" * 4, b"\xff" * 8, b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\r", b"\r\n", b"\n\n", b'"',
          b"'", b",", b"\t", b"#0\t", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3", b"nan", b"-inf", b"1e400", b"-1",
          b"9" * 25, b"../", b"{", b"[" * 50, b"}", b"\\", b"\x1b[2J", "\u202e".encode(),
          " ".encode("utf-16"), b"a" * 5000]
VALUES = [None, True, False, -1, 0, 1, 2, 0.5, -0.5, 1e-300, 1e308, 2**31, 2**63, 10**18, -10**18, 10**30, 10**4000,
          float("nan"), float("inf"), "", "x", "0", "nan",
          "\0", "\ud800", "\u202e\x1b[2J", "../../etc/passwd", "/dev/null", "a" * 5000,
          "<script>", [], {}, [[]], [None], [0], [""], {"": None}, [1, 2, 3], ["a", "b"], {"a": {"b": []}}]


class Target(NamedTuple):
    """`read(place)` reads what `seeds`, good files as bytes, hold; `place` is where a damaged one has been written."""

    read: Callable[[Any], Any]
    seeds: list
    place: Any
    json: bool = False   # whether values may be damaged beside bytes


class Figures(NamedTuple):
    """What became of many files."""

    count: int
    refused: int
    read: int
    slowest: float   # seconds of this process
    faults: Counter  # {text: how many}
    examples: dict   # {text: the first file, bytes}


def fuzz(target, count, seed=0, until=None):
    """Read `count` damaged files, or as many as come before time.monotonic() is `until`: Figures."""
    refused, read, done, slowest, faults, examples = 0, 0, 0, 0.0, Counter(), {}
    for number in range(count):
        if until is not None and time.monotonic() > until:
            break
        content = damaged(random.Random(f"{seed}/{number}"), target)
        target.place.write_bytes(content)
        begun, fault, done = time.process_time(), None, done + 1
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                target.read(target.place)
            read += 1
        except UserError as error:
            refused += 1
            fault = None if str(error).strip() else "an empty sentence"
        except Exception as error:  # what a user would see as a traceback
            fault = _place(error)
        took = time.process_time() - begun
        slowest = max(slowest, took)
        if took > SLOW:
            fault = f"{took:.0f} s"
        if fault:
            faults[fault] += 1
            examples.setdefault(fault, content)
    target.place.write_bytes(target.seeds[0])
    return Figures(done, refused, read, slowest, faults, examples)


def damaged(rng, target):
    """One of the target's files with one to four damages."""
    content = rng.choice(target.seeds)
    if target.json and rng.random() < 0.7:
        value = json.loads(content)
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            value = _other_value(rng, value)
        text = json.dumps(value, ensure_ascii=rng.random() < 0.5)
        if rng.random() < 0.03:
            text = text.replace("[", "[" * rng.choice((2, 900, 100_000)), 1)
        content = text.encode("utf-8", "surrogatepass")
        if rng.random() < 0.9:
            return content
    for _ in range(rng.choice((1, 1, 1, 2, 4))):
        content = rng.choice(DAMAGES)(rng, content, target)
    return content


def _other_value(rng, value):
    """The JSON value with one of its parts, at any depth, replaced, removed, doubled or renamed."""
    way, inner = [], value
    while isinstance(inner, (dict, list)) and inner and rng.random() < 0.85:
        key = rng.choice(list(inner)) if isinstance(inner, dict) else rng.randrange(len(inner))
        way.append((inner, key))
        inner = inner[key]
    if not way:
        return copy.deepcopy(rng.choice(VALUES))
    around, key = way[-1]
    action = rng.random()
    if action < 0.6:
        around[key] = copy.deepcopy(rng.choice(VALUES))
    elif action < 0.75:
        del around[key]
    elif action < 0.85 and isinstance(around, list):
        around.insert(key, copy.deepcopy(inner))
    elif isinstance(around, dict):
        around[rng.choice([*around, "", "x", "\0"])] = copy.deepcopy(inner)
    else:
        around[key] = copy.deepcopy(rng.choice(around))
    return value


def _flip(rng, content, target):
    content = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 8))):
        if content:
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return bytes(content)


def _cut(rng, content, target):
    return content[:rng.randrange(len(content) + 1)]


def _remove(rng, content, target):
    a, b = _span(rng, content)
    return content[:a] + content[b:]


def _double(rng, content, target):
    a, b = _span(rng, content)
    return content[:b] + content[a:b] * rng.choice((1, 1, 3, 50)) + content[b:]


def _insert(rng, content, target):
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.choice(PIECES) + content[at:]


def _overwrite(rng, content, target):
    at, piece = rng.randrange(len(content) + 1), rng.choice(PIECES)
    return content[:at] + piece + content[at + len(piece):]


def _splice(rng, content, target):
    other = rng.choice(target.seeds)
    return content[:rng.randrange(len(content) + 1)] + other[rng.randrange(len(other) + 1):]


def _lines(rng, content, target):
    lines = content.split(b"\n")
    action = rng.randrange(4)
    if action == 0:
        rng.shuffle(lines)
    elif action == 1:
        return rng.choice((b"\r", b"\r\n", b"\x00", b"\xe2\x80\xa8")).join(lines)
    elif action == 2:
        del lines[rng.randrange(len(lines))]
    else:
        lines.insert(rng.randrange(len(lines) + 1), rng.choice((*PIECES, *lines)))
    return b"\n".join(lines)


DAMAGES = (_flip, _flip, _cut, _remove, _double, _insert, _overwrite, _splice, _lines)


def _span(rng, content):
    a = rng.randrange(len(content) + 1)
    return a, min(len(content), a + rng.choice((1, 2, 4, 8, 64, len(content))))


def _place(error):
    """An exception's type and where it was raised: all that come from one place are one fault."""
    places = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    file, line = next((place for place in reversed(places) if place[0].is_relative_to(HOME)), places[-1])
    return f"{type(error).__name__} at {file.relative_to(HOME) if file.is_relative_to(HOME) else file}:{line}"
