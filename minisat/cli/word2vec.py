"""`minisat word2vec`: word vectors made, asked, judged, drawn and converted."""

import argparse

from minisat.cli.word2vec_training import add_training_arguments, train

HELP = """Word vectors: make them from captions or any text, and use them.

A file of vectors may be of word2vec (text or binary), GloVe, fastText (.vec) or minisat (.safetensors), also gzipped;
which one is seen from its content."""
EXAMPLE = "minisat word2vec train Flickr8k --method skip-gram --out vectors.txt"


def _actions():
    """{action: (function, what adds its arguments, one line of help, example)}."""
    return {
        "train": (train, add_training_arguments, "make word vectors from a data set's training captions, or any text",
                  EXAMPLE),
    }


def add_arguments(parser):
    """One sub-parser for each action."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(_actions()))
    for name, (_, add, text, example) in _actions().items():
        add(actions.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".",
                               epilog=f"example:\n  {example}", formatter_class=argparse.RawDescriptionHelpFormatter))


def run(arguments):
    """Do what was asked; returns the exit code."""
    return _actions()[arguments.action][0](arguments)
