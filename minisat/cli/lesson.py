"""`minisat lesson`: the lessons and the capstone; run one, check its exercises, get a hint; make the pages."""

import ast
import inspect
import re
import sys
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from minisat.cli.answer import Answer
from minisat.cli.colour import bold, green, judged, red
from minisat.cli.exit_codes import DONE, WRONG
from minisat.cli.lesson_book import add_open_arguments, add_site_arguments, build_site, open_book, shown
from minisat.cli.parser import Action
from minisat.errors import UserError
from minisat.files import write_text
from minisat.teaching import korean
from minisat.teaching.capstone import NAME, Stage
from minisat.teaching.cells import Cell
from minisat.teaching.desk import Desk
from minisat.teaching.exercises import examined
from minisat.teaching.pages import pages
from minisat.teaching.running import run_cells
from minisat.teaching.shelf import Lesson, Transfer, all_lessons, everything, find_lesson, hints, lessons_folder
from minisat.teaching.showing import WORK
from minisat.teaching.stepping import case_page, lesson_page, opened

HELP = ("Lessons from the chain rule to a captioner that looks where it speaks. Each ends with a backward pass for you "
        "to write, which is held against numbers; after them, in the capstone, you write a whole captioner from an "
        "empty file. Your work and your progress are kept in my_lessons/.")
EXAMPLE = "minisat lesson run 1"

ALONE = ["list"]
LOOK_EVERY = 0.3  # seconds between two looks at a watched file


def listing(arguments):
    """The lessons, the capstone's stages, and which is next."""
    lessons, desk = everything(arguments.lessons), Desk(arguments.work)
    lines = [f"{lesson.number:>10}  {green('solved ') if desk.has_solved(lesson) else ' ' * 7} {lesson.title}"
             for lesson in lessons]
    if following := desk.first_unsolved(lessons):
        lines.append(f"\nNext: {bold(f'minisat lesson run {following.number}')}")
    return Answer(text="\n".join(lines))


def of_one(do):
    """The action that does `do(lesson, lessons, desk)` to what is asked for, or to the first that is unsolved.

    What is asked for is a lesson or a stage, or the capstone: its first unsolved stage, or when there is none its last.
    """
    def action(arguments):
        lessons, desk = everything(arguments.lessons), Desk(arguments.work)
        asked, stages = arguments.number, [each for each in lessons if isinstance(each, Stage)]
        if asked is None:
            lesson = desk.first_unsolved(lessons)
        elif asked == NAME and stages:
            lesson = desk.first_unsolved(stages) or stages[-1]
        else:
            lesson = find_lesson(asked, lessons)
        if lesson is None:
            return Answer(text="Every exercise is solved. Name a lesson by its number to see it again.")
        flags = {name: vars(arguments)[name] for name in ("step", "language") if name in arguments}
        return do(lesson, lessons, desk, **flags)
    return action


def run_lesson(lesson, lessons, desk, language="en"):
    """The lesson's prose and code, and what the code prints, cell by cell; its figures are written.

    On a terminal it waits before each section, so that nobody has to scroll back. In Korean ("ko") it is the page as it
    was built, with what was printed then.
    """
    exercise = desk.exercise(lesson)
    waits = sys.stdin.isatty() and sys.stdout.isatty()
    if language == "ko" and (page := korean.page(lesson)):
        for section in re.split(r"^(?=## )", korean.without_foot(page), flags=re.MULTILINE):
            if waits and section.startswith("## "):
                wait("(Enter: 다음 절) ")
            yield shown(Cell(True, f"{section.rstrip()}\n", 1))
        return Answer(text=f"그림까지 보려면: minisat lesson open {lesson.number} --language ko\n"
                           f"연습 파일: {exercise}\n다 쓰면: minisat lesson check {lesson.number}\n"
                           f"막히면: minisat lesson hint {lesson.number} --language ko")
    if language == "ko":
        yield "이 글은 아직 한국어로 옮기지 않아 영어로 보여 드립니다.\n"
    if isinstance(lesson, Stage):
        yield shown(Cell(True, lesson.source.read_text(encoding="utf-8"), 1))
        return Answer(text=f"The same page: {lesson.source}\nYour file: {exercise}\n"
                           f"Then: minisat lesson check {lesson.number}")
    if isinstance(lesson, Transfer):
        about = inspect.cleandoc(ast.get_docstring(ast.parse(lesson.source.read_text(encoding="utf-8"))))
        return Answer(text=f"{about}\n\nYour file: {exercise}")
    for cell, output, _ in run_cells(lesson.source, folder=exercise.parent):
        if waits and cell.prose and cell.text.startswith("## "):
            wait("(Enter: next section) ")
        yield shown(cell)
        yield f"\n{output}" if output else ""
    yield (f"The same with formulas and figures: {lesson.folder / 'README.md'}\n"
           f"Its net, every number of it: minisat lesson step {lesson.name.partition('_')[2]}\n"
           f"The same to work in, as a notebook: minisat lesson notebook {lesson.number}\nYour exercise: {exercise}\n"
           f"Then: minisat lesson check {lesson.number}")


