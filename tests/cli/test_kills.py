"""A hundred kills at random moments (SIGKILL, which nothing can catch): what is left is what an undisturbed run leaves.

Each verb is started, killed and started again until it ends by itself, then begun anew, until it was killed often
enough. Moments follow from a seed and from how long the verb takes alone.
"""

import multiprocessing
import os
import random
import time

import pytest
from small_trainings import assert_same_run

from minisat.cli.main import main

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]
TRAIN = ["--embedding-size", "16", "--hidden-size", "24", "--attention-size", "12", "--min-count", "1", "--batch-size",
         "8", "--warmup-steps", "5", "--average-decay", "0.9", "--epochs", "6", "--patience", "0", "--beam", "2",
         "--device", "cpu", "--save-every", "3"]


def start(words):
    """The verb in a process of its own, forked, so that no time goes by with imports."""
    process = multiprocessing.get_context("fork").Process(target=_verb, args=([str(word) for word in words],))
    process.start()
    return process


def _verb(words):
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os._exit(main(words))


def seconds_of(words):
    """How long the verb takes alone."""
    begin = time.monotonic()
    process = start(words)
    process.join()
    assert process.exitcode == 0
    return time.monotonic() - begin


def killed_until_done(words, limit, rng):
    """How often it was killed until it ended by itself."""
    kills = 0
    while True:
        process = start(words)
        process.join(rng.uniform(0.0, 1.0) * limit)
        if process.exitcode is None:
            process.kill()
        process.join()
        if process.exitcode >= 0:
            assert process.exitcode == 0
            return kills
        kills += 1
        if kills % 8 == 0:  # a verb that keeps nothing until it ends would never do so
            limit *= 1.5


def assert_unharmed(wanted, words_of, folder, same, capsys):
    """Kill `words_of(place)` `wanted` times; `same(undisturbed, place)` compares what is left."""
    rng, kills, ends = random.Random(0), 0, 0
    limit = seconds_of(words_of(folder / "undisturbed"))
    while kills < wanted:
        place = folder / str(ends)
        kills += killed_until_done(words_of(place), limit, rng)
        same(folder / "undisturbed", place)
        assert not list(place.rglob(".*")), "something unfinished lies about"
        ends += 1
    with capsys.disabled():
        print(f"\n{words_of('')[0]}: {kills} kills, {ends} folders, all as if nothing had happened")


def same_files(one, other, but=()):
    """The same names, and the same bytes in them."""
    names = [sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and path.name not in but)
             for folder in (one, other)]
    assert names[0] == names[1]
    assert all((one / name).read_bytes() == (other / name).read_bytes() for name in names[0])


def test_train(squares, store, tmp_path, capsys):
    def same(one, other):
        assert_same_run(one, other)
        timed = {"environment.json", "metrics.jsonl", "last.safetensors", "curves.png"}  # hold the time or seconds
        same_files(one, other, timed)
    assert_unharmed(40, lambda run: ["train", squares, "--features", store, "--run", run, "--resume", *TRAIN],
                    tmp_path, same, capsys)


def test_features(squares, tmp_path, capsys):
    assert_unharmed(30, lambda store: ["features", squares, "--encoder", "toy_cnn", "--out", store, "--batch", 1],
                    tmp_path, same_files, capsys)


def test_evaluate(tiny, tmp_path, capsys):
    assert_unharmed(30, lambda out: ["evaluate", tiny.soft, tiny.data, "--out", out, "--device", "cpu"],
                    tmp_path, same_files, capsys)
