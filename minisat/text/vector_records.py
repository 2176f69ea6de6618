"""Word vectors as word2vec's binary records: a line `V M`, then each word, a blank and M float32 (little-endian)."""

import numpy as np

from minisat.errors import UserError
from minisat.text.vector_lines import MOST_NUMBERS, header

BLOCK = 1 << 20         # bytes read at a time
LONGEST_WORD = 1 << 12  # bytes; without a blank for so long, the file is out of step


class Records:
    """Iterating reads the open binary `file` from its first byte: (word, vector (M,) float32) pairs.

    `wanted`: None for all words, or the set of those to yield. word2vec ends a record with a line end, gensim does
    not; both are read. UserError, with the position of the byte, for a file that is cut off or goes on after the last
    record, for words that are no UTF-8 or come twice, and for values that are not finite.
    """

    def __init__(self, file, path, wanted=None):
        self.file, self.path, self.wanted = file, path, wanted
        self.buffer, self.start, self.position = b"", 0, 0  # unread bytes begin at buffer[start], byte `position`

    def __iter__(self):
        first = self.file.readline(LONGEST_WORD)
        promised, size = header(first)
        self.position = len(first)
        if not (promised and 0 < size <= MOST_NUMBERS):
            raise self.error(f"the header promises {promised} words of {size} numbers")
        seen = set()
        for count in range(promised):
            word = self._word(count, promised)
            values = self._take(4 * size, f"the vector of {word!r} is cut off (word {count + 1:,} of {promised:,})")
            if self.wanted is not None and word not in self.wanted:
                continue
            if word in seen:
                raise self.error(f"the word {word!r} comes a second time")
            seen.add(word)
            vector = np.frombuffer(values, "<f4").astype(np.float32)
            if not np.isfinite(vector).all():
                raise self.error(f"the vector of {word!r} has a value that is not finite")
            yield word, vector
        self._fill(2)
        if self.buffer[self.start:].strip(b"\n"):
            raise self.error(f"the header promises {promised:,} words, and here is more")

    def error(self, sentence):
        """The UserError that names the present byte."""
        return UserError(f"{self.path}, byte {self.position:,}: {sentence}.")

    def _fill(self, count):
        """See to it that `count` unread bytes are in the buffer; False where the file ends before."""
        while len(self.buffer) - self.start < count:
            block = self.file.read(max(BLOCK, count))
            if not block:
                return False
            self.buffer, self.start = self.buffer[self.start:] + block, 0
        return True

    def _take(self, count, otherwise):
        if not self._fill(count):
            raise self.error(otherwise)
        taken = self.buffer[self.start:self.start + count]
        self.start += count
        self.position += count
        return taken

    def _word(self, count, promised):
        while self._fill(1) and self.buffer[self.start:self.start + 1] == b"\n":
            self._take(1, "")
        if not self._fill(1):
            raise self.error(f"the header promises {promised:,} words, but the file ends after {count:,}")
        self._fill(LONGEST_WORD)
        end = self.buffer.find(b" ", self.start, self.start + LONGEST_WORD)
        if end < 0:
            raise self.error(f"no word {count + 1:,} begins here, the file is cut off or its header is wrong")
        word = self.buffer[self.start:end]
        try:
            text = word.decode()
        except UnicodeDecodeError as error:
            raise self.error(f"word {count + 1:,} is not UTF-8, or the header is wrong") from error
        self._take(len(word) + 1, "")
        return text


def write_records(file, words, vectors):
    """Write to the open binary `file`, each record with the line end that word2vec gives it."""
    file.write(f"{len(words)} {vectors.shape[1]}\n".encode())
    for word, vector in zip(words, vectors):
        file.write(f"{word} ".encode() + vector.astype("<f4").tobytes() + b"\n")
