"""Greedy and beam decoding, against exhaustive search and against each other, on models that are tables."""

import itertools

import numpy as np
import pytest
from strict_arrays import strict
from table_captioner import END, PAD, START, UNK, Table, every_caption, photos

from minisat.captioner import Recipe, build_captioner, fast_decoder
from minisat.captioner.decoding import beam, greedy
from minisat.errors import UserError


@pytest.mark.parametrize("normalise", [True, False])
def test_a_beam_as_wide_as_the_search_space_is_exhaustive_search(normalise):
    model, max_words = Table(V=7), 4
    results = beam(model, photos(3), width=400, max_words=max_words, n_best=20, normalise=normalise)
    for photo, captions in enumerate(results):
        entries = [entry for entry in every_caption(model, photo, max_words) if entry[0][-1] == END]
        entries.sort(key=lambda e: -sum(map(float, e[1])) / (len(e[1]) if normalise else 1))
        assert [caption.ids for caption in captions] == [words[:-1] for words, _ in entries[:20]]
        assert [caption.logprob for caption in captions] == pytest.approx(
            [sum(map(float, logprobs)) for _, logprobs in entries[:20]], abs=1e-5)


@pytest.mark.parametrize("end", [-1.0, 2.0])
def test_a_beam_of_width_one_is_greedy(end):
    model = Table(V=30, end=end)
    for one, (other,) in zip(greedy(model, photos(40), 9), beam(model, photos(40), width=1, max_words=9)):
        assert one.ids == other.ids
        assert one.logprob == pytest.approx(other.logprob, abs=1e-6)
        np.testing.assert_array_equal(one.alphas, other.alphas)
        np.testing.assert_array_equal(one.betas, other.betas)


@pytest.mark.parametrize("width", [2, 5])
@pytest.mark.parametrize("normalise", [True, False])
def test_a_batch_of_photos_is_decoded_as_each_photo_alone(width, normalise):
    options = dict(width=width, max_words=10, n_best=2, normalise=normalise)
    together = beam(Table(V=20, end=1.0), photos(30), **options)
    for photo, captions in enumerate(together):
        alone, = beam(Table(V=20, end=1.0), photos(30)[photo:photo + 1], **options)
        assert [c.ids for c in captions] == [c.ids for c in alone]
        assert [c.logprob for c in captions] == [c.logprob for c in alone]


def test_attention_and_gate_belong_to_their_own_caption_after_reordering():
    for captions in beam(Table(V=12), photos(20), width=6, max_words=8, n_best=6):
        for caption in captions:
            assert caption.alphas.shape == (len(caption.logprobs), Table.longest)
            for t, alpha in enumerate(caption.alphas):
                said = (START, *caption.ids)[:t + 1]
                assert tuple(alpha[:t + 1].astype(int)) == said
            assert caption.betas.tolist() == [t + 1.0 for t in range(len(caption.logprobs))]


def test_n_best_captions_are_sorted_distinct_and_ended_first():
    for captions in beam(Table(V=10, end=1.5), photos(30), width=8, max_words=6, n_best=8):
        assert len(captions) == len({(caption.ids, caption.finished) for caption in captions}) == 8
        ended = [caption.finished for caption in captions]
        assert ended == sorted(ended, reverse=True)
        for group in (True, False):
            scores = [caption.mean_logprob for caption in captions if caption.finished == group]
            assert scores == sorted(scores, reverse=True)


def test_a_caption_that_never_ends_is_returned_unfinished_and_never_empty():
    model = Table(V=9, end=-1000.0)
    for (caption,), plain in zip(beam(model, photos(6), width=3, max_words=5), greedy(model, photos(6), 5)):
        for entry in (caption, plain):
            assert not entry.finished and len(entry.ids) == len(entry.logprobs) == 5


def test_a_finished_caption_is_preferred_to_a_likelier_unfinished_one():
    class Reluctant(Table):
        def log_probs(self, photo, words):
            logits = np.full(self.V, -50.0)
            logits[4:6] = (0.0, -1.0) if words[-1] == START else (0.0, -9.0)
            if words[-1] == 5:
                logits[END] = 3.0
            return logits - np.log(np.exp(logits).sum())
    (caption,), = beam(Reluctant(V=6), photos(1), width=2, max_words=6)
    assert caption.finished and caption.ids == (5,)
    assert greedy(Reluctant(V=6), photos(1), 6)[0].ids == (4,) * 6


def test_marks_are_never_said_and_end_is_never_first():
    class Tempting(Table):
        def log_probs(self, photo, words):
            values = super().log_probs(photo, words)
            values[[PAD, UNK, START]] += 100
            values[END] += 100 if words[-1] == START else 0
            return values
    model = Tempting(V=8)
    captions = greedy(model, photos(9), 6) + [c for best in beam(model, photos(9), 4, 6, n_best=4) for c in best]
    assert all(caption.ids and min(caption.ids) > END for caption in captions)


def test_equal_words_go_to_the_smaller_id_and_the_earlier_beginning():
    class Flat(Table):
        def log_probs(self, photo, words):
            return np.full(self.V, -np.log(self.V), dtype=np.float32)
    captions, = beam(Flat(V=500), photos(1), width=3, max_words=2, n_best=3)
    assert [caption.ids for caption in captions] == [(4,), (4, 4), (4, 5)]
    assert greedy(Flat(V=500), photos(1), 2)[0].ids == (4,)


