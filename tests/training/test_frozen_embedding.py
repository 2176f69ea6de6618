"""A frozen embedding does not change by a bit for as long as it is frozen, in the fast twin and in the reference."""

import numpy as np
import pytest

from minisat.captioner import Recipe, TeacherForcing, Through
from minisat.captioner.recipe import MODELS
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.nn import DoublyStochasticPenalty
from minisat.text import WordVectors, write_vectors
from minisat.training import Run, assemble, load_checkpoint, load_run
from minisat.training.loading import build_model
from minisat.vision import View

SMALL = {"embedding_size": 6, "hidden_size": 8, "attention_size": 4, "min_count": 1, "batch_size": 16, "epochs": 3,
         "learning_rate": 0.01, "warmup_steps": 2, "average_decay": 0.9, "weight_decay": 0.01, "patience": 0,
         "beam": 1}


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    """A file with vectors of the squares' words but `thing`."""
    words = ["a", "red", "green", "blue", "white", "square", "on", "the", "left", "right"]
    path = tmp_path_factory.mktemp("words") / "vectors"
    write_vectors(path, WordVectors(words, np.random.default_rng(5).standard_normal((10, 6))))
    return path


def trainer(folder, squares, store, vectors=None, **fields):
    recipe = Recipe(**{**SMALL, **fields})
    return assemble(read_dataset(squares), folder, recipe, View.of_store(store), None, vectors)[0]


def embeddings(run):
    """The embedding as it was after each epoch, with the first one in front."""
    def report(event, **values):
        if event == "saved":
            kept.append(run.model.captioner.embedding.W.data.copy())
    kept = [run.model.captioner.embedding.W.data.copy()]
    run.report = report
    run.fit()
    return kept


@pytest.mark.parametrize("twin", ["fast", "reference"])
@pytest.mark.parametrize("frozen, changed", [(0, [True] * 3), (2, [False, False, True]), (-1, [False] * 3)])
def test_it_moves_only_in_epochs_in_which_it_is_not_frozen(squares, store, tmp_path, vectors, twin, frozen, changed):
    """With weight decay and a running average, which must not move it either."""
    run = trainer(tmp_path / "run", squares, store, vectors, freeze_embedding=frozen)
    if twin == "reference":
        run.objective = Through(run.model.sight, TeacherForcing(run.model.captioner, DoublyStochasticPenalty()))
    kept = embeddings(run)
    assert [not np.array_equal(a, b) for a, b in zip(kept, kept[1:])] == changed


@pytest.mark.parametrize("model", MODELS)
def test_frozen_for_all_epochs_it_alone_stays_in_every_captioner(squares, store, tmp_path, vectors, model):
    """Every other parameter moves; the weights that are saved hold the vectors to the last bit."""
    run = trainer(tmp_path / "run", squares, store, vectors, freeze_embedding=-1, model=model, epochs=1)
    before = {name: parameter.data.copy() for name, parameter in run.model.named_parameters()}
    run.fit()
    for which in ("best", "last"):
        after = dict(load_run(tmp_path / "run", which).model.named_parameters())
        assert [name for name in before if np.array_equal(before[name], after[name].data)] == ["captioner.embedding.W"]


def test_while_it_is_frozen_its_gradient_does_not_shorten_the_others(squares, store, tmp_path):
    """The logged norm, by which the gradient is clipped, is that of the parameters that learn."""
    norms = []
    for frozen in (0, -1):
        run = trainer(tmp_path / str(frozen), squares, store, freeze_embedding=frozen, epochs=1, clip_norm=0.0)
        run.log_every = 1
        run.fit()
        norms.append(next(line["gradient_norm"] for line in Run.open(tmp_path / str(frozen)).metrics()))
    assert norms[1] < norms[0]


def test_the_run_says_which_vectors_it_began_with(squares, store, tmp_path, vectors):
    run = trainer(tmp_path / "run", squares, store, vectors)
    facts = run.run.config.word_vectors
    assert facts.found == 10 and facts.words == 11 and facts.file == str(vectors)
    assert 0.8 < facts.coverage < 1 and len(facts.hash) == 64
    fresh = build_model(run.run.config).captioner.embedding.W.data
    ids = {word: id for id, word in enumerate(run.vocabulary.words)}
    moved = [not np.array_equal(a, b) for a, b in zip(fresh, run.model.captioner.embedding.W.data)]
    assert sum(moved) == 10 and not any(moved[:4]) and not moved[ids["thing"]]


@pytest.mark.parametrize("stop", ["before the first checkpoint", "frozen", "after the thaw"])
def test_resumed_it_goes_on_bit_for_bit(squares, store, tmp_path, vectors, stop):
    fields = {"vectors": vectors, "freeze_embedding": 1}
    trainer(tmp_path / "whole", squares, store, **fields).fit()
    steps = {"before the first checkpoint": 1, "frozen": 2, "after the thaw": 6}[stop]

    class Killed(Exception):
        pass

    def report(event, state, **values):
        if event == "step" and state.steps == steps:
            raise Killed

    first = trainer(tmp_path / "cut", squares, store, **fields)
    first.report, first.save_every = report, None if steps == 1 else 2
    with pytest.raises(Killed):
        first.fit()
    assert (tmp_path / "cut" / "last.safetensors").exists() == (steps > 1)
    trainer(tmp_path / "cut", squares, store, freeze_embedding=1).fit()
    for which in ("best", "last"):
        a, b = (load_checkpoint(tmp_path / name / f"{which}.safetensors")[0] for name in ("whole", "cut"))
        assert a.keys() == b.keys() and all(a[name].tobytes() == b[name].tobytes() for name in a)


def test_a_resumed_run_keeps_its_vectors(squares, store, tmp_path, vectors):
    """Other vectors are refused; the same file in another place is not; a finished run does not need the file."""
    own, other = tmp_path / "own", tmp_path / "other"
    own.write_bytes(vectors.read_bytes())
    other.write_text("red 1 2 3 4 5 6\n")
    trainer(tmp_path / "run", squares, store, own, epochs=1)
    with pytest.raises(UserError, match="other are not those that the run began with"):
        trainer(tmp_path / "run", squares, store, other, epochs=1)
    own.rename(tmp_path / "moved")
    with pytest.raises(UserError, match="Cannot read .*own"):
        trainer(tmp_path / "run", squares, store, epochs=1)
    trainer(tmp_path / "run", squares, store, tmp_path / "moved", epochs=1).fit()
    assert trainer(tmp_path / "run", squares, store, epochs=1).fit().reason == "finished"
    trainer(tmp_path / "plain", squares, store, epochs=1)
    with pytest.raises(UserError, match="are not those that the run began with"):
        trainer(tmp_path / "plain", squares, store, vectors, epochs=1)
    with pytest.raises(UserError, match="freeze_embedding must be at least -1"):
        Recipe(freeze_embedding=-2)