def wait(asking):
    """Until Enter is pressed."""
    with suppress(EOFError):  # Ctrl-D
        input(asking)


def check(lesson, lessons, desk, step=False):
    """What is right, what is not, and what to do next; exit code 1 when it is not solved yet.

    With `step` the net that was checked last is written as a step page, the learner's gradients beside the numbers.
    """
    path = desk.exercise(lesson)
    yield f"{lesson.called}, {lesson.title}: {path}\n"
    verdict = yield from examined(lesson, path)
    if told := str(verdict):
        yield judged(told)
    if step and verdict.case:
        page = opened(case_page(verdict.case, f"{lesson.title}: your {verdict.case[0]}"), ())
        yield _written(page, path, "Every number of it, and what is wrong in red" if not verdict.ok else
                       "Every number of it")
    elif step:
        yield "There is no page to step through: what is wrong here is in no net's backward pass."
    if not verdict.ok:
        state = "It is as it came: open the file and write what is asked for." if desk.untouched(lesson) else \
            red("Not yet.")
        return Answer(text=f"\n{state} For a hint: minisat lesson hint {lesson.number}", code=WRONG)
    desk.solve(lesson)
    alike = [each for each in lessons if isinstance(each, Stage) == isinstance(lesson, Stage)]
    deeper = next((each.number for each in lessons if each.optional and not desk.has_solved(each)
                   and each.folder.parent in (lesson.folder, lesson.folder.parent)), None)
    following = desk.first_unsolved(alike) or desk.first_unsolved(lessons)
    stretch = isinstance(lesson, Stage) and not isinstance(following, Stage)
    solved = "Solved." if isinstance(lesson, Stage) or not verdict.reports else \
        "Solved: backward agrees with the numbers."
    return Answer(text=f"\n{green(solved)} "
                  + (f"Next: minisat lesson run {following.number}" if following else "That was the last one.")
                  + (f"\nOr first, deeper into this one: minisat lesson run {deeper}" if deeper else "")
                  + (f"\nYour captioner on real photos: {lesson.folder.parent / 'flickr8k.md'}" if stretch else ""))


def step(lesson, lessons, desk):
    """The lesson's own net as a step page."""
    page = lesson_page(lesson)
    return Answer(text=_written(page, desk.exercise(lesson), f"The net of {lesson.called}, {lesson.title}"))


def _written(page, exercise, what):
    """A sentence about a StepPage, which is written beside the learner's exercise."""
    path = page.save(exercise.with_name(f"{exercise.stem}_step.html" if exercise.stem != "exercise" else "step.html"))
    return f"{what}: open {path} in a browser."


def watch(lesson, lessons, desk):
    """Check each time that the file is saved, until it is solved or Ctrl-C is pressed."""
    path, seen = desk.exercise(lesson), None
    yield f"{path} is checked each time you save it; Ctrl-C ends this.\n"
    while True:
        with suppress(FileNotFoundError):  # some editors take the file away for a moment
            if (saved := path.stat().st_mtime_ns) != seen:
                seen = saved
                answer = yield from check(lesson, lessons, desk)
                if answer.code == DONE:
                    return answer
                yield f"{answer.text}\n"
        try:
            time.sleep(LOOK_EVERY)
        except KeyboardInterrupt:
            return Answer(text="", code=WRONG)


def reset(lesson, lessons, desk):
    """The exercise as it came; what was written is kept beside it."""
    kept = desk.reset(lesson)
    return Answer(text=f"{desk.exercise(lesson)} is as it came; what you had written is kept as {kept.name}.")


def notebook(lesson, lessons, desk):
    """The learner's own copy of a notebook."""
    lesson = next((each for each in lessons if isinstance(each, Lesson) and lesson in each.more), lesson)
    if not isinstance(lesson, Lesson):
        raise UserError("The capstone has no notebooks: you write one file, in an editor.")
    path = desk.notebook(lesson)
    return Answer(text=f"{path}: open it in Jupyter or VS Code. The exercises are at its end, and check themselves.")


