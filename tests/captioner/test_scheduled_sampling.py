"""Scheduled sampling: which words are read, how often, and that twin and reference learn the same from them."""

import numpy as np
import pytest

from minisat.captioner import GRUNotebook, ShowAttendTell, ShowTell, TeacherForcing
from minisat.captioner.fast.teacher_forcing import FastTeacherForcing
from minisat.captioner.scheduled_sampling import own_share, words_read
from minisat.text import END, PAD, START

V, D, N, T = 9, 5, 400, 4
SIZES = {"embedding_size": 4, "hidden_size": 6}


def captioner(kind=ShowAttendTell):
    sizes = SIZES if kind is ShowTell else SIZES | {"attention_size": 3}
    model = kind(V, D, **sizes, dropout=0.5, rng=0).astype("float64")
    rng = np.random.default_rng(3)
    for parameter in model.parameters():
        parameter.data[...] = rng.standard_normal(parameter.shape)
    return model


@pytest.fixture
def batch(rng):
    ids = np.full((N, T + 1), PAD)
    ids[:, 0], ids[:, 1:T], ids[:, T] = START, rng.integers(4, V, (N, T - 1)), END
    ids.setflags(write=False)
    return np.repeat(rng.standard_normal((1, 7, D)), N, axis=0), ids, np.full(N, T)


@pytest.mark.parametrize("kind", [ShowAttendTell, ShowTell, GRUNotebook])
def test_own_words_follow_the_captioners_own_distribution(batch, kind):
    """All words its own: the second of N captions from one photo is drawn as often as it is likely after <start>."""
    features, ids, _ = batch
    model = captioner(kind).eval()
    if kind is ShowTell:
        features = features[:, :1]
    read = words_read(model, features, ids, 1.0, np.random.default_rng(1))
    assert (read[:, 0] == START).all() and not np.isin(read[:, 1:], [PAD, START, END]).any()
    log_probs, *_ = model.step(model.start(features[:1]), np.array([START]))
    p = np.exp(log_probs[0])
    p[[PAD, START, END]] = 0
    p /= p.sum()
    counts = np.bincount(read[:, 1], minlength=V)
    assert (np.abs(counts - N * p) < 4 * np.sqrt(N * p * (1 - p)) + 1e-9).all()


def test_a_later_own_word_follows_what_was_read_before(batch):
    """The third word's distribution is that after the word which was read second, own or not."""
    features, ids, _ = batch
    model = captioner().eval()
    read = words_read(model, features, ids, 0.5, np.random.default_rng(2))
    second = read[:, 1]
    word = np.bincount(second).argmax()
    state = model.start(features[:1])
    _, state, *_ = model.step(state, np.array([START]))
    log_probs, *_ = model.step(state, np.array([word]))
    p = np.exp(log_probs[0])
    p[[PAD, START, END]] = 0
    p /= p.sum()
    those = second == word
    gold = np.bincount(ids[those, 2], minlength=V) / those.sum()
    share = np.bincount(read[those, 2], minlength=V) / those.sum()
    np.testing.assert_allclose(share, 0.5 * gold + 0.5 * p, atol=4 * 0.5 / np.sqrt(those.sum()))


@pytest.mark.parametrize("share", [0.0, 0.25])
def test_the_share_is_that_asked_for(batch, share):
    """Of the words behind <start> that many are drawn; a drawn word may be the caption's own."""
    features, ids, _ = batch
    read = words_read(captioner().eval(), features, ids, share, np.random.default_rng(4))
    changed = (read != ids[:, :-1])[:, 1:].mean()
    assert changed <= share + 0.05 and (changed > 0.1) == (share > 0)
    np.testing.assert_array_equal(ids[:, 0], START)


@pytest.mark.parametrize("schedule", ["linear", "inverse-sigmoid"])
def test_the_share_rises_to_the_last(schedule):
    shares = [own_share(progress, 0.4, schedule) for progress in np.linspace(0, 1, 11)]
    assert shares == sorted(shares) and shares[5] == pytest.approx(0.2)
    assert shares[0] == pytest.approx(0, abs=0.01) and shares[-1] == pytest.approx(0.4, abs=0.01)


def test_twin_and_reference_learn_the_same_from_words_read(batch, rng):
    """Loss and gradients, to 1e-10; and they are other ones than those of teacher forcing."""
    features, ids, lengths = (x[:6] for x in batch)
    lengths = np.array([4, 4, 3, 2, 4, 1])
    read = rng.integers(4, V, (6, T))
    read[:, 0] = START
    found = []
    for kind in (TeacherForcing, FastTeacherForcing):
        model = captioner()
        loss, cache = kind(model).forward(features, ids, lengths, rng=np.random.default_rng(5), read=read)
        kind(model).backward(1.0, cache)
        found.append((float(loss), [p.grad for p in model.parameters()]))
    (slow, slow_gradients), (fast, fast_gradients) = found
    assert fast == pytest.approx(slow, abs=1e-10)
    for a, b in zip(slow_gradients, fast_gradients):
        np.testing.assert_allclose(b, a, rtol=0, atol=1e-10)
    forced, _ = TeacherForcing(captioner()).forward(features, ids, lengths, rng=np.random.default_rng(5))
    assert abs(forced - slow) > 1e-3


def test_reading_the_captions_words_is_teacher_forcing(batch):
    features, ids, lengths = (x[:6] for x in batch)
    for kind in (TeacherForcing, FastTeacherForcing):
        objective = kind(captioner()).eval()
        assert objective(features, ids, lengths, read=ids[:, :-1]) == objective(features, ids, lengths)
