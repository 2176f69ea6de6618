"""The look at dev: the loss per word, captions for all photos, BLEU, a page of samples."""

from types import SimpleNamespace

import numpy as np
import pytest

from minisat.captioner import Recipe, build_captioner, build_objective
from minisat.text import Vocabulary
from minisat.training import DevSet

CAPTIONS = [[["a", "dog"], ["one", "dog", "runs", "fast"]], [["a", "cat"]], [["a", "cat", "runs"]]]
VOCABULARY = Vocabulary.build([words for captions in CAPTIONS for words in captions], min_count=1)
FEATURES = np.random.default_rng(0).standard_normal((9, 4, 6)).astype(np.float32)
ROWS = [2, 8, 5]


def gather(rows):
    return FEATURES[rows]


@pytest.fixture
def captioner():
    recipe = Recipe(embedding_size=4, hidden_size=5, attention_size=3)
    return build_captioner(recipe, len(VOCABULARY), 6).eval()


@pytest.mark.parametrize("batch_size", [1, 2, 64])
def test_loss_is_the_mean_per_word(captioner, batch_size):
    """It does not depend on how the captions are cut into batches: −Σ log p over all words / their number."""
    dev = DevSet.build(["a", "b", "c"], ROWS, CAPTIONS, VOCABULARY, batch_size)
    objective = build_objective(Recipe(), captioner).eval()
    total, words = 0.0, 0
    for row, captions in zip(ROWS, CAPTIONS):
        for caption in captions:
            state, ids = captioner.start(FEATURES[[row]]), [2, *VOCABULARY.encode(caption), 3]
            for before, after in zip(ids, ids[1:]):
                log_probs, state, *_ = captioner.step(state, np.array([before]))
                total, words = total - float(log_probs[0, after]), words + 1
    figures = dev.metrics(objective, gather)
    assert figures["dev_loss"] == pytest.approx(total / words, rel=1e-5)
    assert 0 < figures["dev_attention_entropy"] <= np.log(FEATURES.shape[1])


def test_captions_bleu_and_samples(captioner):
    """One list of words a photo; a perfect speaker scores 1; the samples page names photos, captions, references."""
    dev = DevSet.build(["a", "b", "c"], ROWS, CAPTIONS, VOCABULARY, 2)
    captions = dev.captions(captioner, VOCABULARY, gather, width=2, max_words=7)
    assert len(captions) == 3 and all(len(words) <= 7 and set(words) <= set(VOCABULARY.words) for words in captions)
    scores = dev.bleu([captions[-1] for captions in CAPTIONS])
    assert scores["bleu_1"] == pytest.approx(1) and list(scores) == ["bleu_1", "bleu_2", "bleu_3", "bleu_4"]
    text = dev.sample_text([["a", "dog"], ["x"], ["y"]], count=2)
    assert "a dog" in text and "reference: one dog runs fast" in text and "\nc\n" in text and "\nb\n" not in text


def test_check_can_stop_it(captioner):
    """`check` is asked between batches, and what it raises ends the look."""
    dev = DevSet.build(["a", "b", "c"], ROWS, CAPTIONS, VOCABULARY, 1)

    def check():
        raise InterruptedError
    with pytest.raises(InterruptedError):
        dev.captions(captioner, VOCABULARY, gather, width=2, max_words=7, check=check)
    with pytest.raises(InterruptedError):
        dev.metrics(SimpleNamespace(), gather, check=check)
