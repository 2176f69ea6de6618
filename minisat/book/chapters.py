"""Which pages the book has, in reading order, and where in the lessons each of them comes from."""

from pathlib import Path
from typing import NamedTuple

from minisat.teaching import korean
from minisat.teaching.capstone import NAME as CAPSTONE
from minisat.teaching.shelf import all_lessons, all_stages, lessons_folder

CONTENTS = {"en": "index.html", "ko": "index.ko.html"}
SEARCH = "search.html"
KOREAN = ".ko.html"


class Chapter(NamedTuple):
    """A page of the book that is made of a Markdown file."""

    file: str             # its name in the book
    source: Path
    place: str            # of the source, as seen from the top of a checkout: what links are relative to
    label: str            # what stands before its title: a lesson's number
    part: str = ""        # of the table of contents
    work: object = None   # the Lesson or Stage whose exercise it ends with

    @property
    def language(self):
        """en or ko."""
        return "ko" if self.file.endswith(KOREAN) else "en"

    @property
    def counterpart(self):
        """The file of the same page in the other language, if there is one."""
        if self.language == "ko":
            return self.file.removesuffix(KOREAN) + ".html"
        return self.file.removesuffix(".html") + KOREAN


def chapters(folder=None):
    """All Chapters of the lessons in `folder` (see `lessons_folder`): those in English, then those in Korean."""
    home = lessons_folder(folder)
    lessons, stages = all_lessons(folder), all_stages(folder)
    found = [("index.html", "README.md", "", "", None)]
    found += [(f"{lesson.name}.html", f"{lesson.name}/README.md", str(lesson.number), "Lessons", lesson)
              for lesson in lessons]
    found += [(f"{CAPSTONE}.html", f"{CAPSTONE}/README.md", "", "Capstone", None)]
    found += [(f"{stage.name}.html", f"{CAPSTONE}/{stage.folder.name}/README.md", str(stage.index),
               "Capstone", stage) for stage in stages]
    found += [(f"{path.stem}.html", f"{CAPSTONE}/{path.name}", "", "Capstone", None)
              for path in _others(home / CAPSTONE)]
    found += [(f"{path.stem}.html", path.name, "", "Beside the lessons", None) for path in _others(home)]
    found += [(CONTENTS["ko"], korean.NAME, "", "", None)]
    found += [(f"{lesson.name}{KOREAN}", f"{lesson.name}/{korean.NAME}", str(lesson.number), "수업", lesson)
              for lesson in lessons]
    found += [(f"{path.stem}.html", path.name, "", "덧붙임", None) for path in _others(home, in_korean=True)]
    return [Chapter(file, home / source, f"lessons/{source}", label, part, work)
            for file, source, label, part, work in found if (home / source).is_file()]


def _others(folder, in_korean=False):
    """The texts of a folder beside its README."""
    return [path for path in sorted(folder.glob("*.md"), reverse=True)
            if not path.name.startswith("README") and path.name.endswith(".ko.md") == in_korean]
