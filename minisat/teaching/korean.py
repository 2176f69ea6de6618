"""The Korean page of a lesson, by hand: half a page or the whole lesson. Its foot says which version it reflects.

A version is a hash of lesson.py and exercise.py. `minisat lesson build` sets a warning on a page whose foot names
another version than the lesson's; `minisat lesson stamp`, a translator's word, renews the foot and takes it off.
"""

import hashlib
import re

from minisat.errors import UserError
from minisat.files import write_text

NAME, HINTS = "README.ko.md", "hints.ko.md"
WARNING = "> **주의:** 이 페이지는 수업의 이전 판을 설명합니다. " \
          "그 뒤에 바뀐 내용은 [영어 수업](README.md)에서 확인하세요.\n\n"
_FOOT = "\n---\n\n*이 페이지는 [영어 수업](README.md)의 `{version}` 판을 {how} 것입니다. " \
        "[연습](exercise.py) · [힌트]({hints}) · [용어집](../glossary.ko.md) · [모든 수업](../README.ko.md)*\n"
_FOOT_PATTERN = re.compile(r"\n---\n\n\*[^\n]*`([0-9a-f]{12})`[^\n]*\*\n\Z")


def version(lesson):
    """Which version of a Lesson this is: it changes with every change of lesson.py or exercise.py."""
    texts = [(lesson.folder / name).read_text(encoding="utf-8") for name in ("lesson.py", "exercise.py")]
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


def marked(text, current):
    """The page `text` with the warning below its heading, unless its foot names the version `current`."""
    foot = _FOOT_PATTERN.search(text)
    text = text.replace(WARNING, "")
    if foot and foot.group(1) == current:
        return text
    heading, _, rest = text.partition("\n\n")
    return f"{heading}\n\n{WARNING}{rest}"


def page(lesson):
    """The Korean page of a Lesson as it is to be, warning or not; None where there is none."""
    path = lesson.folder / NAME
    return marked(path.read_text(encoding="utf-8"), version(lesson)) if path.exists() else None


def is_whole(text):
    """Whether a page is the whole lesson, with its code, and not half a page."""
    return "\n```python\n" in text


def without_foot(text):
    """The page without its last line."""
    return _FOOT_PATTERN.sub("", text).rstrip("\n")


def stamp(lesson):
    """Write into the Korean page of a Lesson that it reflects the lesson as it is now. UserError without a page."""
    path, current = lesson.folder / NAME, version(lesson)
    if not path.exists():
        raise UserError(f"There is no {path}; write it first.")
    body = without_foot(path.read_text(encoding="utf-8"))
    foot = _FOOT.format(version=current, how="옮긴" if is_whole(body) else "요약한",
                        hints=HINTS if (lesson.folder / HINTS).exists() else "hints.md")
    write_text(path, marked(f"{body}\n{foot}", current))
