"""What a page of the book ends with: the exercise as it comes and its hints, folded, and what checks it."""

import re

from minisat.book import markdown
from minisat.plots.markup import joined, markup
from minisat.teaching import korean
from minisat.teaching.capstone import Stage
from minisat.teaching.stepping import has_net

WORDS = {
    "en": {"exercise": "Exercise", "file": "The exercise as it comes", "hints": "hints.md", "hint": "Hint",
           "step": ("Step through its net", ", forwards and backwards, every number written."),
           "right": "Is it right?", "stuck": "Still stuck:"},
    "ko": {"exercise": "연습", "file": "연습 파일", "hints": korean.HINTS, "hint": "힌트",
           "step": ("이 수업의 신경망을 한 단계씩 넘겨 보기", ": 순전파와 역전파의 모든 수가 적혀 있습니다(영어)."),
           "right": "맞게 썼는지 확인하려면:", "stuck": "그래도 막히면:"},
}
_HINT = re.compile(r"^## (.*)$", re.MULTILINE)


def exercises(work, language="en"):
    """The exercises of a Lesson, or the hints of a Stage, as Html; in Korean ("ko") a Lesson's first alone."""
    more = getattr(work, "more", ()) if language == "en" else ()
    return joined("", (_exercise(each, language) for each in [work, *more]))


def step_file(lesson):
    """The page of the book on which the net of a Lesson is stepped through."""
    return f"step_{lesson.name}.html"


def _exercise(work, language):
    stage, words = isinstance(work, Stage), WORDS[language]
    heading = "Hints" if stage else f"{words['exercise']} {work.number}" + (f": {work.title}" if work.optional else "")
    file = "" if stage else markdown.folded(words["file"],
                                            markdown.code(work.original.read_text(encoding="utf-8").rstrip("\n")))
    step = markup('<p><a href="{}">{}</a>{}</p>\n', step_file(work), *words["step"]) if has_net(work) else ""
    return markup('<section class="work" id="exercise-{number}"><h2>{heading}</h2>\n{step}{file}{hints}<p>{right} '
                  '<code>minisat lesson check {number}</code>. {stuck} '
                  '<code>minisat lesson solution {number}</code>.</p></section>\n', number=work.number, heading=heading,
                  step=step, file=file, hints=hints(work, language), right=words["right"], stuck=words["stuck"])


def hints(work, language="en"):
    """The hints, each behind a line of its own; in English as long as there are none in the `language`."""
    path = work.folder / WORDS[language]["hints"]
    text = (path if path.exists() else work.folder / "hints.md").read_text(encoding="utf-8")
    word, parts = WORDS[language]["hint"], _HINT.split(text)[1:]
    return joined("", (markup('<details class="hint"><summary>{} {}: {}</summary>{}</details>\n', word, i, heading,
                              markdown.page(text.strip()).body)
                       for i, (heading, text) in enumerate(zip(parts[::2], parts[1::2]), start=1)))
