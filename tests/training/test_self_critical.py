"""Self-critical training: its estimator by enumeration, its reward, and runs that go on from likelihood."""

import itertools

import numpy as np
import pytest
from small_trainings import SMALL, assert_same_run, fails, interrupt_at_step

from minisat.captioner import Recipe, ShowAttendTell, ShowTell, TeacherForcing
from minisat.captioner.decoding.caption import Caption
from minisat.captioner.fast.teacher_forcing import FastTeacherForcing
from minisat.captioner.teacher_forcing import inputs_and_targets, word_costs
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.text import END, SPECIALS, Vocabulary
from minisat.training import Run, assemble
from minisat.training.self_critical import PhotoBatch, SelfCritical
from minisat.vision import View

REFERENCES = [[["dog", "runs"], ["runs"]], [["cat"]], [["dog", "dog"]]]
VOCABULARY = Vocabulary([*SPECIALS, "dog", "runs"])
V, STEP = len(VOCABULARY), 1e-5


def every_caption(max_words):
    """All captions over all V words, marks included: words up to END, or max_words of them."""
    captions = []
    for T in range(1, max_words + 1):
        for words in itertools.product([id for id in range(V) if id != END], repeat=T - 1):
            captions += [(*words, last) for last in range(V) if last == END or T == max_words]
    return [Caption(ids[:-1] if ids[-1] == END else ids, 0.0, np.zeros(len(ids)), None, None) for ids in captions]


class Enumerated:
    """A tiny captioner, one photo, every caption that it may draw, and what each is worth."""

    def __init__(self, max_words, baseline, kind=ShowAttendTell):
        rng = np.random.default_rng(0)
        sizes = {"attention_size": 2} if kind is ShowAttendTell else {}
        model = kind(V, 3, embedding_size=3, hidden_size=3, rng=rng, **sizes)
        for parameter in model.parameters():
            parameter.data[...] = rng.standard_normal(parameter.shape)
        self.objective = TeacherForcing(model).astype("float64").eval()
        self.features = rng.standard_normal((1, 2, 3))
        self.captions = every_caption(max_words)
        self.samples = 1 if baseline == "greedy" else 2
        self.critical = SelfCritical([0, 1, 2], REFERENCES, VOCABULARY, 1, self.samples, baseline, max_words)
        self.batch = PhotoBatch(np.array([0]), np.array([0]))
        self.all = self.judged(self.captions)
        self.rewards = np.array([self.critical.reward(caption, 0) for caption in self.captions])

    def judged(self, captions):
        critic = [self.captions[-1]]
        return self.critical.judged(self.batch, [captions], critic)

    def loss(self, weights):
        """Σ_s weights_s · −log p(s), with its gradient left in the parameters."""
        self.objective.zero_grad()
        features = np.repeat(self.features, len(self.captions), axis=0)
        loss, cache = self.objective.forward(features, self.all.ids, self.all.lengths, weights=weights)
        self.objective.backward(1.0, cache)
        return loss

    def probabilities(self):
        """p(s) of every caption."""
        inputs, targets, real = inputs_and_targets(self.all.ids, self.all.lengths, self.features)
        logits, _ = self.objective.captioner(np.repeat(self.features, len(inputs), axis=0), inputs)
        return np.exp(-(word_costs(logits, targets) * real).sum(axis=1))

    def expected_reward(self):
        return self.probabilities() @ self.rewards

    def mean_gradient(self, spoil=lambda weights, lengths: weights):
        """The estimator's mean over everything that can be drawn, one vector."""
        p, weights = self.probabilities(), np.zeros(len(self.captions))
        assert p.sum() == pytest.approx(1)
        for places in itertools.product(range(len(p)), repeat=self.samples):
            drawn = self.judged([self.captions[s] for s in places])
            for s, weight in zip(places, spoil(drawn.weights, drawn.lengths)):
                weights[s] += np.prod(p[list(places)]) * weight
        self.loss(weights)
        return np.concatenate([parameter.grad.ravel() for parameter in self.objective.parameters()])

    def numeric_gradient(self):
        """The slope of −E[r] along every parameter."""
        slopes = []
        for parameter in self.objective.parameters():
            for place in np.ndindex(parameter.shape):
                ends = []
                for step in (STEP, -STEP):
                    before = parameter.data[place]
                    parameter.data[place] = before + step
                    ends.append(self.expected_reward())
                    parameter.data[place] = before
                slopes.append((ends[1] - ends[0]) / (2 * STEP))
        return np.array(slopes)


def difference(a, b):
    return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))


@pytest.mark.parametrize("baseline", ["greedy", "others"])
@pytest.mark.parametrize("kind", [ShowAttendTell, ShowTell])
def test_the_mean_estimate_is_the_gradient_of_the_expected_reward(kind, baseline):
    """Over all captions (all pairs, where one is the other's baseline) the estimates average to the slope of −E[r]."""
    tiny = Enumerated(2, baseline, kind)
    numeric = tiny.numeric_gradient()
    assert np.linalg.norm(numeric) > 1e-2
    assert difference(tiny.mean_gradient(), numeric) < 1e-6


