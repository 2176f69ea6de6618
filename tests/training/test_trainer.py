"""The training loop: it learns, resumes bit for bit even after kill -9, stops cleanly, and says why."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from small_trainings import SMALL, assert_same_run, interrupt_at_step, weights
from strict_arrays import strict

from minisat.captioner import Recipe, Through, build_objective
from minisat.captioner.decoding import greedy
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.training import Corpus, NotFinite, Run, RunConfig, Trainer, build_model, load_checkpoint, load_run
from minisat.training.starting import begin
from minisat.vision import FeatureStore, View


def make_trainer(folder, squares, store, recipe=None, dev=True, move=lambda model: model, **options):
    """A Trainer on the squares' features; the run in `folder` is made, or opened when it is there.

    `move(model)` takes the model to another home of arrays.
    """
    recipe = recipe or Recipe(**SMALL)
    store, dataset = FeatureStore.open(store), read_dataset(squares)
    corpus = Corpus.build(dataset.split("train"), dataset.split("dev") if dev else [], recipe)
    config = RunConfig(View.of_store(store.path), recipe, len(corpus.vocabulary), store.scale, None, corpus.fingerprint)
    run = Run.open(folder) if Run.exists(folder) else Run.create(folder, config, corpus.vocabulary)
    model = move(build_model(config))
    train_rows, dev_rows = (store.rows([p.name for p in photos]) for photos in (corpus.train, corpus.dev))
    objective = Through(model.sight, build_objective(recipe, model.captioner))
    return Trainer(run, model, objective, recipe, corpus.vocabulary, corpus.batches(train_rows, recipe), store.gather,
                   corpus.dev_set(dev_rows, recipe.batch_size), **options)


@pytest.fixture(scope="module")
def whole(squares, store, tmp_path_factory):
    """The folder of an uninterrupted training of three epochs."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    assert make_trainer(folder, squares, store, log_every=3).fit().reason == "finished"
    return folder


def test_it_learns_and_leaves_what_it_should(squares, store, tmp_path):
    """Losses fall, dev captions become right, and the best weights decode as well as the log says."""
    recipe = Recipe(**SMALL | {"epochs": 25})
    outcome = make_trainer(tmp_path / "run", squares, store, recipe).fit()
    epochs = [line for line in Run.open(tmp_path / "run").metrics() if line["kind"] == "epoch"]
    assert [line["epoch"] for line in epochs] == list(range(1, 26))
    assert epochs[-1]["train_loss"] < 0.5 * epochs[0]["train_loss"]
    assert epochs[-1]["dev_loss"] < 0.5 * epochs[0]["dev_loss"]
    best = max(epochs, key=lambda line: line["bleu_4"])
    assert outcome.state.best_score == best["bleu_4"] and outcome.state.best_epoch == best["epoch"]
    assert best["bleu_1"] > 0.5
    loaded = load_run(tmp_path / "run")
    trainer = make_trainer(tmp_path / "run", squares, store, recipe)
    captions = trainer.dev.captions(loaded.model, loaded.vocabulary, trainer.gather, width=2, max_words=40)
    assert trainer.dev.bleu(captions)["bleu_4"] == pytest.approx(best["bleu_4"], abs=1e-12)
    assert "reference" in (tmp_path / "run" / "samples" / "epoch-025.txt").read_text()


def test_a_captioner_on_stored_features_needs_no_weights_of_the_encoder(store):
    """Its run remembers which file made the features; that file may be gone by the time it trains."""
    view = replace(View.of_store(store), weights="gone.pth", weights_hash="0")
    config = RunConfig(view, Recipe(**SMALL), 9, 1.0, None, None)
    model, fresh = build_model(config), build_model(config)
    begin(model, config)
    assert all(np.array_equal(array, fresh.state_dict()[name]) for name, array in model.state_dict().items())


