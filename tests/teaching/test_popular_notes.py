"""The page on what popular notes get wrong: its lines give what it says they give, and it names lessons that exist."""

import re

import numpy as np
import pytest

from minisat.teaching.shelf import all_lessons, lessons_folder

PAGES = {name: (lessons_folder() / name).read_text(encoding="utf-8") for name in
         ("popular_notes.md", "popular_notes.ko.md")}
TRIED = re.compile(r"`([^`]+)` (?:gives|→) `([^`]+)` \|$", re.MULTILINE)
ROW = re.compile(r"^\| .+ \| .+ \| \[(\d+)\]\((\w+)/README(?:\.ko)?\.md\) \| `.+` \|$", re.MULTILINE)


@pytest.mark.parametrize("line, told", TRIED.findall(PAGES["popular_notes.md"]))
def test_a_line_gives_what_the_page_says(line, told):
    """Run as a reader would, after `import numpy as np`."""
    names = {"np": np}
    *before, last = line.split("; ")
    exec("; ".join(before), names)
    assert repr(eval(last, names)) == told


def test_both_languages_say_the_same_of_the_same_lessons():
    """Row by row the same lesson, by its number, and the same line with the same value."""
    english, korean = PAGES.values()
    rows = ROW.findall(english)
    assert rows == ROW.findall(korean) and len(rows) == english.count("\n| ") - 2 >= 15
    assert set(rows) <= {(str(lesson.number), lesson.name) for lesson in all_lessons()}
    assert TRIED.findall(english) == TRIED.findall(korean) and len(TRIED.findall(english)) >= 8
    commands = re.findall(r"\| `minisat lesson run (\w+)` \|$", english, re.MULTILINE)
    assert set(commands) <= {lesson.kept_as for lesson in all_lessons()}
