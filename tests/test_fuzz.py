"""Damaged files of every kind: whatever reads them reads them or says in a sentence why not, and never takes long.

The quick run reads a few of each; `FUZZ=40000 python -m pytest -m slow tests/test_fuzz.py` as many as one likes, with
figures by reader.
"""

import contextlib
import io
import os
import random

import pytest
from fuzz import Target, damaged, fuzz
from fuzz_targets import make_targets
from tiny_runs import tiny

from minisat.errors import UserError

SEALED = {"a run's neighbours", "exported runs"}  # they hold a hash of themselves: hardly any damage goes unnoticed
QUICK, LONG = 40, int(os.environ.get("FUZZ", 2000))


__all__ = ["tiny"]  # a fixture


@pytest.fixture(scope="module")
def targets(tiny, tmp_path_factory):
    """{name: Target}."""
    return make_targets(tmp_path_factory.mktemp("fuzz"), tiny)


def lines_of(found):
    """A table of {name: Figures}."""
    return "\n".join([f"{'reader':<28}{'files':>9}{'refused':>9}{'read':>9}{'slowest':>10}",
                      *(f"{name:<28}{one.count:>9,}{one.refused:>9,}{one.read:>9,}{one.slowest:>8.2f} s"
                        for name, one in found.items())])


def check(targets, count, seed):
    """Fuzz them all: {name: Figures}; no fault in any."""
    found = {}
    for name, target in targets.items():
        with contextlib.redirect_stdout(io.StringIO()):
            found[name] = fuzz(target, count, seed)
    assert {name: dict(one.faults) for name, one in found.items() if one.faults} == {}
    return found


def test_a_few_of_each(targets):
    """Nothing but sentences; most damage is noticed, and the good files themselves are read."""
    for target in targets.values():
        for seed in target.seeds:
            target.place.write_bytes(seed)
            with contextlib.redirect_stdout(io.StringIO()):
                target.read(target.place)
        target.place.write_bytes(target.seeds[0])
    found = check(targets, QUICK, "quick")
    assert all(one.refused and (one.read or name in SEALED) for name, one in found.items()), lines_of(found)


def test_the_same_files_in_every_run(targets):
    """A fault that is found can be found again."""
    target = targets["captions of COCO"]
    assert damaged(random.Random("1"), target) == damaged(random.Random("1"), target)


def test_what_a_fuzz_would_find(tmp_path):
    """A reader that trips is told by its place, a slow one by its time, one that says nothing by that."""
    def read(path):
        content = path.read_bytes()
        if len(content) < 4:
            raise UserError("")
        return content.decode("ascii")

    found = fuzz(Target(read, [b"abcdefgh"], tmp_path / "file"), 300)
    assert found.count == 300 and found.faults["an empty sentence"] > 5 and found.read > 5
    assert any(fault.startswith("UnicodeDecodeError at ") for fault in found.faults)


@pytest.mark.slow
def test_many_of_each(targets, capsys):
    """The same by thousands, with figures."""
    found = check(targets, LONG, os.environ.get("FUZZ_SEED", "long"))
    with capsys.disabled():
        print("\n" + lines_of(found))