@pytest.mark.parametrize("normalise", [True, False])
def test_stopping_early_changes_nothing(normalise):
    """The same beam without any early stop, written as plainly as can be, finds the same captions."""
    model, width, max_words = Table(V=9, end=0.5), 4, 7
    for n_best in (1, 3):
        results = beam(model, photos(25), width, max_words, n_best, normalise)
        for photo, captions in enumerate(results):
            live, ended = [((), 0.0)], []
            for t in range(max_words):
                options = []
                for words, total in live:
                    log_probs = model.log_probs(photo, (START, *words)).astype(np.float64)
                    options += [((*words, w), total + log_probs[w]) for w in range(END + (t == 0), model.V)]
                options = sorted(options, key=lambda o: -o[1])[:width - len(ended)]
                ended += [option for option in options if option[0][-1] == END]
                live = [option for option in options if option[0][-1] != END]
            key = (lambda o: -o[1] / len(o[0])) if normalise else (lambda o: -o[1])
            expected = (sorted(ended, key=key) + sorted(live, key=key))[:n_best]
            assert [(*c.ids, *[END] * c.finished) for c in captions] == [words for words, _ in expected]


def test_photos_that_are_done_leave_the_batch():
    model = Table(V=10, end=2.0)
    greedy(model, photos(50), 30)
    assert model.rows[0] == 50 and model.rows == sorted(model.rows, reverse=True) and model.rows[-1] < 10
    model.rows.clear()
    beam(model, photos(50), 4, 30)
    assert model.rows[0] == 50 and max(model.rows) <= 200 and model.rows[-1] < 20


def test_a_model_without_attention_gives_none():
    caption, = greedy(Table(attention=False), photos(1), 5)
    assert caption.alphas is None and caption.betas is None
    (caption,), = beam(Table(attention=False), photos(1), 2, 5)
    assert caption.alphas is None and caption.betas is None


def test_what_cannot_be_is_said_clearly():
    with pytest.raises(ValueError, match="n_best"):
        beam(Table(), photos(1), width=2, n_best=3)

    class Broken(Table):
        def log_probs(self, photo, words):
            return np.full(self.V, np.nan)
    with pytest.raises(UserError, match="not finite"):
        beam(Broken(), photos(1), width=2)
    assert greedy(Table(), photos(0)) == [] and beam(Table(), photos(0)) == []


def test_the_logprobs_sum_to_the_caption_s_own_likelihood():
    for caption in itertools.chain(greedy(Table(), photos(5), 7), *beam(Table(), photos(5), 3, 7, n_best=3)):
        assert len(caption.logprobs) == len(caption.ids) + caption.finished
        assert caption.logprob == pytest.approx(caption.logprobs.sum(), abs=1e-5)


def opinionated(name):
    """(a small captioner of random weights in float64, six photos' features)."""
    rng = np.random.default_rng(0)
    recipe = Recipe(model=name, embedding_size=6, hidden_size=7, attention_size=5)
    model = build_captioner(recipe, 15, 4, rng=rng).astype("float64").eval()
    (model.L_o if name == "soft-attention" else model.W_o).W.data *= 30  # fresh weights have no opinion
    inputs = rng.standard_normal((6, 9 if name == "soft-attention" else 1, 4))
    inputs.setflags(write=False)
    return model, inputs


@pytest.mark.parametrize("name", ["soft-attention", "show-and-tell"])
def test_the_captioners_and_their_fast_twins_decode_alike(name):
    model, inputs = opinionated(name)
    together = beam(model, inputs, width=3, max_words=8, n_best=2)
    twin = beam(fast_decoder(model), inputs, width=3, max_words=8, n_best=2)
    for photo in range(6):
        alone, = beam(model, inputs[photo:photo + 1], width=3, max_words=8, n_best=2)
        for one, other, third in zip(together[photo], alone, twin[photo]):
            assert one.ids == other.ids == third.ids
            assert one.logprob == pytest.approx(other.logprob, abs=1e-9)
            if name == "soft-attention":
                np.testing.assert_allclose(one.alphas, third.alphas, atol=1e-9)
                np.testing.assert_allclose(one.alphas.sum(1), 1)
                assert one.betas.shape == (len(one.logprobs),)


@pytest.mark.parametrize("home", ["strict", pytest.param("gpu", marks=pytest.mark.gpu)])
@pytest.mark.parametrize("name", ["soft-attention", "show-and-tell"])
def test_decoding_is_the_same_in_every_home_of_arrays(name, home, request):
    """Captions on arrays that refuse to mix with NumPy's, and on the GPU, are those of NumPy."""
    move = strict.asarray if home == "strict" else request.getfixturevalue("gpu")
    model, inputs = opinionated(name)
    here = greedy(model, inputs, 8), beam(model, inputs, 3, 8, n_best=2)
    model._convert(move)
    there = greedy(model, move(inputs), 8), beam(model, move(inputs), 3, 8, n_best=2)
    for one, other in zip([*here[0], *sum(here[1], [])], [*there[0], *sum(there[1], [])]):
        assert one.ids == other.ids
        assert one.logprob == pytest.approx(other.logprob, abs=1e-9)
        if name == "soft-attention":
            np.testing.assert_allclose(one.alphas, other.alphas, atol=1e-9)
