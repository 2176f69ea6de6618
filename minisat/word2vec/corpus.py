"""The corpus as numbers: read once, counted, and kept on disk as a stream of word ids."""

import tempfile
import weakref
from array import array
from collections import defaultdict
from pathlib import Path

import numpy as np

from minisat.errors import UserError
from minisat.text import tokenize

CHUNK = 2**17        # ids that are in memory at once
_END = -1            # stands between two sentences on disk
_DROPPED = -2        # stands for a word that is too rare


def read_sentences(corpus, tokenizer="simple"):
    """The sentences (lists of str) of `corpus`: lists of words, or the path of a text file with one sentence per line.

    A file is read line by line, never whole. UserError when it cannot be read.
    """
    if not isinstance(corpus, (str, Path)):
        yield from corpus
        return
    try:
        with open(corpus, encoding="utf-8") as file:
            for line in file:
                yield tokenize(line, tokenizer)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"Cannot read {corpus}: {getattr(error, 'strerror', None) or error}.") from error


class EncodedCorpus:
    """A corpus after its one reading.

    words: the V words that occur at least `min_count` times, most frequent first, ties by alphabet;
    counts (V,) int64; size: their occurrences together. UserError when no word is left.

    A word gets a number when it is first met, so one pass is enough to count and to encode; the numbers wait in a
    nameless temporary file (4 bytes a word), which disappears with this object.
    """

    def __init__(self, corpus, min_count=5, tokenizer="simple"):
        numbers = defaultdict()
        numbers.default_factory = numbers.__len__  # a new word's number is how many there were
        self._file = tempfile.TemporaryFile()
        weakref.finalize(self, self._file.close)
        buffer, met = array("i"), np.zeros(0, np.int64)

        def flush():
            nonlocal met, buffer
            ids = np.frombuffer(buffer, np.int32)
            self._file.write(ids)
            found = np.bincount(ids[ids >= 0], minlength=len(numbers))
            found[:len(met)] += met
            met, buffer = found, array("i")

        for sentence in read_sentences(corpus, tokenizer):
            buffer.extend(map(numbers.__getitem__, sentence))
            buffer.append(_END)
            if len(buffer) > CHUNK:
                flush()
        flush()
        words = list(numbers)
        kept = sorted((k for k in range(len(words)) if met[k] >= min_count), key=lambda k: (-met[k], words[k]))
        if not kept:
            raise UserError(f"No word of the corpus occurs {min_count} times or more: nothing to learn from.")
        self.words = [words[k] for k in kept]
        self.counts = met[kept]
        self.size = int(self.counts.sum())
        self._final = np.full(len(words) + 2, _DROPPED, np.int32)  # number → id; the last two for _DROPPED and _END
        self._final[kept] = np.arange(len(kept), dtype=np.int32)
        self._final[_END] = _END

    def chunks(self):
        """Yield (ids (K,) int32, sentence (K,) int32), some CHUNK words at a time in order; rare words are gone.

        Equal entries of `sentence` stand for one sentence. A chunk ends where a sentence does, unless one sentence
        is longer than a chunk.
        """
        self._file.seek(0)
        rest = np.zeros(0, np.int32)
        while block := self._file.read(4 * CHUNK):
            numbers = np.concatenate([rest, np.frombuffer(block, np.int32)])
            ends = np.flatnonzero(numbers == _END)
            cut = ends[-1] + 1 if len(ends) else len(numbers)
            numbers, rest = numbers[:cut], numbers[cut:]
            ids = self._final[numbers]
            sentence = np.cumsum(numbers == _END, dtype=np.int32)
            real = ids >= 0
            yield ids[real], sentence[real]
