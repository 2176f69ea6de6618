"""`minisat word2vec train`: word vectors from a data set's training captions, or from any text file."""

import time
from contextlib import ExitStack
from pathlib import Path

from minisat import word2vec
from minisat.cli.answer import Answer
from minisat.cli.progress import progress
from minisat.cli.setting_flags import add_setting_flags, given_settings
from minisat.data import is_caption_file, read_dataset
from minisat.files import try_file
from minisat.text import FORMATS, repair_spelling, tokenize, write_vectors

_SUFFIXES = {".bin": "word2vec-binary", ".vec": "fasttext", ".safetensors": "minisat"}


def add_training_arguments(parser):
    """The text, the file to write, and one flag for each of word2vec's Settings."""
    parser.add_argument("source", metavar="SOURCE",
                        help="a data set, of which the training captions are read (see `minisat data check`), or a "
                             "text file with a sentence a line, which is streamed from disk")
    parser.add_argument("--out", required=True, metavar="FILE", help="the file to write; .gz is gzipped")
    parser.add_argument("--format", choices=FORMATS,
                        help="default: by FILE's ending (.bin, .vec, .safetensors), else word2vec's text")
    parser.add_argument("--repair-spelling", action="store_true", help="data set: repair known typos first")
    add_setting_flags(parser.add_argument_group("settings"), word2vec.Settings)


def train(arguments):
    """Train, write the vectors, and say what came of it."""
    settings = word2vec.Settings(**given_settings(arguments, word2vec.Settings))
    format = arguments.format or format_of(arguments.out)
    try_file(arguments.out)
    corpus, what = _corpus(arguments, settings)
    start, last = time.monotonic(), None
    with ExitStack() as stack:
        display = None

        def report(state):
            nonlocal display, last
            display = display or stack.enter_context(progress(settings.method, "word", state.total))
            display.update_to(state.done)
            last = state
        vectors = word2vec.train(corpus, settings, report)
    write_vectors(arguments.out, vectors, format)
    seconds = time.monotonic() - start
    result = {"file": arguments.out, "format": format, "method": settings.method, "words": len(vectors),
              "size": vectors.size, "seconds": round(seconds, 2),
              "words_per_second": last and round(last.words_per_second)}
    speed = f", {result['words_per_second']:,} words/s" if last else ""
    return Answer(result, f"{arguments.out} ({format}): {len(vectors):,} words × {vectors.size} by {settings.method}, "
                          f"from {what}, in {seconds:.0f} s{speed}.{what_is_left_out(vectors, format)}")


def what_is_left_out(vectors, format):
    """A further line, where `format` cannot say all of `vectors`."""
    left_out = vectors.subwords is not None and format != "minisat"
    return "\nThe vectors of subwords are left out: only a .safetensors file keeps them." if left_out else ""


def format_of(path):
    """The format that the ending of `path` stands for, without .gz."""
    path = Path(path)
    return _SUFFIXES.get((path.with_suffix("") if path.suffix == ".gz" else path).suffix, "word2vec")


def _corpus(arguments, settings):
    """(what `word2vec.train` reads, words that name it)."""
    source = Path(arguments.source)
    if not (source.is_dir() or is_caption_file(source)):
        return source, arguments.source
    photos = read_dataset(source).split("train")
    repair = repair_spelling if arguments.repair_spelling else list
    sentences = (repair(tokenize(caption, settings.tokenizer)) for photo in photos for caption in photo.captions)
    return sentences, f"the captions of {len(photos):,} training photos"
