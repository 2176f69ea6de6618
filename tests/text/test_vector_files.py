"""Word-vector files come back as written, are recognised by content, and are refused with the place when malformed."""

import gzip
import struct
import tracemalloc

import numpy as np
import pytest

from minisat.errors import UserError
from minisat.text import FORMATS, Subwords, WordVectors, read_vectors, vector_size, write_vectors
from minisat.text.vector_records import BLOCK

WORDS = ["the", "café", "3", "don't", "naïve", "\u00a0"]  # the last, a blank to Unicode only, is a word of fastText's


@pytest.fixture
def vectors(rng):
    return WordVectors(WORDS, rng.standard_normal((len(WORDS), 7)) * 10.0 ** rng.integers(-30, 30, (len(WORDS), 1)))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_written_and_read_every_bit_is_the_same(tmp_path, vectors, format, suffix):
    path = tmp_path / f"vectors{suffix}"
    if format == "minisat" and suffix:
        with pytest.raises(UserError, match="not gzipped"):
            write_vectors(path, vectors, format)
        return
    write_vectors(path, vectors, format)
    back = read_vectors(path)
    assert back.words == vectors.words and back.vectors.tobytes() == vectors.vectors.tobytes()
    assert back.vectors.flags.writeable and vector_size(path) == 7
    some = read_vectors(path, {"naïve", "absent", "the"})
    assert some.words == ["the", "naïve"] and np.array_equal(some["naïve"], vectors["naïve"])
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_minisats_own_format_keeps_subwords(tmp_path, rng):
    vectors = WordVectors(["cat"], rng.standard_normal((1, 4)), Subwords(rng.standard_normal((9, 4)), 2, 5))
    write_vectors(tmp_path / "file", vectors, "minisat")
    back = read_vectors(tmp_path / "file", ["cat"])
    assert np.array_equal(back["cats"], vectors["cats"]) and back.subwords.longest == 5


def test_records_as_gensim_writes_them_without_line_ends(tmp_path):
    content = b"2 3\n" + b"a " + struct.pack("<3f", 1, 2, 3) + b"b " + struct.pack("<3f", 4, 5, 6)
    (tmp_path / "file").write_bytes(content)
    assert read_vectors(tmp_path / "file").vectors.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_a_value_that_looks_like_a_line_end_is_no_line_end(tmp_path):
    vectors = WordVectors(["a", "b", "c"], np.frombuffer(b"\n" * 12 + b" " * 12 + bytes(12), "<f4").reshape(3, 3))
    write_vectors(tmp_path / "file", vectors, "word2vec-binary")
    assert read_vectors(tmp_path / "file").vectors.tobytes() == vectors.vectors.tobytes()


