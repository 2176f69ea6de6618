"""Hard attention's estimator against every path of locations: its exact mean is the gradient that it claims to be."""

import itertools

import numpy as np
import pytest

from minisat.captioner import Reinforce, ShowAttendTell, TeacherForcing
from minisat.captioner.teacher_forcing import inputs_and_targets, word_costs
from minisat.nn import EXPECTATION, DoublyStochasticPenalty, HardAttention

PAPER = {"weight": 1.0, "entropy": 0.0, "reward": "sum", "reduction": "mean"}
ARCTIC = {"weight": 0.1, "entropy": 0.3, "reward": "mean", "reduction": "sum"}
BATCHES = {"one caption": (2, [[2, 4, 5, 3]], [3]), "three locations": (3, [[2, 5, 3]], [2]),
           "two captions": (2, [[2, 5, 4, 3], [2, 3, 0, 0]], [3, 1])}
STEP = 1e-5


class Enumerated:
    """A tiny objective, one batch, and all L^T paths that its words can take."""

    def __init__(self, batch="one caption", penalty=None, **options):
        L, ids, lengths = BATCHES[batch]
        rng = np.random.default_rng(0)
        sizes = {"embedding_size": 2, "hidden_size": 3, "attention_size": 2, "dropout": 0.0}
        model = ShowAttendTell(6, 3, **sizes, attention="hard", temperature=1.3, rng=rng)
        for parameter in model.parameters():
            parameter.data[...] = rng.standard_normal(parameter.shape)
        self.objective = TeacherForcing(model, penalty, Reinforce(**options)).astype("float64")
        self.objective.reinforce.average.data[...] = 1.7  # a constant baseline does not change the mean
        self.ids, self.lengths = np.array(ids), np.array(lengths)
        self.features = rng.standard_normal((len(ids), L, 3))
        real = np.arange(self.ids.shape[1] - 1) < self.lengths[:, None]
        count = real.sum()
        self.paths = np.zeros((L**count, *real.shape), int)  # (P, N, T)
        self.paths[:, real] = list(itertools.product(range(L), repeat=count))

    def along(self, paths):
        """(log p(s_n), C_n, H_n, all (P, N), and the penalties (P,)) of P paths, all in one batch."""
        P, (inputs, targets, real) = len(paths), inputs_and_targets(self.ids, self.lengths, self.features)
        features, inputs, targets = (np.concatenate([x] * P) for x in (self.features, inputs, targets))
        logits, alphas, log_p, entropies = self.objective.captioner(features, inputs, choice=np.concatenate(paths))
        penalty, shape = self.objective.penalty, (P, *real.shape)
        penalties = np.zeros(P)
        if penalty is not None:
            penalties = np.array([penalty(a, real) for a in alphas.reshape(*shape, -1)])
        costs = word_costs(logits, targets)
        return (*((x.reshape(shape) * real).sum(axis=2) for x in (log_p, costs, entropies)), penalties)

    def gradient(self, path):
        """The estimate from one path, all parameters in one vector."""
        self.objective.zero_grad()
        _, cache = self.objective.forward(self.features, self.ids, self.lengths, rng=np.random.default_rng(0),
                                          choice=path)
        self.objective.backward(1.0, cache)
        return np.concatenate([parameter.grad.ravel() for parameter in self.objective.parameters()])

    def mean_gradient(self):
        """Σ_s p(s) · the estimate from s."""
        probabilities = np.exp(self.along(self.paths)[0].sum(axis=1))
        assert probabilities.sum() == pytest.approx(1)
        return sum(p * self.gradient(path) for p, path in zip(probabilities, self.paths))

    def numeric_gradient(self, function):
        """Central differences of `function()`, which reads the parameters."""
        slopes = []
        for parameter in self.objective.parameters():
            for index in np.ndindex(parameter.shape):
                kept, values = parameter.data[index], []
                for sign in (1, -1):
                    parameter.data[index] = kept + sign * STEP
                    values.append(function())
                parameter.data[index] = kept
                slopes.append((values[0] - values[1]) / (2 * STEP))
        return np.array(slopes)

    def expected_cost(self):
        """Σ_s p(s) C(s) per word: what attention that draws its locations costs."""
        log_p, costs, *_ = self.along(self.paths)
        return (np.exp(log_p.sum(axis=1)) * costs.sum(axis=1)).sum() / self.lengths.sum()

    def surrogate(self):
        """A function of the parameters: Σ_s p_θ0(s) C(s, θ) + λ_r Σ_s p_θ(s) C̄(s, θ0) − λ_e Σ_s p_θ0(s) H(s, θ).

        Per word, with the scales and the mean cost C̄ of the objective; the penalty is taken along p_θ0, as H is.
        """
        reinforce, words = self.objective.reinforce, self.lengths.sum()
        scale = (len(self.ids) if reinforce.reduction == "sum" else 1) / words
        log_p0, costs0, *_ = self.along(self.paths)
        p0 = np.exp(log_p0.sum(axis=1))
        reward = costs0 / self.lengths if reinforce.reward == "mean" else costs0

        def value():
            log_p, costs, entropies, penalties = self.along(self.paths)
            own = costs.sum(axis=1) / words + penalties - scale * reinforce.entropy * entropies.sum(axis=1)
            p = p0[:, None] * np.exp(log_p - log_p0)  # each caption's cost weighs its own path; the others average out
            return (p0 * own).sum() + scale * reinforce.weight * (p * reward).sum()
        return value


