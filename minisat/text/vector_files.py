"""Files of word vectors: the format recognised by content, all words read or only some, written for other programs."""

import gzip
import json
import zlib
from array import array
from contextlib import contextmanager

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from minisat.errors import UserError
from minisat.files import whole_file
from minisat.text.subwords import Subwords
from minisat.text.vector_lines import Lines, header, is_number, numbers_at_end, write_lines
from minisat.text.vector_records import Records, write_records
from minisat.text.word_vectors import WordVectors

FORMATS = ("word2vec", "word2vec-binary", "glove", "fasttext", "minisat")
_KEY = "minisat-word-vectors"  # of safetensors' metadata
_SAMPLE = 1 << 16              # bytes of a file that decide its format
_GZIP, _ZIP, _FASTTEXT_MODEL = b"\x1f\x8b", b"PK\x03\x04", (793712314).to_bytes(4, "little")
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\v\f\r")


def read_vectors(path, words=None):
    """WordVectors from a file that word2vec, GloVe, fastText, gensim or minisat wrote, also gzipped.

    `words`: read only those (any collection of str), in the file's order; the rest of the file streams by, so that
    memory holds what is kept. The formats: word2vec's text and binary, GloVe's text, fastText's `.vec`, and
    minisat's own (safetensors), which alone keeps subwords. UserError, with the line's number or the byte's, for
    a file that is none of these, is cut off, or holds what is no word with finite numbers; and when no word is found.
    """
    wanted = None if words is None else frozenset(words)
    with _opened(path) as (file, kind):
        if kind == "minisat":
            vectors = _read_safetensors(path)
            kept = vectors if wanted is None else vectors.only([word for word in vectors.words if word in wanted])
        else:
            kept = _collect((Records if kind == "word2vec-binary" else Lines)(file, path, wanted))
    if kept is None or not len(kept):
        raise UserError(f"{path} has a vector of none of the {len(wanted):,} words." if wanted is not None
                        else f"{path} holds no words.")
    return kept


def vector_size(path):
    """M, the entries of a vector, from the beginning of the file at `path`. UserError as `read_vectors`."""
    with _opened(path) as (file, kind):
        if kind == "minisat":
            return _read_safetensors(path).size
        line = file.readline(_SAMPLE)
        size = (header(line) or (None, numbers_at_end(line)))[1]
        if not size:
            raise UserError(f"{path}, line 1: there are no numbers, so this is no file of word vectors.")
        return size


def write_vectors(path, vectors, format="word2vec"):
    """Write WordVectors to `path`, whole or not at all; gzipped where the name ends in .gz.

    `format`: one of FORMATS; "fasttext" is the layout of its `.vec`, the same as "word2vec". gensim reads all but
    "minisat" ("glove" with no_header=True). UserError for a word that holds a blank, which those formats cannot say.
    """
    if format not in FORMATS:
        raise UserError(f"There is no format {format!r} of word vectors; there are {', '.join(FORMATS)}.")
    if format == "minisat":
        if str(path).endswith(".gz"):
            raise UserError("minisat's own format is not gzipped: leave out the .gz.")
        content = _safetensors(vectors)
        with whole_file(path) as temporary:
            temporary.write_bytes(content)
        return
    for word in vectors.words:
        if not word or any(character in word for character in " \t\n\v\f\r"):
            raise UserError(f"The word {word!r} is empty or holds a blank, which the format {format} cannot say.")
    with whole_file(path) as temporary, open(temporary, "wb") as plain:
        zipped = str(path).endswith(".gz")
        with gzip.GzipFile("", "wb", fileobj=plain, mtime=0) if zipped else plain as file:
            if format == "word2vec-binary":
                write_records(file, vectors.words, vectors.vectors)
            else:
                write_lines(file, vectors.words, vectors.vectors, with_header=format != "glove")


@contextmanager
def _opened(path):
    """Yield (binary file at its first byte, format); reading errors inside become UserErrors."""
    try:
        with open(path, "rb") as plain:
            zipped = plain.read(2) == _GZIP
            plain.seek(0)
            with gzip.open(plain) if zipped else plain as file:
                sample = file.read(_SAMPLE)
                file.seek(0)
                yield file, _format(path, sample)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UserError(f"{path} is gzipped, but cut off or damaged.") from error
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror or error}.") from error


def _format(path, sample):
    """Which of FORMATS begins with the bytes `sample`. UserError for what is known to be something else."""
    if not sample.strip():
        raise UserError(f"{path} is empty.")
    if sample.startswith(_ZIP):
        raise UserError(f"{path} is a zip archive: unpack it, and give the file inside.")
    if sample.startswith(_FASTTEXT_MODEL):
        raise UserError(f"{path} is a whole fastText model; its vectors are in the file .vec beside it.")
    if sample[8:9] == b"{" and int.from_bytes(sample[:8], "little") < 1 << 40:
        return "minisat"
    first, _, rest = sample.partition(b"\n")
    if header(first) is None:
        return "glove"
    return "word2vec-binary" if _is_binary(rest) else "word2vec"


def _is_binary(sample):
    """Whether these bytes after the header are numbers as such rather than as text."""
    if any(byte in _CONTROL for byte in sample):
        return True
    line = sample.partition(b"\n")[0]
    try:
        line.decode()
    except UnicodeDecodeError:
        return not is_number(line.split()[-1])  # text in another encoding still ends in a number
    return False


def _collect(pairs):
    """WordVectors of (word, vector) pairs, each row copied once; None when there are none."""
    words, values = [], array("f")
    for word, vector in pairs:
        words.append(word)
        values.frombytes(vector.tobytes())
    return WordVectors(words, np.frombuffer(values, np.float32).reshape(len(words), -1)) if words else None


def _safetensors(vectors):
    """The bytes of minisat's own format: the arrays, and the words as JSON in the metadata."""
    arrays, facts = {"vectors": vectors.vectors}, {"words": vectors.words}
    if vectors.subwords is not None:
        arrays["subwords"] = vectors.subwords.vectors
        facts |= {"shortest": vectors.subwords.shortest, "longest": vectors.subwords.longest}
    return save(arrays, {_KEY: json.dumps(facts, ensure_ascii=False)})


def _read_safetensors(path):
    try:
        with safe_open(path, framework="numpy") as file:
            facts = json.loads((file.metadata() or {})[_KEY])
            arrays = {name: file.get_tensor(name) for name in file.keys()}
        subwords = None
        if "subwords" in arrays:
            subwords = Subwords(arrays["subwords"], facts["shortest"], facts["longest"])
        return WordVectors(facts["words"], arrays["vectors"], subwords)
    except UserError as error:
        raise UserError(f"{path} is damaged. {error}") from error
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"{path} holds no word vectors of minisat, or is damaged.") from error