def test_a_mistaken_estimate_is_found():
    """A caption's words weighted by its length, as a mean per word would, are no gradient of the expected reward."""
    tiny = Enumerated(2, "greedy")
    assert difference(tiny.mean_gradient(lambda weights, lengths: weights / lengths), tiny.numeric_gradient()) > 1e-2


def test_the_reward_is_cider_d_and_an_end_is_a_word_of_it():
    """Word for word a reference, and ended, is best; the same words broken off earn less; UNK is no word of any."""
    tiny = Enumerated(3, "greedy")
    rewards = {(caption.ids, caption.finished): reward for caption, reward in zip(tiny.captions, tiny.rewards)}
    assert max(rewards, key=rewards.get) == ((4, 5), True)
    critical = SelfCritical([0, 1, 2], REFERENCES, VOCABULARY, 1, 1, "greedy", 2)
    broken_off = Caption((4, 5), 0.0, np.zeros(2), None, None)
    assert critical.reward(broken_off, 0) < rewards[(4, 5), True]
    assert rewards[(1,), True] < rewards[(4,), True]


def test_the_fast_twin_weighs_captions_as_the_reference():
    rng = np.random.default_rng(0)
    model = ShowAttendTell(9, 4, embedding_size=5, hidden_size=6, attention_size=3, rng=rng).astype("float64").eval()
    features, lengths, weights = rng.standard_normal((3, 7, 4)), np.array([2, 4, 1]), np.array([0.7, -1.2, 0.3])
    ids = np.array([[2, 5, 3, 0, 0], [2, 6, 7, 8, 3], [2, 4, 0, 0, 0]])
    found = []
    for objective in TeacherForcing(model), FastTeacherForcing(model, input_gradient=True):
        objective.zero_grad()
        loss, cache = objective.forward(features, ids, lengths, weights=weights)
        found.append([loss, objective.backward(1.0, cache)[0], *(p.grad.copy() for p in model.parameters())])
    for one, other in zip(*found):
        np.testing.assert_allclose(one, other, atol=1e-12)


@pytest.fixture(scope="module")
def begun(squares, store, tmp_path_factory):
    """A run that has learned a little from likelihood."""
    folder = tmp_path_factory.mktemp("begun") / "run"
    trainer, _ = assemble(read_dataset(squares), folder, Recipe(**SMALL | {"epochs": 6}), View.of_store(store))
    trainer.fit()
    return folder


def make_trainer(folder, squares, store, begun, **fields):
    recipe = Recipe(**SMALL | {"objective": "self-critical", "warmup_steps": 0} | fields.pop("recipe", {}))
    trainer, _ = assemble(read_dataset(squares), folder, recipe, View.of_store(store), begun, **fields)
    return trainer


def test_the_reward_rises(squares, store, begun, tmp_path):
    trainer = make_trainer(tmp_path / "run", squares, store, begun, log_every=1, recipe={
        "epochs": 30, "learning_rate": 0.01, "drawn_captions": 4, "drawn_baseline": "others"})
    assert trainer.objective.objective.penalty is None
    trainer.fit()
    lines = Run.open(tmp_path / "run").metrics()
    rewards = [line["train_reward"] for line in lines if line["kind"] == "epoch"]
    assert np.mean(rewards[-5:]) > 1.3 * np.mean(rewards[:5])
    assert all({"reward", "baseline_reward"} <= set(line) for line in lines if line["kind"] == "step")
    assert all(line["captions"] == 4 * 16 for line in lines if line["kind"] == "epoch")


def test_nothing_is_dropped_out(squares, store, begun, tmp_path):
    """The loss of what was drawn is that of an objective in evaluation, so that what was drawn is what is learned."""
    trainer = make_trainer(tmp_path / "run", squares, store, begun, recipe={"dropout": 0.9})
    batch = trainer.batches.epoch(np.random.default_rng(0))[0]
    drawn, inputs, given = trainer.mode.batch(batch, trainer.gather(batch.photos), 0)
    step = inputs, drawn.ids, drawn.lengths
    assert trainer.objective(*step, rng=np.random.default_rng(0), **given) == trainer.objective.eval()(*step, **given)


def test_interrupted_and_resumed_is_bit_for_bit(squares, store, begun, tmp_path):
    make_trainer(tmp_path / "whole", squares, store, begun).fit()
    outcome = None
    while outcome is None or outcome.reason == "interrupted":
        trainer = make_trainer(tmp_path / "parts", squares, store, begun, report=interrupt_at_step(3))
        outcome = trainer.fit()
    assert outcome.reason == "finished"
    assert_same_run(tmp_path / "whole", tmp_path / "parts")


def test_what_cannot_be_is_said_in_one_sentence(squares, store, tmp_path, capsys):
    error = fails(capsys, squares, "--features", store, "--run", tmp_path / "run", "--recipe", "self-critical")
    assert "--start RUN" in error and not (tmp_path / "run").exists()
    with pytest.raises(UserError, match="hard-attention"):
        Recipe(objective="self-critical", model="hard-attention")
    with pytest.raises(UserError, match="at least 2"):
        Recipe(objective="self-critical", drawn_baseline="others")