def difference(a, n):
    return np.linalg.norm(a - n) / (np.linalg.norm(a) + np.linalg.norm(n))


@pytest.mark.parametrize("baseline", ["none", "moving-average", "per-word", "self-critical"])
@pytest.mark.parametrize("batch", BATCHES)
def test_paper_is_the_gradient_of_the_expected_cost(batch, baseline):
    """λ_r = 1: over all paths the estimates average to the slope of Σ_s p(s) C(s), whatever the baseline."""
    tiny = Enumerated(batch, **PAPER, baseline=baseline)
    assert difference(tiny.mean_gradient(), tiny.numeric_gradient(tiny.expected_cost)) < 1e-6


@pytest.mark.parametrize("batch", BATCHES)
@pytest.mark.parametrize("options", [PAPER, ARCTIC, {**PAPER, "entropy": 0.4}], ids=["paper", "arctic", "entropy"])
def test_estimator_is_the_gradient_of_its_surrogate(batch, options):
    """`arctic` is no gradient of an expected cost, but of this surrogate at θ0; the penalty acts in it."""
    tiny = Enumerated(batch, DoublyStochasticPenalty(0.6, "paper"), **options)
    assert difference(tiny.mean_gradient(), tiny.numeric_gradient(tiny.surrogate())) < 1e-6


def test_paper_and_surrogate_agree_where_both_hold():
    tiny = Enumerated(**PAPER)
    assert difference(tiny.numeric_gradient(tiny.surrogate()), tiny.numeric_gradient(tiny.expected_cost)) < 1e-6


def test_expectation_is_ordinary_soft_attention():
    """Where the draw is replaced, the estimate is the slope of the soft cost: REINFORCE adds nothing."""
    tiny = Enumerated("two captions", **PAPER)
    soft = np.full_like(tiny.paths[0], EXPECTATION)
    numeric = tiny.numeric_gradient(lambda: tiny.along(soft[None])[1].sum() / tiny.lengths.sum())
    assert difference(tiny.gradient(soft), numeric) < 1e-6


def _without_alpha(self, upstream, cache):
    """The mistake of differentiating the score of the chosen location alone: onehot(s) without − alpha."""
    return upstream[2][:, None] * cache.onehot / self.temperature


def _through_the_draw(self, upstream, cache):
    """The mistake of letting the weights' gradient through, as if onehot(s) were alpha."""
    dweights, dalpha, dlog_p, dentropy = upstream
    return HardAttention.correct(self, (dweights, dalpha + dweights, dlog_p, dentropy), cache)


def _without_penalty(self, upstream, cache):
    """The mistake of the authors' code: REINFORCE's gradient forced at alpha puts out all others."""
    dweights, dalpha, dlog_p, dentropy = upstream
    return HardAttention.correct(self, (dweights, 0.0 * dalpha, dlog_p, dentropy), cache)


def _without_reinforce(self, upstream, cache):
    """The mistake of leaving REINFORCE out: where to look is then learned from nothing."""
    dweights, dalpha, dlog_p, dentropy = upstream
    return HardAttention.correct(self, (dweights, dalpha, 0.0 * dlog_p, dentropy), cache)


@pytest.mark.parametrize("broken", [_without_alpha, _through_the_draw, _without_penalty, _without_reinforce])
def test_a_broken_estimator_is_caught(broken, monkeypatch):
    """The same comparison, with one mistake planted in the backward pass, is off by more than a percent."""
    tiny = Enumerated(penalty=DoublyStochasticPenalty(0.6, "paper"), **PAPER)
    numeric = tiny.numeric_gradient(tiny.surrogate())
    assert difference(tiny.mean_gradient(), numeric) < 1e-6
    monkeypatch.setattr(HardAttention, "correct", HardAttention.backward, raising=False)
    monkeypatch.setattr(HardAttention, "backward", broken)
    assert difference(tiny.mean_gradient(), numeric) > 1e-2
