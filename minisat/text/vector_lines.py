"""Word vectors as lines of text: a word, a blank, M numbers (GloVe); under a line `V M` (word2vec, fastText's .vec)."""

import numpy as np

from minisat.errors import UserError

LONGEST_LINE = 1 << 20  # bytes; a longer one is no word with its vector, and must not fill the memory
MOST_NUMBERS = 1 << 16   # of one word; a header that promises more is wrong


def header(line):
    """(V, M) if `line` (bytes) is the first of a file with a header, else None."""
    fields = line.split()
    if len(fields) != 2 or not all(field.isdigit() for field in fields):
        return None
    return int(fields[0]), int(fields[1])


def is_number(field):
    """Whether the bytes `field` are a number (nan and inf count: they are refused with a sentence of their own)."""
    try:
        float(field)
    except ValueError:
        return False
    return True


def numbers_at_end(line):
    """How many numbers end `line`; its first field is the word, even if it looks like one."""
    fields = line.split()[1:]
    count = 0
    while count < len(fields) and is_number(fields[-1 - count]):
        count += 1
    return count


class Lines:
    """Iterating reads the open binary `file` from its first byte: (word, vector (M,) float32) pairs.

    `wanted`: None for all words, or the set of those to yield. Of the others only the number of fields is checked.
    UserError, with the line's number, for what is no word with M finite numbers, a word twice (among those that
    are yielded), or a header that promises another number of words.
    """

    def __init__(self, file, path, wanted=None):
        self.file, self.path, self.wanted = file, path, wanted
        self.number = 0

    def __iter__(self):
        first = self._line()
        promised, size = header(first) or (None, numbers_at_end(first))
        if promised is None and not size:
            raise self.error("there are no numbers, so this is no file of word vectors")
        if promised is not None and not (promised and 0 < size <= MOST_NUMBERS):
            raise self.error(f"the header promises {promised} words of {size} numbers")
        line = first if promised is None else self._line()
        seen, words = set(), 0
        while line.strip():
            words += 1
            if promised is not None and words > promised:
                raise self.error(f"the header promises {promised:,} words, and here is one more")
            word, numbers = self._cut(line, size, blanks=promised is None)
            if self.wanted is None or word in self.wanted:
                if word in seen:
                    raise self.error(f"the word {word!r} comes a second time")
                seen.add(word)
                yield word, self._vector(numbers)
            line = self._line()
        if line:
            while line and not line.strip():
                line = self._line()
            if line:
                raise self.error("something follows an empty line")
        if promised is not None and words < promised:
            raise self.error(f"the header promises {promised:,} words, but the file ends after {words:,}")

    def error(self, sentence):
        """The UserError that names the present line."""
        return UserError(f"{self.path}, line {self.number}: {sentence}.")

    def _line(self):
        """The next line; empty at the end of the file."""
        line = self.file.readline(LONGEST_LINE)
        self.number += bool(line)
        if len(line) == LONGEST_LINE:
            raise self.error("it is longer than a megabyte, so this is no file of word vectors")
        return line

    def _cut(self, line, size, blanks):
        """(word, `size` fields). With `blanks`, as a few of GloVe's words have, it still does not end in a number."""
        fields = line.split()
        pieces, numbers = fields[:-size], fields[-size:]
        if not pieces or (len(pieces) > 1 and (not blanks or is_number(pieces[-1]))):
            raise self.error(f"{len(fields) - 1} numbers follow the word instead of {size}")
        try:
            return b" ".join(pieces).decode(), numbers
        except UnicodeDecodeError as error:
            raise self.error("the word is not UTF-8") from error

    def _vector(self, fields):
        try:
            numbers = list(map(float, fields))
        except ValueError:
            bad = next(field for field in fields if not is_number(field))
            raise self.error(f"{bad.decode(errors='replace')!r} is no number") from None
        with np.errstate(over="ignore"):
            vector = np.array(numbers, np.float32)
        if not np.isfinite(vector).all():
            bad = fields[int(np.flatnonzero(~np.isfinite(vector))[0])]
            raise self.error(f"{bad.decode(errors='replace')} is not finite in float32")
        return vector


def write_lines(file, words, vectors, with_header):
    """Write to the open binary `file`; 9 digits give every float32 back to the last bit."""
    if with_header:
        file.write(f"{len(words)} {vectors.shape[1]}\n".encode())
    row_format = " ".join(["%.9g"] * vectors.shape[1])
    for word, vector in zip(words, vectors):
        file.write(f"{word} {row_format % tuple(vector.tolist())}\n".encode())