def hint(lesson, lessons, desk, language="en"):
    """The hints shown before, and one more; in Korean ("ko") where they are."""
    in_korean = hints(lesson, korean.HINTS) if language == "ko" else []
    all_hints = in_korean or hints(lesson)
    count = len(all_hints)
    shown = desk.next_hint(lesson, count)
    if in_korean:
        lines = [f"{bold(f'힌트 {i}/{count}')}\n{each}\n" for i, each in enumerate(all_hints[:shown], start=1)]
        further = "마지막 힌트입니다. 그래도 막히면" if shown == count else "다음 힌트는 한 번 더. 정답은"
        return Answer(text="\n".join([*lines, f"{further}: minisat lesson solution {lesson.number}"]))
    if language == "ko":
        yield "이 연습의 힌트는 아직 영어로만 있습니다.\n"
    lines = [f"{bold(f'Hint {i} of {count}')}\n{each}\n" for i, each in enumerate(all_hints[:shown], start=1)]
    further = "That was the last one. Still stuck: " if shown == count else "Once more for the next one, or: "
    return Answer(text="\n".join([*lines, f"{further}minisat lesson solution {lesson.number}"]))


def solution(lesson, lessons, desk):
    """The solution."""
    return Answer(text=lesson.solution)


def build(arguments):
    """Write what is generated, and with which versions of what it was."""
    lessons = all_lessons(arguments.lessons)
    chosen = [find_lesson(number, lessons) for number in arguments.numbers] or lessons
    if not chosen:
        raise UserError("There are no lessons to build.")
    for lesson in chosen:
        made = pages(lesson)
        for stale in {path.name for path in lesson.folder.glob("*.svg")} - set(made):
            (lesson.folder / stale).unlink()
        for name, text in made.items():
            write_text(lesson.folder / name, text)
        yield f"{lesson.name}: {', '.join(made)}"
        if korean.WARNING in made.get(korean.NAME, ""):
            yield (f"    {korean.NAME} is older than the lesson; once it says the same: "
                   f"minisat lesson stamp {lesson.number}")
    write_text(Path(lessons_folder(arguments.lessons)) / "built_with.txt",  # as pip reads it
               "".join(f"{package}=={version(package)}\n" for package in ("numpy", "matplotlib")))


def stamp(arguments):
    """Take a translator's word that these lessons' Korean pages say what the lessons say."""
    lessons = all_lessons(arguments.lessons)
    for lesson in [find_lesson(number, lessons) for number in arguments.numbers]:
        korean.stamp(lesson)
        yield f"{lesson.name}: {korean.NAME} reflects version {korean.version(lesson)}"


def _folders(parser, work=True):
    parser.add_argument("--lessons", metavar="FOLDER", help="where the lessons are (default: in the checkout)")
    if work:
        parser.add_argument("--work", metavar="FOLDER", default=WORK, help=f"your folder (default: {WORK})")


def _one(parser):
    parser.add_argument("number", nargs="?", metavar="LESSON", help=f"its number or name, or {NAME}")
    _folders(parser)


def _read(parser):
    _one(parser)
    parser.add_argument("--language", choices=("en", "ko"), default="en", help="ko: Korean, where there is any")


def _checked(parser):
    _one(parser)
    parser.add_argument("--step", action="store_true", help="also write a page to step through what was checked, your "
                        "gradients beside the numbers")


def _some(nargs):
    def add_arguments(parser):
        parser.add_argument("numbers", nargs=nargs, metavar="LESSON", help="their numbers or names")
        _folders(parser, work=False)
    return add_arguments


def _action(name, do, add_arguments, text):
    example = {"list": "", "site": " book"}.get(name, " 1")
    return Action(do, add_arguments, text, f"minisat lesson {name}{example}", json="")


ACTIONS = {name: _action(name, *action) for name, action in {
    "list": (listing, _folders, "say which lessons there are, and which are solved"),
    "run": (of_one(run_lesson), _read, "read and run a lesson in the terminal (default: the first unsolved)"),
    "open": (open_book, add_open_arguments, "read the lessons, or one, in the browser: formulas, figures, search"),
    "step": (of_one(step), _one, "write the lesson's own small net as a page to step through, every number of it"),
    "check": (of_one(check), _checked, "check your exercise (default: the first unsolved)"),
    "watch": (of_one(watch), _one, "check your exercise each time you save it, until it is solved"),
    "notebook": (of_one(notebook), _one, "put the lesson as a notebook into your folder, to read and work in"),
    "hint": (of_one(hint), _read, "give a hint for the exercise; one more each time"),
    "solution": (of_one(solution), _one, "show the solution"),
    "reset": (of_one(reset), _one, "begin an exercise anew; what you had written is kept beside it"),
    "build": (build, _some("*"), "rebuild README.md, figures and notebook from lesson.py (default: all lessons)"),
    "site": (build_site, add_site_arguments, "write the pages that `open` shows into a folder of your own"),
    "stamp": (stamp, _some("+"), "for translators: note that README.ko.md now says what the lesson says"),
}.items()}
