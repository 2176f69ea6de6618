"""The command line: one file per verb, found by name.

A verb's module `minisat/cli/VERB.py` has HELP (one sentence), EXAMPLE (a command that works),
`add_arguments(parser)` and `run(arguments)`, which returns an exit code or None for 0.
"""

import argparse
import importlib
import os
import sys
import textwrap

from minisat import __version__
from minisat.errors import UserError

VERBS = {
    "demo": "the whole job on the toy world, in minutes, with nothing to download",
    "doctor": "what is installed, which devices work, a quick self-check",
    "gradcheck": "hold every layer's and every captioner's gradients against numbers",
    "lesson": "learn it step by step: read, run, write a backward pass, have it checked",
    "trace": "record a training step and step through backprop, forwards and backwards",
    "data": "check a data set, or draw its statistics",
    "weights": "pretrained weights: list, fetch, check, convert",
    "classify": "name what is in a photo, with a pretrained network",
    "features": "extract feature maps of a data set's photos into a store",
    "word2vec": "make word vectors from captions or any text, ask them, draw and convert them",
    "recipe": "the named recipes, and what every field of a recipe means",
    "train": "train a captioner",
    "evaluate": "caption a split of a data set and score the captions",
    "caption": "caption your own photos, with attention maps",
    "serve": "a page on this machine that captions the photos you drop on it",
    "score": "score any captions against references, from JSON files",
    "compare": "is one run better than another on the same photos, and by how much",
    "report": "several runs side by side, on one page",
    "bench": "how fast the main steps are on this machine",
    "setup": "say which optional data is there, fetch it, check that it works",
}


class _Parser(argparse.ArgumentParser):
    """A parser whose complaints are one sentence, like all others."""

    def error(self, message):
        raise UserError(f"{message}; `{self.prog} --help` says more.")


def build_parser(verb):
    """The parser of `minisat VERB`."""
    module = importlib.import_module(f"minisat.cli.{verb}")
    about = "\n\n".join(textwrap.fill(paragraph, 100) for paragraph in module.HELP.split("\n\n"))
    parser = _Parser(
        prog=f"minisat {verb}", description=about, epilog=f"example:\n  {module.EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter)
    module.add_arguments(parser)
    parser.set_defaults(run=module.run)
    return parser


def usage():
    """The list of verbs."""
    lines = "\n".join(f"  {verb:<10} {text}" for verb, text in VERBS.items())
    return (f"minisat {__version__}: Show, Attend and Tell that you can read\n\nusage: minisat VERB ...\n\n"
            f"{lines}\n\n`minisat VERB --help` says more.\nexample:\n  minisat demo")


def main(argv=None):
    """Run the command line; returns the exit code (2 for a mistake the user can mend)."""
    argv = sys.argv[1:] if argv is None else list(argv)
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    if argv[0] == "--version":
        print(f"minisat {__version__}")
        return 0
    verb = argv[0]
    if verb not in VERBS:
        print(f"minisat: there is no verb {verb!r}; `minisat --help` lists them.", file=sys.stderr)
        return 2
    if verb in ("demo", "lesson"):  # small matrices: a second BLAS thread gains nothing and stalls on a busy machine
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read once, when NumPy is imported
    try:
        arguments = build_parser(verb).parse_args(argv[1:])
        return arguments.run(arguments) or 0
    except UserError as error:
        print(f"minisat {verb}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return 130  # as shells count a Ctrl-C
    except BrokenPipeError:  # `minisat … | head`
        sys.stderr.close()
        return 0


if __name__ == "__main__":
    sys.exit(main())
