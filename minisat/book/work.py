"""What a page of the book ends with: the exercise as it comes and its hints, folded, and what checks it."""

import re

from minisat.book import markdown
from minisat.plots.markup import joined, markup
from minisat.teaching.capstone import Stage
from minisat.teaching.stepping import has_net

_HINT = re.compile(r"^## (.*)$", re.MULTILINE)


def exercises(work):
    """The exercises of a Lesson, or the hints of a Stage, as Html."""
    return joined("", map(_exercise, [work, *getattr(work, "more", ())]))


def step_file(lesson):
    """The page of the book on which the net of a Lesson is stepped through."""
    return f"step_{lesson.name}.html"


def _exercise(work):
    stage = isinstance(work, Stage)
    heading = "Hints" if stage else f"Exercise {work.number}" + (f": {work.title}" if work.optional else "")
    file = "" if stage else markdown.folded("The exercise as it comes",
                                            markdown.code(work.original.read_text(encoding="utf-8").rstrip("\n")))
    step = markup('<p><a href="{}">Step through its net</a>, forwards and backwards, every number written.</p>\n',
                  step_file(work)) if has_net(work) else ""
    return markup('<section class="work" id="exercise-{number}"><h2>{heading}</h2>\n{step}{file}{hints}<p>Is it right? '
                  '<code>minisat lesson check {number}</code>. Still stuck: '
                  '<code>minisat lesson solution {number}</code>.</p></section>\n', number=work.number, heading=heading,
                  step=step, file=file, hints=hints(work))


def hints(work):
    """The hints, each behind a line of its own."""
    parts = _HINT.split((work.folder / "hints.md").read_text(encoding="utf-8"))[1:]
    return joined("", (markup('<details class="hint"><summary>Hint {}: {}</summary>{}</details>\n', i, heading,
                              markdown.page(text.strip()).body)
                       for i, (heading, text) in enumerate(zip(parts[::2], parts[1::2]), start=1)))
