"""`minisat lesson`: list the lessons, run one, check an exercise, get a hint, see the solution; make the pages."""

import re
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from minisat.cli.actions import add_action
from minisat.errors import UserError
from minisat.files import write_text
from minisat.teaching import korean
from minisat.teaching.desk import Desk
from minisat.teaching.exercises import check_exercise
from minisat.teaching.pages import pages
from minisat.teaching.running import run_cells
from minisat.teaching.shelf import all_lessons, find_lesson, lessons_folder
from minisat.teaching.showing import WORK

HELP = ("Lessons from the chain rule to a captioner that looks where it speaks. Each ends with a backward pass for you "
        "to write, which is held against numbers. Your exercises and progress are kept in my_lessons/.")
EXAMPLE = "minisat lesson run 1"

ACTIONS = {
    "list": "say which lessons there are, and which are solved",
    "run": "read and run a lesson in the terminal (default: the first unsolved)",
    "check": "check your exercise (default: the first unsolved)",
    "hint": "give a hint for the exercise; one more each time",
    "solution": "show the solution",
    "build": "rebuild README.md, figures and notebook from lesson.py (default: all lessons)",
    "stamp": "for translators: note that README.ko.md now says what the lesson says",
}


def add_arguments(parser):
    """The verb's flags."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, text in ACTIONS.items():
        action = add_action(actions, name, text, f"minisat lesson {name}{'' if name == 'list' else ' 1'}")
        if name in ("build", "stamp"):
            action.add_argument("numbers", nargs="*" if name == "build" else "+", type=int, metavar="NUMBER",
                                help="which lessons")
        elif name != "list":
            action.add_argument("number", nargs="?", type=int, metavar="NUMBER", help="which lesson")
        action.add_argument("--lessons", metavar="FOLDER", help="where the lessons are (default: in the checkout)")
        if name not in ("build", "stamp"):
            action.add_argument("--work", metavar="FOLDER", default=WORK, help=f"your folder (default: {WORK})")


def run(arguments):
    """Do what is asked for; 1 when an exercise is not solved yet."""
    lessons = all_lessons(arguments.lessons)
    if arguments.action == "build":
        return build(lessons, arguments)
    if arguments.action == "stamp":
        return stamp([find_lesson(number, lessons) for number in arguments.numbers])
    desk = Desk(arguments.work)
    if arguments.action == "list":
        return listing(lessons, desk)
    lesson = find_lesson(arguments.number, lessons) if arguments.number is not None else desk.first_unsolved(lessons)
    if lesson is None:
        print("Every exercise is solved. Name a lesson by its number to see it again.")
        return 0
    return {"run": run_lesson, "check": check, "hint": hint, "solution": solution}[arguments.action](
        lesson, lessons, desk)


def listing(lessons, desk):
    """Print the lessons."""
    for lesson in lessons:
        mark = "solved" if lesson.name in desk.solved else ""
        print(f"{lesson.number:>3}  {mark:<7} {lesson.title}")
    following = desk.first_unsolved(lessons)
    if following:
        print(f"\nNext: minisat lesson run {following.number}")


def run_lesson(lesson, lessons, desk):
    """Print the lesson's prose and code, and what the code prints, cell by cell; write its figures.

    On a terminal it waits before each section, so that nobody has to scroll back.
    """
    exercise = desk.exercise(lesson)
    waits = sys.stdin.isatty() and sys.stdout.isatty()
    for cell, output, _ in run_cells(lesson.source, folder=exercise.parent):
        if waits and cell.prose and cell.text.startswith("## "):
            with suppress(EOFError):  # Ctrl-D
                input("(Enter: next section) ")
        print(re.sub(r"<!--.*?-->", "", cell.text, flags=re.DOTALL) if cell.prose else
              re.sub(r"^(?=.)", "    ", cell.text, flags=re.MULTILINE))
        print(f"\n{output}" if output else "", flush=True)
    print(f"The same with formulas and figures: {lesson.folder / 'README.md'}\nYour exercise: {exercise}\n"
          f"Then: minisat lesson check {lesson.number}")


def check(lesson, lessons, desk):
    """Check the exercise; print the gradient table, and what to do next."""
    path = desk.exercise(lesson)
    print(f"Lesson {lesson.number}, {lesson.title}: {path}\n")
    verdict = check_exercise(lesson, path)
    print(verdict)
    if not verdict.ok:
        state = "It is as it came: open the file and write the lines that it asks for." if desk.untouched(lesson) else \
            "Not yet."
        print(f"\n{state} For a hint: minisat lesson hint {lesson.number}")
        return 1
    desk.solve(lesson)
    following = desk.first_unsolved(lessons)
    print("\nSolved: backward agrees with the numbers. "
          + (f"Next: minisat lesson run {following.number}" if following else "That was the last one."))
    return 0


def hint(lesson, lessons, desk):
    """Print the hints shown before, and one more."""
    text = (lesson.folder / "hints.md").read_text(encoding="utf-8")
    hints = [part.strip() for part in re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]]
    shown = desk.next_hint(lesson, len(hints))
    for i, each in enumerate(hints[:shown], start=1):
        print(f"Hint {i} of {len(hints)}\n{each}\n")
    print("That was the last one. Still stuck: " if shown == len(hints) else "Once more for the next one, or: ", end="")
    print(f"minisat lesson solution {lesson.number}")


def solution(lesson, lessons, desk):
    """Print the solution."""
    print((lesson.folder / "solution.py").read_text(encoding="utf-8"), end="")


def build(lessons, arguments):
    """Write what is generated, and with which versions of what it was."""
    chosen = [find_lesson(number, lessons) for number in arguments.numbers] or lessons
    if not chosen:
        raise UserError("There are no lessons to build.")
    for lesson in chosen:
        made = pages(lesson)
        for stale in {path.name for path in lesson.folder.glob("*.svg")} - set(made):
            (lesson.folder / stale).unlink()
        for name, text in made.items():
            write_text(lesson.folder / name, text)
        print(f"{lesson.name}: {', '.join(made)}", flush=True)
        if korean.WARNING in made.get(korean.NAME, ""):
            print(f"    {korean.NAME} is older than the lesson; once it says the same: "
                  f"minisat lesson stamp {lesson.number}")
    write_text(Path(lessons_folder(arguments.lessons)) / "built_with.txt",  # as pip reads it
               "".join(f"{package}=={version(package)}\n" for package in ("numpy", "matplotlib")))


def stamp(lessons):
    """Take a translator's word that these lessons' Korean pages say what the lessons say."""
    for lesson in lessons:
        korean.stamp(lesson)
        print(f"{lesson.name}: {korean.NAME} reflects version {korean.version(lesson)}")
