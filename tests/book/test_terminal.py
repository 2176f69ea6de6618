"""Lessons in a terminal: lines of its width, formulas that can be read, colours only where they are to be had."""

import re

import pytest

pytest.importorskip("markdown_it")
pytest.importorskip("latex2mathml")
from minisat.book import terminal  # noqa: E402
from minisat.teaching import korean  # noqa: E402
from minisat.teaching.cells import read_cells  # noqa: E402
from minisat.teaching.pages import formulas_for_github  # noqa: E402
from minisat.teaching.shelf import all_lessons, all_stages  # noqa: E402

TEXT = """# 1. A title

Words *with* `code` and $`x_1`$, a **strong** one and [a link](../nowhere.md). <!-- held: a claim -->

* a first thing, which is long enough for two lines
* a second
  1. and one below

```math
a = \\frac{b + c}{d}, \\qquad e = f
```

| | sign | meaning |
| --- | --- | --- |
| 1 | $`\\alpha`$ | a share, and a few words more about it |

> told
"""


def test_a_text_without_colours():
    """Everything has its place; a line is never longer than the terminal."""
    assert terminal.prose(TEXT, 36) == """\
1. A title
──────────

Words with `code` and x₁, a strong
one and a link.

• a first thing, which is long
  enough for two lines
• a second

  1. and one below

    a = (b + c)/d,    e = f

   sign  meaning
1  α     a share, and a few words
         more about it

│ told"""


def test_colours_change_no_letter():
    """Without the escapes it is the same text, but for what stood in their place."""
    shown = terminal.prose(TEXT, 36, colours=True)
    assert "\033[36mx₁\033[0m" in shown and "\033[33mcode\033[0m" in shown and "\033[1m" in shown
    plainly = re.sub(r"\033\[[\d;]*m", "", shown)
    assert plainly.split() == terminal.prose(TEXT, 36).replace("`", "").replace("─" * 10, "").split()
    assert re.sub(r"\033\[[\d;]*m", "", terminal.code("def f(x):\n    return 1  # so", True)) == \
        terminal.code("def f(x):\n    return 1  # so") == "    def f(x):\n        return 1  # so"


def test_every_page_of_the_course():
    """No LaTeX, no comment and no Markdown is left in the prose; nothing but code is wider than the terminal."""
    texts = [formulas_for_github(cell.text) for lesson in all_lessons() for cell in read_cells(lesson.source)
             if cell.prose]
    texts += [path.read_text(encoding="utf-8") for path in (*(stage.source for stage in all_stages()),
                                                            *(lesson.folder / korean.NAME for lesson in all_lessons()))]
    for text in texts:
        prose = re.sub(r"^```(\w*)\n.*?^```$", lambda block: block[0] if block[1] == "math" else "", text,
                       flags=re.DOTALL | re.MULTILINE)
        shown = terminal.prose(prose, 80)
        assert not re.search(r"\$`|\\[a-z]|<!--|```", shown), shown
        assert max(map(terminal.room, shown.splitlines())) <= 80, max(shown.splitlines(), key=terminal.room)
