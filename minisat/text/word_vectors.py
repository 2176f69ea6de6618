"""Word vectors: a list of words with one vector each, and what can be asked of them."""

from functools import cached_property

import numpy as np

from minisat.errors import UserError, did_you_mean

ANALOGIES = ("add", "mul")
_EPSILON = 1e-3  # keeps the quotient of 3CosMul finite, as in Levy & Goldberg 2014


class WordVectors:
    """words (a list of V str), vectors (V, M) float32; most frequent word first where a method knows frequencies.

    `subwords` (see `Subwords`) lets words be embedded that are not in the list. Every method of `word2vec` and every
    reader of `vector_files` returns this type. UserError when the two do not fit, a word comes twice, or a value is
    not finite.
    """

    def __init__(self, words, vectors, subwords=None):
        words = list(words)
        vectors = np.ascontiguousarray(vectors, dtype=np.float32)
        if vectors.ndim != 2 or vectors.shape[0] != len(words) or vectors.shape[1] < 1:
            raise UserError(f"{len(words)} words need a matrix of {len(words)} vectors, not one of shape "
                            f"{vectors.shape}.")
        self._rows = {word: row for row, word in enumerate(words)}
        if len(self._rows) < len(words):
            twice = next(word for row, word in enumerate(words) if self._rows[word] != row)
            raise UserError(f"The word {twice!r} has two vectors.")
        if not np.isfinite(vectors).all():
            row = int(np.flatnonzero(~np.isfinite(vectors).all(axis=1))[0])
            raise UserError(f"The vector of {words[row]!r} has a value that is not finite.")
        self.words, self.vectors, self.subwords = words, vectors, subwords

    def __len__(self):
        return len(self.words)

    @property
    def size(self):
        """M, the entries of a vector."""
        return self.vectors.shape[1]

    def __contains__(self, word):
        """Whether `word` is in the list; one that subwords could embed is not."""
        return word in self._rows

    def __getitem__(self, word):
        """The vector (M,) of `word`, made from its subwords if it is not in the list.

        UserError, with words that are spelt alike, where there is neither.
        """
        if word in self._rows:
            return self.vectors[self._rows[word]]
        made = self.subwords.vector(word) if self.subwords is not None else None
        if made is None:
            raise UserError(self._unknown(word))
        return made

    def row(self, word):
        """The place of `word` in the list; UserError where it is not there."""
        if word not in self._rows:
            raise UserError(self._unknown(word))
        return self._rows[word]

    def _unknown(self, word):
        return f"There is no vector of {word!r} among the {len(self):,} words.{did_you_mean(word, self.words)}"

    @cached_property
    def unit_vectors(self):
        """(V, M) float32, the vectors at length 1; a zero vector stays zero."""
        return _unit(self.vectors)

    def similarity(self, a, b):
        """The cosine of the angle between two words, a number in [-1, 1]."""
        return float(_unit(self[a]) @ _unit(self[b]))

    def neighbours(self, word, count=10):
        """The `count` words nearest to `word`: [(word, cosine)], nearest first, `word` itself left out."""
        return self._best(self.unit_vectors @ _unit(self[word]), count, without={word})

    def analogy(self, a, b, c, count=1, method="add"):
        """`a` is to `b` as `c` is to …: the `count` best words as [(word, score)], the three left out.

        "add" is 3CosAdd (Mikolov et al. 2013): the cosine with b̂ − â + ĉ, hats for length 1; it ranks by
        cos(x, b) − cos(x, a) + cos(x, c). "mul" is 3CosMul (Levy & Goldberg 2014, eq. 5): the product of
        cosines over the cosine, each moved to [0, 1], so that no single large term decides.
        """
        return self._best(self.analogy_scores(self[a], self[b], self[c], method), count, without={a, b, c})

    def analogy_scores(self, a, b, c, method="add"):
        """The score of every word as the answer: vectors (M,) → (V,), or (Q, M) of Q questions → (Q, V)."""
        if method not in ANALOGIES:
            raise UserError(f"There is no analogy method {method!r}; there are {' and '.join(ANALOGIES)}.")
        a, b, c = _unit(a), _unit(b), _unit(c)
        if method == "add":
            return _unit(b - a + c) @ self.unit_vectors.T
        to_a, to_b, to_c = ((1 + vector @ self.unit_vectors.T) / 2 for vector in (a, b, c))
        return to_b * to_c / (to_a + _EPSILON)

    def _best(self, scores, count, without):
        """[(word, score)] of the `count` highest of `scores` (V,), without the words `without`; ties in list order."""
        keep = max(0, min(count, len(self) - sum(word in self for word in without)))
        reach = min(len(self), keep + len(without))
        rows = np.argpartition(-scores, reach - 1)[:reach] if 0 < reach < len(self) else np.arange(len(self))
        rows = rows[np.lexsort((rows, -scores[rows]))]
        chosen = [row for row in rows if self.words[row] not in without][:keep]
        return [(self.words[row], float(scores[row])) for row in chosen]

    def only(self, words):
        """The WordVectors of those of `words` that are in the list, in the order of `words`; subwords stay."""
        kept = [word for word in words if word in self._rows]
        return WordVectors(kept, self.vectors[[self._rows[word] for word in kept]], self.subwords)


def _unit(vectors):
    """`vectors` (..., M) at length 1; a zero vector stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(lengths > 0, lengths, 1)
