"""Every lesson that has a net has its step page, and a learner's wrong backward pass is told from the right numbers."""

import pytest

from minisat.cli.main import main
from minisat.errors import UserError
from minisat.nn import Module
from minisat.teaching.exercises import check_exercise, load
from minisat.teaching.shelf import all_lessons, find_lesson, with_transfers
from minisat.teaching.stepping import case_page, lesson_page, opened
from minisat.trace import frame_text, write_trace
from minisat.trace.damage import first_damage
from minisat.trace.lessons import LESSONS
from minisat.trace.tensors import WHOLE

ALL = with_transfers(all_lessons())
BASES = {lesson.name: [value.__mro__[1] for value in vars(load(lesson.original, "as_it_came")).values()
                       if isinstance(value, type) and value.__module__ == "as_it_came" and issubclass(value, Module)]
         for lesson in ALL}
NETS = [lesson for lesson in ALL if BASES[lesson.name]]
WRONG = [  # lesson, what stands in its solution, what a learner may write instead, what the page says of it
    ("nudge", "dy.sum(axis=0)", "dy.mean(axis=0)", "db: Everywhere it is 1/4 times"),
    ("surprise", "counts = dloss * weight", "counts = weight", "dlogits: Everywhere it is 2 times"),
    ("look_up", "for word, sent in zip(ids, dy):", "for word, sent in [(ids, dy)]:", "dW: Only rows of words"),
    ("context", "part = share * dh", "part = -share * dh", "dW: It has the wrong sign everywhere"),
    ("filter", 'np.einsum("nors,oc->ncrs", dy, W)', 'np.einsum("nors,oc->ncrs", dy[:, ::-1], W)', ""),
    ("grid", "dx = rows.transpose(0, 3, 1, 2)", "dx = da.reshape(N, D, h, w)",
     "dx: Its numbers are right and in the wrong places"),
    ("gates", "= di * i * (1 - i), df * f * (1 - f)", "= di * i * (1 - i), df",
     "dW_x: Of its 4 gates only one is wrong: f."),
    ("look_again", "(dalpha - mean)", "dalpha", "dx: Along the last axis it should add up to 0"),
    ("everywhere", "mask[:, :, None] * dsums[:, None, :]", "np.ones(mask.shape)[:, :, None] * dsums[:, None, :]",
     "dalphas: It is right for every real word and wrong for the padding"),
    ("match", "dquery = dkeys.sum(axis=1)", "dquery = dkeys[:, 0]", ""),
]


def test_frames_name_the_lesson_that_derives_them():
    """The first whose exercise asks for a layer's backward pass; the clinic's layers come from elsewhere."""
    first = {}
    for lesson in all_lessons():
        for base in BASES[lesson.name] if "clinic" not in lesson.name else ():
            first.setdefault(base.__name__, lesson.name.partition("_")[2])
    assert {layer: LESSONS.get(layer) for layer in first} == first
    assert set(LESSONS.values()) <= {lesson.name.partition("_")[2] for lesson in all_lessons()}


@pytest.mark.parametrize("lesson", NETS, ids=lambda lesson: lesson.name)
def test_every_net_has_its_step_page(lesson):
    """All green, of minisat's own layers, every number in it; it begins with a backward that the lesson derives."""
    page = lesson_page(lesson)
    document = page.document
    frames = document["frames"]
    assert not first_damage(document)
    assert not [f["path"] for f in frames if f.get("local", {}).get("ok") is False or f.get("numbers")]
    assert max(len(row.get("values", [0] * (WHOLE + 1))) for row in document["tensors"]) <= WHOLE
    begins = frames[document["opens"]]
    assert begins["phase"] == "backward" and begins["class"] in {base.__name__ for base in BASES[lesson.name]}
    assert not any("solution" in source["file"] for source in document["sources"].values() if source)


@pytest.mark.parametrize("name", ["best_sentence_transfer", "any_good_transfer"])
def test_without_a_net_there_is_no_page(name):
    """It is said in a sentence."""
    with pytest.raises(UserError, match="derives no layer"):
        lesson_page(find_lesson(name, ALL))


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """[(document of the page on a wrong answer, the frame where it begins)] of WRONG."""
    found = []
    for name, right, wrong, _ in WRONG:
        lesson = find_lesson(name, ALL)
        path = tmp_path_factory.mktemp("wrong") / "exercise.py"
        before, found_it, after = (lesson.folder / "solution.py").read_text(encoding="utf-8").rpartition(right)
        assert found_it, (name, right)
        path.write_text(f"import numpy as np\n{before}{wrong}{after}", encoding="utf-8")
        verdict = check_exercise(lesson, path)
        assert not verdict.ok
        document = opened(case_page(verdict.case, "yours"), ()).document
        found.append((document, document["frames"][document["opens"]]))
    return found


def test_what_is_wrong_is_said_of_eight_in_ten(pages):
    """Of ten wrong answers; the page begins where the mistake is, with the learner's own lines."""
    said = [[f"{name}: {words}" for name, _, words in frame["numbers"] if words] for _, frame in pages]
    for (*_, wanted), found in zip(WRONG, said):
        assert any(each.startswith(wanted) for each in found) or not wanted, (wanted, found)
    assert sum(map(bool, said)) >= 8
    assert all(document["sources"][frame["source"]]["file"] == "exercise.py" for document, frame in pages)


def test_the_terminal_says_it_too(pages, tmp_path, capsys):
    """`trace step` and `trace check` of such a recording."""
    document, frame = pages[0]
    assert "db: Everywhere it is 1/4 times" in frame_text(document, frame["index"])
    write_trace(tmp_path / "wrong.json", document)
    assert main(["trace", "check", str(tmp_path / "wrong.json")]) == 1
    assert "db: Everywhere it is 1/4 times" in capsys.readouterr().out


def test_beside_wrong_numbers_stand_the_right_ones(pages):
    """Of each wrong gradient the numeric one, in its shape, and another than what the learner's code gave."""
    for document, frame in pages:
        own = {name: number for name, number in frame["downstream"]} | {f"d{n}": g for n, _, g in frame["parameters"]}
        tensors = document["tensors"]
        assert frame["numbers"] and not first_damage(document)
        for name, number, _ in frame["numbers"]:
            assert tensors[number]["shape"] == tensors[own[name]]["shape"]
            assert tensors[number]["values"] != tensors[own[name]]["values"]


def test_what_is_raised_is_told(tmp_path):
    """The page shows what had been done until then, and begins with the call that ended so."""
    lesson, path = find_lesson("nudge", ALL), tmp_path / "exercise.py"
    text = (lesson.folder / "solution.py").read_text(encoding="utf-8")
    path.write_text(text.replace("dx = dy @ self.W.data.T", "dx = dy @ self.W.data"), encoding="utf-8")
    verdict = check_exercise(lesson, path)
    document = opened(case_page(verdict.case, "yours"), ()).document
    frame = document["frames"][document["opens"]]
    assert frame["class"] == "Affine" and frame["ended"] is None and frame["phase"] == "backward"
    assert document["about"]["raised"].startswith("ValueError: matmul")
