"""What a verb answers, and how it is said: the one place that obeys --json."""

import json
import sys
from contextlib import nullcontext, redirect_stdout
from types import GeneratorType
from typing import Any, NamedTuple

from minisat.cli.exit_codes import DONE
from minisat.cli.spelling import set_spelling


class Answer(NamedTuple):
    """What came of a verb."""

    value: Any = None  # for --json; None: nothing is said there
    text: Any = None   # a str for people; None: nothing is said to them
    code: int = DONE   # the exit code


def deliver(run, arguments):
    """Run a verb and print its Answer; returns the exit code.

    A verb with something to say on the way is a generator: it yields texts, which are for people, and Answers, each
    a line of JSON, as they come; the Answer that it returns, if any, is the last, and has the exit code. With --json
    stdout is for JSON alone, and whatever is printed besides goes to stderr.
    """
    out, as_json = sys.stdout, getattr(arguments, "json", False)
    set_spelling(exact=as_json)

    def say(answer, indent=None):
        value, text, code = Answer(text=answer) if isinstance(answer, str) else answer or Answer()
        if as_json and value is not None:
            print(json.dumps(value, indent=indent, ensure_ascii=False), file=out, flush=True)
        elif text is not None and not as_json:
            print(text, flush=True)
        return code

    with redirect_stdout(sys.stderr) if as_json else nullcontext():
        answer = run(arguments)
        while isinstance(answer, GeneratorType):
            try:
                say(next(answer))
            except StopIteration as end:
                answer = end.value
        return say(answer, indent=1)