def test_binary_records_across_the_blocks_of_reading(tmp_path, rng):
    vectors = WordVectors([f"word{i}" for i in range(3 * BLOCK // 1000)],
                          rng.standard_normal((3 * BLOCK // 1000, 250), np.float32))
    write_vectors(tmp_path / "file", vectors, "word2vec-binary")
    assert np.array_equal(read_vectors(tmp_path / "file").vectors, vectors.vectors)


def test_windows_line_ends_tabs_and_blank_last_lines(tmp_path):
    (tmp_path / "file").write_bytes(b"2 2\r\na\t1 2 \r\nb 3 4\r\n\r\n\n")
    back = read_vectors(tmp_path / "file")
    assert back.words == ["a", "b"] and back.vectors.tolist() == [[1, 2], [3, 4]]


def test_words_of_glove_with_blanks_inside(tmp_path):
    (tmp_path / "file").write_text("dog 1 2\n. . . 3 4\nat name@domain.com 5 6\n1 7 8\n")
    assert read_vectors(tmp_path / "file").words == ["dog", ". . .", "at name@domain.com", "1"]


def record(word, *values):
    return word.encode() + b" " + struct.pack(f"<{len(values)}f", *values) + b"\n"


GOOD = record("a", 1.5, 2.25) + record("b", 3.1, 4.7)

MALFORMED = {
    "empty": (b"", "is empty"),
    "blank": (b"\n \n", "is empty"),
    "zip": (b"PK\x03\x04....", "unpack it"),
    "fasttext model": (b"\xba\x16\x4f\x2f\x0c\x00\x00\x00", r"fastText model.*\.vec"),
    "prose": (b"It was a dark and stormy night.\n", "line 1: there are no numbers"),
    "too few numbers": (b"a 1 2 3\nb 1 2 3\nc 1 2\n", "line 3: 2 numbers follow the word instead of 3"),
    "too many numbers": (b"a 1 2 3\nb 1 2 3 4\n", "line 2: 4 numbers follow the word instead of 3"),
    "header of another size": (b"2 3\na 1 2\nb 3 4\n", "line 2: 2 numbers follow the word instead of 3"),
    "blanks under a header": (b"1 2\na b 1 2\n", "line 2: 3 numbers"),
    "no number": (b"2 2\na 1 2\nb 1 x2\n", "line 3: 'x2' is no number"),
    "nan": (b"a 1 2\nb nan 2\n", "line 2: nan is not finite"),
    "inf": (b"a 1 2\nb 1 -inf\n", "line 2: -inf is not finite"),
    "too large": (b"a 1 2\nb 1 1e39\n", "line 2: 1e39 is not finite in float32"),
    "twice": (b"3 2\na 1 2\nb 1 2\na 1 2\n", "line 4: the word 'a' comes a second time"),
    "promises more": (b"3 2\na 1 2\nb 1 2\n", "line 3: the header promises 3 words, but the file ends after 2"),
    "promises fewer": (b"1 2\na 1 2\nb 1 2\n", "line 3: the header promises 1 words, and here is one more"),
    "promises nothing": (b"0 2\n", "line 1: the header promises 0 words"),
    "promises too much": (b"1 99999999999\na 1 2\n", "line 1: the header promises"),
    "hole": (b"a 1 2\n\nb 1 2\n", "line 3: something follows an empty line"),
    "latin-1": ("2 2\na 1 2\ncafé 1 2\n".encode("latin-1"), "line 3: the word is not UTF-8"),
    "latin-1 in line 2": ("1 2\ncafé 1 2\n".encode("latin-1"), "line 2: the word is not UTF-8"),
    "endless line": (b"a 1 " + b"2 " * 600_000, "line 1: it is longer than a megabyte"),
    "gzip cut off": (gzip.compress(b"a 1 2\n" * 1000)[:40], "gzipped, but cut off or damaged"),
    "safetensors of another": ((16).to_bytes(8, "little") + b'{"__a__":{}     ', "damaged"),
    "binary: vector cut off": (b"2 2\n" + GOOD[:-3], r"byte 17: the vector of 'b' is cut off \(word 2 of 2\)"),
    "binary: word cut off": (b"3 2\n" + GOOD + b"whi", "byte 26: no word 3 begins here"),
    "binary: word missing": (b"3 2\n" + GOOD, "byte 26: the header promises 3 words, but the file ends after 2"),
    "binary: more": (b"2 2\n" + GOOD + b"c ", "byte 25: the header promises 2 words, and here is more"),
    "binary: nan": (b"1 2\n" + record("a", 1, np.nan), "byte 14: the vector of 'a' has a value that is not finite"),
    "binary: twice": (b"2 2\n" + record("a", 1, 2) * 2, "byte 25: the word 'a' comes a second time"),
    "binary: not UTF-8": (b"1 2\n\xe9\xe9 " + struct.pack("<2f", 1, 2), "byte 4: word 1 is not UTF-8"),
    "binary: out of step": (b"3 9\n" + GOOD * 90 + b"\0" * 9000, "byte"),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_malformed_files_are_refused_with_the_place(tmp_path, case):
    content, sentence = MALFORMED[case]
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(UserError, match=f"file.*{sentence}"):
        read_vectors(tmp_path / "file")


def test_missing_files_unknown_formats_and_words_that_a_format_cannot_say(tmp_path, vectors):
    with pytest.raises(UserError, match="Cannot read"):
        read_vectors(tmp_path / "absent")
    with pytest.raises(UserError, match="no format 'bin'"):
        write_vectors(tmp_path / "file", vectors, "bin")
    with pytest.raises(UserError, match="holds a blank"):
        write_vectors(tmp_path / "file", WordVectors(["two words"], [[1]]), "glove")
    write_vectors(tmp_path / "file", vectors)
    with pytest.raises(UserError, match="none of the 1 words"):
        read_vectors(tmp_path / "file", ["zebra"])


def test_only_some_words_of_a_large_file_take_little_memory(tmp_path, rng):
    """The file is 16 MB; reading three of its words never holds more than 4 MB."""
    vectors = WordVectors([f"word{i}" for i in range(4_000)], rng.standard_normal((4_000, 1000), np.float32))
    write_vectors(tmp_path / "file", vectors, "word2vec-binary")
    tracemalloc.start()
    some = read_vectors(tmp_path / "file", ["word7", "word500", "word3999"])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(some) == 3 and peak < 4_000_000


@pytest.mark.peer
@pytest.mark.parametrize("format", ["word2vec", "word2vec-binary", "glove", "fasttext"])
def test_gensim_reads_what_we_write_and_we_read_what_it_writes(tmp_path, vectors, format):
    models = pytest.importorskip("gensim.models")
    binary = format == "word2vec-binary"
    words = WORDS[:-1]  # gensim cuts at Unicode's blanks too
    ours = vectors.only(words)
    write_vectors(tmp_path / "ours", ours, format)
    peer = models.KeyedVectors.load_word2vec_format(str(tmp_path / "ours"), binary=binary, no_header=format == "glove")
    assert peer.index_to_key == words and peer.vectors.tobytes() == ours.vectors.tobytes()
    peer.save_word2vec_format(str(tmp_path / "theirs"), binary=binary, write_header=format != "glove")
    back = read_vectors(tmp_path / "theirs")
    assert sorted(back.words) == sorted(words)
    assert all(np.array_equal(back[word], ours[word]) for word in words)


@pytest.mark.peer
def test_neighbours_and_analogies_are_gensims(rng):
    models = pytest.importorskip("gensim.models")
    words = [f"w{i}" for i in range(200)]
    ours = WordVectors(words, rng.standard_normal((200, 16)))
    peer = models.KeyedVectors(16)
    peer.add_vectors(words, ours.vectors)

    def same(ours, theirs, atol=1e-5):
        assert [word for word, _ in ours] == [word for word, _ in theirs]
        assert np.allclose([score for _, score in ours], [score for _, score in theirs], atol=atol)
    same(ours.neighbours("w3", 20), peer.most_similar("w3", topn=20))
    same(ours.analogy("w0", "w1", "w2", 20), peer.most_similar(positive=["w1", "w2"], negative=["w0"], topn=20))
    same(ours.analogy("w0", "w1", "w2", 20, "mul"),
         peer.most_similar_cosmul(positive=["w1", "w2"], negative=["w0"], topn=20), atol=0.02)  # its ε is 1e-6
