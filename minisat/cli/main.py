"""The command line: one file per verb, found by name.

A verb's module `minisat/cli/VERB.py` has HELP (one sentence), EXAMPLE (a command that works), `add_arguments(parser)`
and `run(arguments)`, which answers (see answer.py); in place of both, ACTIONS where it can do several things. JSON says
what --json does; a verb without it has no --json.
"""

import importlib
import os
import signal
import sys
import threading
from contextlib import contextmanager, suppress

from minisat import __version__
from minisat.cli.colour import bold, red
from minisat.cli.exit_codes import DONE, INTERRUPTED, MISTAKE
from minisat.cli.notes import notes_on_stderr
from minisat.cli.spelling import set_spelling
from minisat.errors import UserError, did_you_mean

VERBS = {
    "demo": "the whole job on the toy world, in minutes, with nothing to download",
    "doctor": "what is installed, which devices work, a quick self-check",
    "gradcheck": "hold every layer's and every captioner's gradients against numbers",
    "lesson": "learn it step by step: read, run, write a backward pass, have it checked",
    "trace": "record a training step and step through backprop, forwards and backwards",
    "data": "fetch a data set, check it, draw its statistics",
    "weights": "pretrained weights: list, fetch, check, convert",
    "classify": "name what is in a photo, with a pretrained network",
    "features": "extract feature maps of a data set's photos into a store",
    "word2vec": "make word vectors from captions or any text, ask them, draw and convert them",
    "recipe": "the named recipes, and what every field of a recipe means",
    "train": "train a captioner",
    "evaluate": "caption a split of a data set and score the captions",
    "caption": "caption your own photos, with attention maps",
    "run": "a trained run as one file to give away, and what is in such a file",
    "serve": "a page on this machine that captions the photos you drop on it",
    "score": "score any captions against references, from JSON files",
    "compare": "is one run better than another on the same photos, and by how much",
    "report": "several runs side by side, on one page",
    "bench": "how fast the main steps are on this machine",
    "setup": "say which optional data is there, fetch it, check that it works",
}

LESS = {"train": "--batch-size", "features": "--batch"}  # the flag that helps where memory is too little
SIGNALS = (signal.SIGINT, signal.SIGTERM)


def build_parser(verb):
    """The parser of `minisat VERB`. It is imported with the verb: the list of verbs need not wait for it."""
    return importlib.import_module("minisat.cli.parser").build_parser(verb)


def usage():
    """The list of verbs."""
    lines = "\n".join(f"  {verb:<10} {text}" for verb, text in VERBS.items())
    title = bold(f"minisat {__version__}: Show, Attend and Tell that you can read")
    return (f"{title}\n\nusage: minisat VERB ...\n\n{lines}\n\n`minisat VERB --help` says more.\n"
            f"{bold('Begin with')}\n  minisat demo     to see it all at work\n"
            "  minisat lesson   to learn how it works")


def main(argv=None):
    """Run the command line; returns the exit code (see exit_codes.py).

    The one place where what nobody foresaw (a full disk, a closed pipe, too little memory) becomes a sentence. Without
    `argv` this is the program itself, which also minds signals: see `_mind_signals`.
    """
    program = argv is None
    argv = sys.argv[1:] if program else list(argv)
    name = f"minisat {argv[0]}" if argv and argv[0] in VERBS else "minisat"
    set_spelling()
    if program:
        _mind_signals(signal.default_int_handler)
    try:
        try:
            return _do(argv)
        finally:
            sys.stdout.flush()  # here, and not when Python ends, what nobody takes can be said
    except UserError as error:
        return _failed(name, error)
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # `minisat … | head`
        _silence(sys.stdout)
        return DONE
    except OSError as error:
        _silence(sys.stdout)
        return _failed(name, f"the operating system refuses: {error.strerror or error}"
                             f"{f' ({_cut(error.filename)})' if error.filename else ''}.")
    except MemoryError as error:
        where = "the GPU has" if type(error).__module__.startswith("cupy") else "there is"
        less = f"; a smaller {LESS[argv[0]]} needs less" if argv and argv[0] in LESS else ""
        return _failed(name, f"{where} too little memory{f': {error}'.rstrip('.') if str(error) else ''}{less}.")
    except RecursionError:
        return _failed(name, "something in the input is nested too deeply.")
    finally:
        if program:
            _mind_signals(signal.SIG_IGN)  # all is said and saved: a second Ctrl-C has nothing to end


def _do(argv):
    """What the words of the command line ask for; returns the exit code."""
    if not argv or argv[0] in ("-h", "--help", "help"):
        print(usage())
        return DONE
    if argv[0] == "--version":
        print(f"minisat {__version__}")
        return DONE
    verb = argv[0]
    if verb not in VERBS:
        raise UserError(f"there is no verb {verb!r}; `minisat --help` lists them.{did_you_mean(verb, VERBS)}")
    if verb in ("demo", "lesson"):  # small matrices: a second BLAS thread gains nothing and stalls on a busy machine
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # read once, when NumPy is imported
    with _unbroken():
        parser = build_parser(verb)
    arguments = parser.parse_args(argv[1:])
    with notes_on_stderr(verb):
        return arguments.run(arguments)


def _failed(who, sentence):
    """Say it on stderr; the exit code."""
    print(f"{red(f'{who}:', sys.stderr)} {sentence}", file=sys.stderr)
    return MISTAKE


def _cut(name):
    text = str(name)
    return text if len(text) <= 300 else f"{text[:100]}…"


def _silence(stream):
    """Let what is still in the stream's buffer go nowhere: Python would complain of it when it ends."""
    with suppress(OSError, ValueError):  # a stream that is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _mind_signals(handler):
    """Ctrl-C, and SIGTERM in the same way, go to `handler`; one that is ignored (by nohup, say) stays so."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, handler)


@contextmanager
def _unbroken():
    """Inside `with`, Ctrl-C ends the program on the spot: an import that it breaks off can end in any exception."""
    minded = []
    if threading.current_thread() is threading.main_thread():
        minded = [number for number in SIGNALS if signal.getsignal(number) is signal.default_int_handler]
    for number in minded:
        signal.signal(number, lambda *_: os._exit(INTERRUPTED))
    try:
        yield
    finally:
        for number in minded:
            signal.signal(number, signal.default_int_handler)
