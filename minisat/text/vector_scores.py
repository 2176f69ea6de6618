"""How good word vectors are: against people's judgements of likeness, and on analogy questions."""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np

from minisat.errors import UserError
from minisat.text.word_vectors import WordVectors

BLOCK = 512  # questions answered together


class Pair(NamedTuple):
    """Two words and how alike people find them."""

    a: str
    b: str
    score: float


class SimilarityScore(NamedTuple):
    """Vectors against people. `spearman` is nan where fewer than two different values are left to rank."""

    spearman: float  # rank correlation between cosines and judgements, -1..1
    used: int        # pairs with vectors for both words
    pairs: int       # pairs in the file

    @property
    def coverage(self):
        """The share of pairs that could be judged, 0..1."""
        return self.used / self.pairs


class AnalogyScore(NamedTuple):
    """One section of analogy questions."""

    section: str
    right: int
    asked: int       # questions all of whose words have vectors
    questions: int   # questions in the file

    @property
    def accuracy(self):
        """The share of right answers among those asked, 0..1; nan where none was."""
        return self.right / self.asked if self.asked else float("nan")


def read_pairs(path):
    """[Pair] from a file in the manner of WordSim-353 and SimLex-999: word, word, a number, then anything.

    Columns stand between tabs, commas, semicolons or blanks, the same all through. A first line without a number is a
    header, and where it names them the score is in the column SimLex999, score, similarity, rating or "human (mean)",
    else in the first column after the words that holds numbers. Lines that begin with # are comments. UserError
    with the line's number for any other line.
    """
    lines = [(number, line) for number, line in enumerate(_lines(path), start=1)
             if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise UserError(f"{path} holds no pairs of words.")
    separator = next((mark for mark in "\t,;" if mark in lines[0][1]), None)
    rows = [(number, [cell.strip() for cell in line.split(separator)]) for number, line in lines]
    head = [cell.lower() for cell in rows[0][1]] + [""]
    column = None
    if _is_number(head[1]) or not any(map(_is_number, head[2:])):  # "Word 1 Word 2 ..." cut at blanks
        rows = rows[1:]
        names = ("simlex999", "score", "similarity", "rating", "human (mean)", "mean")
        column = next((head.index(name) for name in names if name in head[2:]), None)
    if not rows:
        raise UserError(f"{path} holds a header and no pairs of words.")
    if column is None:
        column = next((i for i, cell in enumerate(rows[0][1]) if i > 1 and _is_number(cell)), 2)
    pairs = []
    for number, cells in rows:
        if len(cells) <= column or not cells[0] or not cells[1] or not _is_number(cells[column]):
            raise UserError(f"{path}, line {number}: two words and a number are expected.")
        pairs.append(Pair(cells[0], cells[1], float(cells[column])))
    return pairs


def read_questions(path):
    """[(section, [(a, b, c, d), …])] from a file in the manner of word2vec's questions-words.txt.

    A line `: name` opens a section; every other holds four words, the first to the second as the third to the
    fourth. UserError with the line's number for any other line.
    """
    sections = []
    for number, line in enumerate(_lines(path), start=1):
        words = line.split()
        if words and words[0].startswith(":"):
            sections.append((line.strip().lstrip(":").strip() or f"section {len(sections) + 1}", []))
        elif len(words) == 4:
            if not sections:
                sections.append(("all", []))
            sections[-1][1].append(tuple(words))
        elif words:
            raise UserError(f"{path}, line {number}: four words are expected.")
    sections = [(name, questions) for name, questions in sections if questions]
    if not sections:
        raise UserError(f"{path} holds no analogy questions.")
    return sections


def ranks(values):
    """The rank of each of `values` (n,), from 1; equal values share the mean of their ranks."""
    values = np.asarray(values)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    ends = np.r_[starts[1:], len(values)]
    result = np.empty(len(values))
    result[order] = np.repeat((starts + 1 + ends) / 2, ends - starts)
    return result


def spearman(a, b):
    """Spearman's rank correlation of two equally long lists: Pearson's of their ranks; nan where one is constant."""
    if len(a) < 2:
        return float("nan")
    a, b = (ranks(values) - (len(values) + 1) / 2 for values in (a, b))
    norm = np.sqrt((a @ a) * (b @ b))
    return float(a @ b / norm) if norm else float("nan")


def score_similarity(vectors, pairs):
    """SimilarityScore of WordVectors on [Pair]; a word is looked up as it stands, then in lower case.

    Pairs with a word that has no vector are left out. Words that only subwords can embed count as having one.
    """
    cosines, judgements = [], []
    for a, b, score in pairs:
        a, b = known(vectors, a), known(vectors, b)
        if a and b:
            cosines.append(vectors.similarity(a, b))
            judgements.append(score)
    return SimilarityScore(spearman(cosines, judgements), len(cosines), len(pairs))


def score_analogies(vectors, sections, method="add", most=30_000):
    """[AnalogyScore] of WordVectors, one a section; an answer is right only if it comes first.

    As in word2vec's program, words are lower-cased where only that has a vector, answers come from the `most` most
    frequent words, and a question with a word outside of these is not asked.
    """
    vectors = vectors.only(vectors.words[:most])
    vectors = WordVectors(vectors.words, vectors.vectors)  # a question is about words that were seen
    scores = []
    for section, questions in sections:
        found = [[known(vectors, word) for word in question] for question in questions]
        asked = [question for question in found if all(question)]
        right = sum(_right(vectors, asked[start:start + BLOCK], method) for start in range(0, len(asked), BLOCK))
        scores.append(AnalogyScore(section, right, len(asked), len(questions)))
    return scores


def known(vectors, word):
    """`word` or its lower-case form, whichever has a vector; else None."""
    for form in (word, word.lower()):
        if form in vectors or (vectors.subwords is not None and vectors.subwords.vector(form) is not None):
            return form
    return None


def _right(vectors, questions, method):
    """How many of the questions (lists of four words) have their fourth word as the best answer."""
    rows = np.array([[vectors.row(word) for word in question] for question in questions])
    scores = vectors.analogy_scores(*vectors.vectors[rows[:, :3].T], method)
    scores[np.arange(len(rows))[:, None], rows[:, :3]] = -np.inf
    return int((scores.argmax(axis=1) == rows[:, 3]).sum())


def _is_number(cell):
    return re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", cell) is not None


def _lines(path):
    try:
        return Path(path).read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8.") from error
    except OSError as error:
        raise UserError(f"Cannot read {path}: {error.strerror or error}.") from error
