"""What `minisat word2vec` asks of a file of vectors: neighbours, analogies, scores; and converting it."""

from pathlib import Path

from minisat.cli.answer import Answer
from minisat.cli.setting_flags import COUNT
from minisat.cli.word2vec_training import format_of, what_is_left_out
from minisat.errors import UserError
from minisat.text import (
    ANALOGIES,
    FORMATS,
    SPECIALS,
    Vocabulary,
    read_pairs,
    read_questions,
    read_vectors,
    score_analogies,
    score_similarity,
    write_vectors,
)


def add_neighbours_arguments(parser):
    """A file, and words."""
    parser.add_argument("vectors", metavar="FILE", help="a file of word vectors")
    parser.add_argument("words", metavar="WORD", nargs="+", help="the words whose neighbours are wanted")
    parser.add_argument("--count", type=COUNT, default=10, metavar="N", help="neighbours for each (10)")


def neighbours(arguments):
    """The words nearest to each word, with their cosines."""
    vectors = read_vectors(arguments.vectors)
    found = {word: vectors.neighbours(word, arguments.count) for word in arguments.words}
    return Answer({word: _entries(entries, "cosine") for word, entries in found.items()},
                  "\n".join(f"{word}:\n{_table(entries)}" for word, entries in found.items()))


def add_analogy_arguments(parser):
    """A file, and three words."""
    parser.add_argument("vectors", metavar="FILE", help="a file of word vectors")
    for name, text in (("a", "A is to B …"), ("b", "… as C is to what?"), ("c", "")):
        parser.add_argument(name, metavar=name.upper(), help=text)
    parser.add_argument("--count", type=COUNT, default=5, metavar="N", help="answers (5)")
    _add_method(parser)


def analogy(arguments):
    """The words that C is to as A is to B."""
    a, b, c = arguments.a, arguments.b, arguments.c
    found = read_vectors(arguments.vectors).analogy(a, b, c, arguments.count, arguments.method)
    return Answer({"a": a, "b": b, "c": c, "method": arguments.method, "answers": _entries(found, "score")},
                  f"{a} is to {b} as {c} is to:\n{_table(found)}")


def add_evaluate_arguments(parser):
    """Files, and what to judge them by."""
    parser.add_argument("vectors", metavar="FILE", nargs="+", help="files of word vectors")
    parser.add_argument("--similarity", metavar="PAIRS", action="append", default=[],
                        help="people's judgements: word, word, number (WordSim-353, SimLex-999 and the like)")
    parser.add_argument("--analogies", metavar="QUESTIONS", action="append", default=[],
                        help="analogy questions, as word2vec's questions-words.txt")
    _add_method(parser)


def evaluate(arguments):
    """Spearman's correlation with people, right answers to analogies, and how much of each could be asked."""
    if not arguments.similarity and not arguments.analogies:
        raise UserError("Say what to judge the vectors by: --similarity PAIRS, --analogies QUESTIONS, or both.")
    judgements = {path: read_pairs(path) for path in arguments.similarity}
    questions = {path: read_questions(path) for path in arguments.analogies}
    results = {}
    for file in arguments.vectors:
        vectors = read_vectors(file)
        similarity = {path: score_similarity(vectors, pairs) for path, pairs in judgements.items()}
        analogies = {path: score_analogies(vectors, sections, arguments.method)
                     for path, sections in questions.items()}
        results[file] = {
            "similarity": {path: {"spearman": _or_none(score.spearman), "used": score.used, "pairs": score.pairs}
                           for path, score in similarity.items()},
            "analogies": {path: {"sections": [{**score._asdict(), "accuracy": _or_none(score.accuracy)}
                                              for score in scores],
                                 "right": sum(score.right for score in scores),
                                 "asked": sum(score.asked for score in scores),
                                 "questions": sum(score.questions for score in scores)}
                          for path, scores in analogies.items()}}
    return Answer(results, "\n".join(_described(results)))


def _described(results):
    """The lines that say what each file reached."""
    for file, result in results.items():
        yield file
        for path, score in result["similarity"].items():
            value = "none" if score["spearman"] is None else f"{score['spearman']:.3f}"
            yield (f"  {Path(path).name}: Spearman {value} on {score['used']:,} of {score['pairs']:,} pairs "
                   f"({100 * score['used'] / score['pairs']:.0f} %; the others have a word without a vector)")
        for path, score in result["analogies"].items():
            yield f"  {Path(path).name}: {_accuracy(score)}"
            if len(score["sections"]) > 1:
                width = max(len(section["section"]) for section in score["sections"])
                for section in score["sections"]:
                    yield f"    {section['section']:<{width}}  {_accuracy(section)}"


def add_convert_arguments(parser):
    """From where, to where, which words."""
    parser.add_argument("vectors", metavar="FILE", help="a file of word vectors")
    parser.add_argument("out", metavar="OUT", help="the file to write; .gz is gzipped")
    parser.add_argument("--format", choices=FORMATS,
                        help="default: by OUT's ending (.bin, .vec, .safetensors), else word2vec's text")
    parser.add_argument("--vocabulary", metavar="WORDS",
                        help="only these words: a run's vocabulary.json, or a text file with a word a line")


def convert(arguments):
    """Write the vectors in another format, all or only some words."""
    wanted = _word_list(arguments.vocabulary) if arguments.vocabulary else None
    vectors = read_vectors(arguments.vectors, wanted)
    format = arguments.format or format_of(arguments.out)
    write_vectors(arguments.out, vectors, format)
    of_wanted = f" of the {len(wanted):,} asked for" if wanted is not None else ""
    return Answer({"file": arguments.out, "format": format, "words": len(vectors), "size": vectors.size},
                  f"{arguments.out} ({format}): {len(vectors):,} words{of_wanted} × {vectors.size}."
                  + what_is_left_out(vectors, format))


def _word_list(path):
    """The words (a set) in a vocabulary.json, or in a text file with a word a line."""
    if Path(path).suffix == ".json":
        return set(Vocabulary.load(path).words[len(SPECIALS):])
    try:
        return set(Path(path).read_text(encoding="utf-8").split("\n")) - {""}
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"Cannot read {path}: {getattr(error, 'strerror', None) or error}.") from error


def _add_method(parser):
    parser.add_argument("--method", default="add", choices=ANALOGIES,
                        help="add: the cosine with b − a + c (3CosAdd); mul: a product of cosines (3CosMul)")


def _entries(found, name):
    return [{"word": word, name: score} for word, score in found]


def _table(entries):
    width = max((len(word) for word, _ in entries), default=0)
    return "\n".join(f"  {word:<{width}}  {score:.3f}" for word, score in entries)


def _or_none(value):
    """`value`, or None for nan, which JSON does not have."""
    return None if value != value else value


def _accuracy(score):
    if not score["asked"]:
        return f"none of {score['questions']:,} questions could be asked"
    return (f"{100 * score['right'] / score['asked']:.1f} % right of {score['asked']:,} asked "
            f"({score['questions']:,} questions)")
