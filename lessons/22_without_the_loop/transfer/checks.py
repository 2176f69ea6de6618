"""What exercise 22b is checked on: a first word, a whole sentence, a beam's two ways on, and how often W_k is asked."""

import numpy as np

from minisat.nn import Linear, MultiHeadAttention
from minisat.teaching.asking import agree, fixed, parts, wrong_unless


class Counting(Linear):
    """Counts the words that go through it."""

    seen = 0

    def forward(self, x):
        self.seen += x.shape[1]
        return super().forward(x)


def cases(exercise):
    """Yield a sentence for each thing that is right."""
    rng = np.random.default_rng(22)
    attention = MultiHeadAttention(6, 6, 6, 3, causal=True, rng=rng).astype("float64")
    words = rng.standard_normal((2, 5, 6))
    whole, _ = attention(words, words)

    def say(word, kept):
        return parts("next_word", exercise.next_word(attention, fixed(word), kept), 2)
    y, kept = say(words[:, :1], None)
    agree("y of next_word for the first word", y, whole[:, :1])
    yield "the first word, which sees itself alone"
    for t in range(1, 5):
        if t == 3:
            before = kept
        y, kept = say(words[:, t:t + 1], kept)
        agree(f"y of next_word for word {t + 1} (as that of the whole sentence at once)", y, whole[:, t:t + 1])
    yield "word by word what the whole sentence says at once"
    say(-words[:, 3:4], before)
    again, _ = say(words[:, 3:4], before)
    agree("y of next_word, going on from the same words once more (what was kept must not be changed)", again,
          whole[:, 3:4])
    yield "two ways on from the same words"
    attention.W_k = Counting(6, 6, bias=False, rng=rng)
    kept = None
    for t in range(5):
        _, kept = say(words[:, t:t + 1], kept)
    seen = attention.W_k.seen
    wrong_unless(seen == 5, f"Of five words W_k was given {seen}: each needs its key made once, and kept.")
    yield "each key made once"
