"""Sampling: every word is drawn, from all of them or from the likelier ones, sharper or flatter than the model is.

Temperature divides log p before drawing; top-k keeps the k likeliest words (Fan, Lewis & Dauphin 2018); top-p keeps the
fewest whose probabilities together reach p, the "nucleus" (Holtzman et al. 2020). They act in this order.
"""

from minisat.backend import get_array_module, uniform
from minisat.captioner.decoding.word_by_word import word_by_word


def sample(model, inputs, rng, count=1, max_words=40, temperature=1.0, top_k=0, top_p=1.0, marks=False):
    """`count` drawn captions of each photo, in the order in which they were drawn: a list of N lists of Captions.

    inputs (N, ...) is what `model.start` takes; `rng`, a NumPy Generator, draws the same in every home of arrays;
    `top_k` 0 and `top_p` 1 leave all words in. With `marks` PAD, UNK, START and an END at once may be drawn too, so
    that captions follow the model's own distribution exactly: what REINFORCE needs. A Caption's logprobs are those of
    the model, whatever the temperature. ValueError for a temperature, k or p that means nothing.
    """
    if not temperature > 0 or top_k < 0 or not 0 < top_p <= 1 or count < 1:
        raise ValueError(f"Sampling needs count ≥ 1, temperature > 0, top_k ≥ 0 and 0 < top_p ≤ 1, not {count}, "
                         f"{temperature}, {top_k} and {top_p}.")

    def choose(log_probs):
        return draw(likelier(log_probs / temperature, top_k, top_p), rng)
    return word_by_word(model, inputs, choose, max_words, count, marks)


def likelier(scores, top_k=0, top_p=1.0):
    """scores (N, W), log p up to a constant → weights (N, W) to draw with, 0 for words that are left out.

    A word exactly as likely as the last one that is kept is kept too.
    """
    xp = get_array_module(scores)
    weights = xp.exp(scores - scores.max(axis=1, keepdims=True))
    if 0 < top_k < weights.shape[1]:
        kept = -xp.sort(-weights, axis=1)[:, top_k - 1:top_k]
        weights = xp.where(weights >= kept, weights, 0)
    if top_p < 1:
        falling = -xp.sort(-weights, axis=1)
        reached = falling.cumsum(axis=1)
        last = (reached < top_p * reached[:, -1:]).sum(axis=1, keepdims=True)  # words before it do not suffice
        weights = xp.where(weights >= xp.take_along_axis(falling, last, axis=1), weights, 0)
    return weights


def draw(weights, rng):
    """weights (N, W) ≥ 0 → (N,): one column of each row, drawn with probability in proportion to its weight."""
    xp = get_array_module(weights)
    reached = weights.cumsum(axis=1, dtype=xp.float64)
    target = uniform(rng, (weights.shape[0], 1), weights) * reached[:, -1:]
    return (reached <= target).sum(axis=1)  # the first column whose sum passes the target has a weight
