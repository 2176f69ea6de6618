"""An exercise is solved by writing it: what minisat already has does not count, though every number is right."""

import ast

import pytest

from minisat.teaching.exercises import check_exercise
from minisat.teaching.shelf import all_lessons

LESSONS = all_lessons()
WITH_CLASSES = [lesson for lesson in LESSONS if "\nclass " in lesson.solution]
every_lesson = pytest.mark.parametrize("lesson", WITH_CLASSES, ids=[lesson.name for lesson in WITH_CLASSES])


def altered(lesson, tmp_path, change):
    """The Verdict on the lesson's solution after `change(class)` has been put in place of each of its classes."""
    tree = ast.parse((lesson.folder / "solution.py").read_text(encoding="utf-8"))
    tree.body = [change(node) if isinstance(node, ast.ClassDef) else node for node in tree.body]
    path = tmp_path / "exercise.py"
    path.write_text(ast.unparse(ast.fix_missing_locations(tree)), encoding="utf-8")
    return check_exercise(lesson, path)


def without_methods(node):
    node.body = [part for part in node.body if not isinstance(part, ast.FunctionDef)] or [ast.Pass()]
    return node


def only_the_name(node):
    return ast.Assign([ast.Name(node.name, ast.Store())], node.bases[0])


def borrowed(node):
    """Every method that minisat's class has, taken from there by name."""
    for i, part in enumerate(node.body):
        if isinstance(part, ast.FunctionDef) and part.name == "backward":
            node.body[i] = ast.Assign([ast.Name(part.name, ast.Store())], ast.Attribute(node.bases[0], part.name))
    return node


@every_lesson
@pytest.mark.parametrize("change", [without_methods, only_the_name, borrowed])
def test_what_minisat_has_already_is_no_solution(lesson, change, tmp_path):
    """Methods deleted, classes that are another name for minisat's, methods taken from there: each is refused."""
    verdict = altered(lesson, tmp_path, change)
    assert not verdict.ok
    assert ".backward is not written in the exercise: this one is minisat's own." in str(verdict)


def test_a_class_that_is_gone_is_missed(tmp_path):
    """It is named, with the method that it should have."""
    verdict = altered(LESSONS[0], tmp_path, lambda node: ast.Pass())
    assert str(verdict) == "Affine.backward is not written in the exercise: there is none."