@pytest.mark.parametrize("optimizer,schedule", [("adam", "plateau"), ("momentum", "step"), ("rmsprop", "cosine")])
def test_interrupted_and_resumed_is_bit_for_bit(squares, store, tmp_path, optimizer, schedule):
    """Ctrl-C after every fourth step, resumed each time by a new Trainer: the uninterrupted run, saves and all."""
    recipe = Recipe(**SMALL | {"optimizer": optimizer, "schedule": schedule, "drop_every": 1})
    make_trainer(tmp_path / "whole", squares, store, recipe).fit()
    reasons = []
    while reasons[-1:] != ["finished"]:
        outcome = make_trainer(tmp_path / "parts", squares, store, recipe, report=interrupt_at_step(4)).fit()
        reasons.append(outcome.reason)
    assert reasons == ["interrupted"] * (outcome.state.steps // 4) + ["finished"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


# The training of a subprocess that kills itself, as kill -9 does, at its n-th step, fsync or rename.
KILLED = """
import os, signal, sys
from pathlib import Path
from minisat.training import Trainer
from test_trainer import make_trainer

countdown = int(sys.argv[4])
def deadly(function):
    def call(*args, **kwargs):
        global countdown
        countdown -= 1
        if countdown == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)
    return call
os.fsync, os.replace, Trainer._step = deadly(os.fsync), deadly(os.replace), deadly(Trainer._step)
make_trainer(Path(sys.argv[1]), sys.argv[2], sys.argv[3], save_every=2, log_every=3).fit()
"""


def test_killed_anywhere_and_resumed_is_bit_for_bit(whole, squares, store, tmp_path):
    """SIGKILL in a step, before an fsync, before a rename, again and again: the uninterrupted run in the end."""
    draw, deaths = random.Random(3), 0
    here = __file__.rpartition("/")[0]
    for _ in range(40):
        command = [sys.executable, "-c", KILLED, tmp_path / "killed", squares, store, str(draw.randint(5, 32))]
        code = subprocess.run([*map(str, command)], env=environment_with(here), timeout=60).returncode
        if code == 0:
            break
        assert code == -signal.SIGKILL
        deaths += 1
    assert code == 0 and deaths >= 4
    assert_same_run(whole, tmp_path / "killed")
    assert not list((tmp_path / "killed").rglob(".*.partial"))


def environment_with(*folders):
    """This process's environment, with the folders and this Python's search path on PYTHONPATH."""
    return os.environ | {"PYTHONPATH": os.pathsep.join([*folders, *filter(None, sys.path)])}


def test_time_limit(squares, store, tmp_path):
    """Out of time after at least one step, all saved."""
    outcome = make_trainer(tmp_path / "run", squares, store).fit(max_seconds=1e-9)
    assert outcome.reason == "out of time" and outcome.state.steps == 1
    assert load_checkpoint(tmp_path / "run" / "last.safetensors")[1]["state"]["steps"] == 1


def test_not_finite_stops_and_keeps_the_last_checkpoint(squares, store, tmp_path):
    """Features that turn into NaN: one sentence names the place; the checkpoint before is untouched."""
    trainer = make_trainer(tmp_path / "run", squares, store, save_every=1)
    gather, calls = trainer.gather, []

    def poisoned(rows):
        calls.append(rows)
        return gather(rows) * (np.nan if len(calls) >= 5 else 1)
    trainer.gather = poisoned
    with pytest.raises(NotFinite, match="step 5 because the loss is not finite. .* is the last good checkpoint"):
        trainer.fit()
    tensors, metadata = load_checkpoint(tmp_path / "run" / "last.safetensors")
    assert metadata["state"]["steps"] == 4 and all(np.isfinite(array).all() for array in tensors.values())


def test_patience(squares, store, tmp_path):
    """With a learning rate of zero nothing improves: the training stops after `patience` more epochs."""
    recipe = Recipe(**SMALL | {"learning_rate": 0.0, "epochs": 50, "patience": 2})
    outcome = make_trainer(tmp_path / "run", squares, store, recipe).fit()
    assert outcome.reason == "no progress" and outcome.state.epoch == 3 and outcome.state.best_epoch == 1
    assert make_trainer(tmp_path / "run", squares, store, recipe).fit().state.steps == outcome.state.steps


def test_full_disk(squares, store, tmp_path, monkeypatch):
    """When writing fails the error is one sentence and what was there is whole; later the run goes on."""
    make_trainer(tmp_path / "run", squares, store).fit(max_seconds=1e-6)
    before = (tmp_path / "run" / "last.safetensors").read_bytes()
    with monkeypatch.context() as patch:
        def full(descriptor):
            raise OSError(28, "No space left on device")
        patch.setattr("os.fsync", full)
        with pytest.raises(UserError, match="No space left on device"):
            make_trainer(tmp_path / "run", squares, store, save_every=1).fit()
    assert (tmp_path / "run" / "last.safetensors").read_bytes() == before
    assert make_trainer(tmp_path / "run", squares, store).fit().reason == "finished"


def test_without_a_dev_split(squares, store, tmp_path):
    """Every epoch's weights are the best then, and no score is made up."""
    outcome = make_trainer(tmp_path / "run", squares, store, dev=False).fit()
    assert outcome.state.best_score is None and outcome.state.best_epoch == 3
    assert all("bleu_4" not in line for line in Run.open(tmp_path / "run").metrics())
    assert load_run(tmp_path / "run").model.training is False


def test_damaged_checkpoint_is_refused(whole, squares, store, tmp_path):
    """A cut last.safetensors, and one of a model of other sizes: a sentence each, files untouched."""
    make_trainer(tmp_path / "run", squares, store).fit(max_seconds=1e-6)
    last = tmp_path / "run" / "last.safetensors"
    content = last.read_bytes()
    last.write_bytes(content[:len(content) // 2])
    with pytest.raises(UserError, match="cut short or corrupt"):
        make_trainer(tmp_path / "run", squares, store).fit()
    last.write_bytes(content)
    with pytest.raises(UserError, match="do not fit"):
        make_trainer(tmp_path / "run", squares, store, Recipe(**SMALL | {"hidden_size": 20})).fit()
    assert last.read_bytes() == content


def test_load_run(whole, squares, store, tmp_path):
    """best and last load into models that caption; anything else is one sentence."""
    best, last = load_run(whole), load_run(whole, "last")
    assert best.vocabulary.words == last.vocabulary.words and best.config.V == len(best.vocabulary)
    features = FeatureStore.open(store).gather([0, 1])
    assert len(greedy(best.model, features)) == 2
    assert not np.array_equal(best.model.captioner.L_o.W.data, last.model.captioner.L_o.W.data)
    with pytest.raises(UserError, match="best and last"):
        load_run(whole, "newest")
    with pytest.raises(UserError, match="no run"):
        load_run(tmp_path)


def test_overhead_is_small(squares, store, tmp_path):
    """From one step to the next the loop calls few functions but those of layers, caches and the update."""
    calls, inside, counts = 0, [], []

    def watch(frame, event, _):
        nonlocal calls
        if event == "call" and not inside:
            if frame.f_code.co_name in ("forward", "backward", "step", "update"):
                inside.append(frame)
            calls += 1
        elif event == "return" and inside and inside[-1] is frame:
            inside.clear()

    def report(event, **_):
        nonlocal calls
        if event == "step":
            counts.append(calls)
            calls = 0
    trainer = make_trainer(tmp_path / "run", squares, store, report=report)
    sys.setprofile(watch)
    try:
        trainer.fit()
    finally:
        sys.setprofile(None)
    assert len(counts) > 10 and sorted(counts)[len(counts) // 2] < 400


def assert_close_runs(one, other):
    """The weights of both runs are equal but for rounding, and so are the losses."""
    a, b = weights(one, "best"), weights(other, "best")
    assert all(np.allclose(a[name], b[name], rtol=1e-3, atol=1e-3) for name in a)
    losses = [[line["dev_loss"] for line in Run.open(folder).metrics() if line["kind"] == "epoch"]
              for folder in (one, other)]
    assert losses[0] and losses[0] == pytest.approx(losses[1], rel=1e-3)


@pytest.mark.parametrize("model", ["soft-attention", "show-and-tell", "transformer"])
def test_training_on_strict_arrays(squares, store, tmp_path, monkeypatch, model):
    """A whole training, dev captions and checkpoints included, never leaves its home of arrays."""
    recipe = Recipe(**SMALL | {"epochs": 2, "clip_value": 0.5, "weight_decay": 0.01, "model": model})
    make_trainer(tmp_path / "here", squares, store, recipe).fit()
    for module in ("trainer", "validation"):
        monkeypatch.setattr(f"minisat.training.{module}.to_device", lambda x, device: strict.asarray(x))

    def move(model):
        for _, member in (*model.named_parameters(), *model.named_buffers()):
            member.convert(strict.asarray)
        return model
    make_trainer(tmp_path / "there", squares, store, recipe, move=move).fit(max_seconds=1e-9)
    make_trainer(tmp_path / "there", squares, store, recipe, move=move).fit()
    assert_close_runs(tmp_path / "here", tmp_path / "there")


@pytest.mark.gpu
def test_training_on_gpu_equals_cpu(whole, squares, store, tmp_path):
    """The same training on the GPU: the same weights but for rounding, and a checkpoint that the CPU loads."""
    make_trainer(tmp_path / "gpu", squares, store, move=lambda model: model.to("cuda"), device="cuda").fit()
    assert_close_runs(whole, tmp_path / "gpu")
    assert len(greedy(load_run(tmp_path / "gpu").model, FeatureStore.open(store).gather([0]))) == 1


@pytest.mark.parametrize("schedule, factor", [
    ("step", lambda i: (i + 1) / 3 if i < 2 else 0.5 ** (i // 6)),
    ("cosine", lambda i: (i + 1) / 3 if i < 2 else (1 + np.cos(np.pi * (i - 2) / 10)) / 2)])
def test_the_log_holds_the_rate_of_every_step(squares, store, tmp_path, monkeypatch, schedule, factor):
    """By hand from the formulas, warm-up first; the optimiser takes it; an epoch's line has that of its last step."""
    recipe = Recipe(**SMALL | {"schedule": schedule, "learning_rate": 0.01, "warmup_steps": 2, "drop_every": 1,
                               "drop_factor": 0.5, "epochs": 2})
    trainer = make_trainer(tmp_path / "run", squares, store, recipe, log_every=1)
    assert trainer.steps_per_epoch == 6
    optimizer, taken = trainer._optimizers[0], []
    step = optimizer.step
    monkeypatch.setattr(optimizer, "step", lambda: taken.append(optimizer.learning_rate) or step())
    trainer.fit()
    lines = Run.open(tmp_path / "run").metrics()
    found = [line["learning_rate"] for line in lines if line["kind"] == "step"]
    assert found == taken == pytest.approx([0.01 * factor(i) for i in range(12)])
    assert [line["learning_rate"] for line in lines if line["kind"] == "epoch"] == [found[5], found[11]]


def test_a_first_epoch_that_is_worse_than_guessing_diverges(squares, store, tmp_path):
    """By more than a nat above log V, and said once."""
    heard = []
    trainer = make_trainer(tmp_path / "run", squares, store,
                           report=lambda event, limit=None, **_: heard.append((event, limit)))
    guessing = np.log(len(trainer.vocabulary))
    trainer._watch_divergence(1, {"train_loss": guessing + 0.9})
    assert not heard
    trainer.state.first_loss = None
    for _ in range(2):
        trainer._watch_divergence(1, {"train_loss": guessing + 1.1})
    assert heard == [("diverged", pytest.approx(guessing + 1))]


def test_seconds_are_those_of_all_sessions(squares, store, tmp_path):
    """What was spent before a stop counts on; no more is counted than went by."""
    began, seen = time.monotonic(), []
    for limit in (1e-9, 1e-9, None):
        seen.append(make_trainer(tmp_path / "run", squares, store).fit(max_seconds=limit).state.seconds)
    assert 0 < seen[0] < seen[1] < seen[2] < time.monotonic() - began
    logged = [line["seconds"] for line in Run.open(tmp_path / "run").metrics() if line["kind"] == "epoch"]
    assert logged == sorted(logged) and logged[-1] == pytest.approx(seen[2], abs=0.01)


def test_training_works_off_the_main_thread(squares, store, tmp_path):
    """Signals cannot be listened to there; the training runs all the same."""
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.append(
        make_trainer(tmp_path / "run", squares, store, Recipe(**SMALL | {"epochs": 1})).fit()))
    thread.start()
    thread.join()
    assert outcomes[0].reason == "finished"
    assert json.loads((tmp_path / "run" / "metrics.jsonl").read_text())["epoch"] == 1
