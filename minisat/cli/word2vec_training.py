"""`minisat word2vec train`: word vectors from a data set's training captions, or from any text file."""

import json
import time
from argparse import SUPPRESS, BooleanOptionalAction
from contextlib import ExitStack
from dataclasses import fields
from pathlib import Path

from minisat import word2vec
from minisat.cli.progress import progress
from minisat.data import is_caption_file, read_dataset
from minisat.text import FORMATS, TOKENIZERS, repair_spelling, tokenize, write_vectors

_SUFFIXES = {".bin": "word2vec-binary", ".vec": "fasttext", ".safetensors": "minisat"}
_CHOICES = {"method": word2vec.METHODS, "output": word2vec.OUTPUTS, "vectors": word2vec.VECTORS,
            "tokenizer": TOKENIZERS}
SETTINGS = {
    "method": "what makes the vectors",
    "output": "how the methods that predict words score them",
    "dim": "M, entries of a vector",
    "window": "words to each side that count as near",
    "dynamic_window": "draw each word's window from 1 to --window, so that near words count more",
    "min_count": "a word must occur this often",
    "subsample": "words more frequent than this share are thinned out (0: none)",
    "negatives": "noise words for each true one",
    "noise_power": "noise is drawn in proportion to count to this power",
    "epochs": "passes over the text",
    "learning_rate": "step size at the start",
    "last_learning_rate": "step size at the end",
    "exact_mean": "CBOW, subword: divide the step as the gradient says; word2vec's own program does not",
    "vectors": "which matrix the vectors are: the input words', the output words', the mean of both",
    "buckets": "subword: rows that n-grams are hashed to",
    "shortest": "subword: characters of the shortest n-gram",
    "longest": "subword: characters of the longest n-gram",
    "shift": "ppmi-svd: the logarithm of this is subtracted",
    "fast": "use the fast twin where there is one",
    "batch": "words whose steps are taken together",
    "pool": "fast twin: noise words that a batch shares; 0: 128, and 48 for cbow",
    "tokenizer": "how text is cut into words",
    "seed": "everything random follows from it",
}
"""{field of Settings: its help}."""


def add_training_arguments(parser):
    """The text, the file to write, and one flag for each of word2vec's Settings."""
    parser.add_argument("source", metavar="SOURCE",
                        help="a data set, of which the training captions are read (see `minisat data check`), or a "
                             "text file with a sentence a line, which is streamed from disk")
    parser.add_argument("--out", required=True, metavar="FILE", help="the file to write; .gz is gzipped")
    parser.add_argument("--format", choices=FORMATS,
                        help="default: by FILE's ending (.bin, .vec, .safetensors), else word2vec's text")
    parser.add_argument("--repair-spelling", action="store_true", help="data set: repair known typos first")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    group = parser.add_argument_group("settings")
    for entry in fields(word2vec.Settings):
        choices = _CHOICES.get(entry.name)
        how = {"action": BooleanOptionalAction} if isinstance(entry.default, bool) else {
            "type": type(entry.default), "choices": choices and list(choices),
            "metavar": None if choices else type(entry.default).__name__.upper()}
        group.add_argument("--" + entry.name.replace("_", "-"), default=SUPPRESS, **how,
                           help=f"{SETTINGS[entry.name]} ({entry.default})")


def train(arguments):
    """Train, write the vectors, and say what came of it."""
    settings = word2vec.Settings(**{entry.name: getattr(arguments, entry.name) for entry in fields(word2vec.Settings)
                                    if hasattr(arguments, entry.name)})
    format = arguments.format or format_of(arguments.out)
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
    if arguments.json:
        print(json.dumps(result, indent=1))
        return
    speed = f", {result['words_per_second']:,} words/s" if last else ""
    print(f"{arguments.out} ({format}): {len(vectors):,} words × {vectors.size} by {settings.method}, from {what}, in "
          f"{seconds:.0f} s{speed}.")
    say_what_is_left_out(vectors, format)


def say_what_is_left_out(vectors, format):
    """A line, where `format` cannot say all of `vectors`."""
    if vectors.subwords is not None and format != "minisat":
        print("The vectors of subwords are left out: only a .safetensors file keeps them.")


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
