"""Word vectors from a file as the start of a captioner's embedding."""

from typing import NamedTuple

import numpy as np

from minisat.errors import UserError
from minisat.text import SPECIALS, WordVectors, read_vectors, vector_size


class PretrainedWords(NamedTuple):
    """The vectors that a file has for the words of a vocabulary."""

    vectors: WordVectors
    coverage: float  # share of the training captions' words, every occurrence counted, that have a vector

    @classmethod
    def read(cls, path, vocabulary, embedding_size, statistics):
        """From the file at `path` (any format of `read_vectors`), only the words of `vocabulary`.

        `statistics`: WordStatistics of the training captions. UserError unless the file's vectors have
        `embedding_size` entries and one of the words is there.
        """
        size = vector_size(path)
        if size != embedding_size:
            raise UserError(f"The vectors in {path} have {size} entries, the captioner's word vectors "
                            f"{embedding_size}: add --embedding-size {size}.")
        vectors = read_vectors(path, vocabulary.words[len(SPECIALS):])
        return cls(vectors, statistics.coverage(vectors))

    def facts(self, vocabulary):
        """What config.json says of them."""
        return {"found": len(self.vectors), "words": len(vocabulary) - len(SPECIALS), "coverage": self.coverage}

    def copy_into(self, W, vocabulary):
        """Write the vectors into the fresh embedding W (V, M), in place; special and absent words keep their rows.

        All are multiplied by one number that gives them the root mean square of W's fresh entries. Word vectors come
        with entries of 0.01 or of 3, as their method and its number of epochs would have it; the layers above, and
        the words that have none, start for W's spread. One number for all keeps every cosine, and the
        lengths in proportion, in which these methods say how frequent and how particular a word is.
        """
        found = self.vectors.vectors
        spread = np.sqrt(np.mean(np.square(found), dtype=np.float64))
        if spread == 0:
            raise UserError("The word vectors are all zero: there is nothing to start from.")
        factor = np.sqrt(np.mean(np.square(W), dtype=np.float64)) / spread
        W[vocabulary.encode(self.vectors.words)] = found * factor
