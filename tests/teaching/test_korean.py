"""The Korean pages: one for each lesson, true to it or with a warning, in the terms of the glossary."""

import re
import shutil
from dataclasses import replace

import pytest

from minisat.cli.main import main
from minisat.teaching import korean
from minisat.teaching.shelf import all_lessons, hints, lessons_folder

LESSONS = all_lessons()
every_page = pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.name for lesson in LESSONS])
CELLS = ["# %% [markdown]", "# # 1. Tiny", "", "# %%", "from minisat.teaching import panels, show", "",
         "show(panels()[0], 'empty', 'two empty axes')", ""]


def read(lesson):
    return (lesson.folder / korean.NAME).read_text(encoding="utf-8")


def terms():
    """{Korean: English} of the glossary."""
    text = (lessons_folder() / "glossary.ko.md").read_text(encoding="utf-8")
    return dict(re.findall(r"^\| \*\*(.+?)\*\* \| (.+?) \| .+ \| [\d, –]+ \|$", text, re.MULTILINE))


@every_page
def test_a_page_is_stamped_or_warns(lesson):
    """Its foot names the lesson's version, or the warning that it is older stands at its head."""
    assert read(lesson) == korean.page(lesson), f"minisat lesson build {lesson.number}, or stamp it"


def fixed(text):
    """What is no prose of a page, in order: formulas, code, outputs, figures; comments in Python may be in Korean."""
    blocks = re.findall(r"^```.*?^```$|(?<=\]\()\w+\.svg(?=\)$)", text, re.DOTALL | re.MULTILINE)
    return [re.sub(r"\s+#.*", "", block) if block.startswith("```python") else block for block in blocks]


@every_page
def test_a_page_is_whole_or_has_its_four_parts(lesson):
    """The whole lesson has every formula, cell, output and figure of the English one, in its order; half a page has
    question, intuition, formula, exercise. The overview links to it by its title.
    """
    text = read(lesson)
    assert f"minisat lesson check {lesson.number}" in text
    overview = (lessons_folder() / "README.ko.md").read_text(encoding="utf-8")
    if korean.is_whole(text):
        assert str(lesson.number) in re.search(r"^([\d, ]+)번 수업은 전부", overview, re.MULTILINE)[1].split(", ")
        assert fixed(text) == fixed((lesson.folder / "README.md").read_text(encoding="utf-8"))
    else:
        assert re.findall("^## (.*)$", text, re.MULTILINE) == ["질문", "직관", "핵심 공식", "연습"]
        assert 600 < len(text) < 3500
    title = re.match(rf"# {lesson.number}\. (.*)\n", text).group(1)
    assert f"| {lesson.number} | [{title}]({lesson.name}/README.ko.md) |" in overview


@every_page
def test_formulas_are_written_as_github_wants_them(lesson):
    """Display formulas in ```math fences, inline ones as $`…`$ with a space before; no other dollar sign."""
    text = re.sub(r"^```math\n.*?^```$", "", read(lesson), flags=re.DOTALL | re.MULTILINE)
    assert "$" not in re.sub(r"(?<![^\s(])\$`[^`]+`\$", "", text)


@every_page
def test_terms_are_those_of_the_glossary(lesson):
    """A term that comes with its English name, **역전파**(backpropagation), is in the glossary under that name."""
    for term, name in re.findall(r"\*\*([^*]+)\*\*\(([A-Za-z][^)]*)\)", read(lesson)):
        assert terms().get(term) == name, f"{term}: {terms().get(term)}"


@every_page
def test_hints_in_korean_are_as_many(lesson):
    """One for each English one, where there are any."""
    for each in (lesson, *lesson.more):
        assert len(hints(each, korean.HINTS)) in (0, len(hints(each)))


def test_the_glossary_is_a_glossary():
    """Every row holds a term, its English name, an explanation and a lesson; none twice, and the same in English."""
    rows = re.findall(r"^\| \*\*", (lessons_folder() / "glossary.ko.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(terms()) == len(set(terms().values())) >= 60
    english = re.findall(r"^\| \*\*(.+?)\*\* \| .+ \|$", (lessons_folder() / "glossary.md").read_text(encoding="utf-8"),
                         re.MULTILINE)
    assert english == list(terms().values())  # the same terms, in the same order


def test_both_overviews_link_to_each_other():
    """README.md to README.ko.md, and back."""
    for name, other in (("README.md", "README.ko.md"), ("README.ko.md", "README.md")):
        assert f"]({other})" in (lessons_folder() / name).read_text(encoding="utf-8")


def test_the_warning_comes_with_a_change_and_goes_with_the_stamp(tmp_path, capsys):
    """A changed lesson makes its page older, a changed exercise too; a rebuild alone never makes it young again."""
    folder = tmp_path / "lessons" / "01_tiny"
    folder.mkdir(parents=True)
    (folder / "lesson.py").write_text("\n".join(CELLS))
    (folder / "exercise.py").write_text("")
    page, build = folder / korean.NAME, ["lesson", "build", "--lessons", str(folder.parent)]
    stamp = ["lesson", "stamp", "1", "--lessons", str(folder.parent)]
    assert main(stamp) == 2 and "write it first" in capsys.readouterr().err
    page.write_text("# 1. 작은 수업\n\n## 질문\n", encoding="utf-8")
    assert main(build) == 0 and page.read_text(encoding="utf-8").count(korean.WARNING) == 1
    assert "older than the lesson" in capsys.readouterr().out
    assert f"[한국어]({korean.NAME})" in (folder / "README.md").read_text(encoding="utf-8")
    for name in ("lesson.py", "exercise.py"):
        assert main(stamp) == 0
        stamped = page.read_text(encoding="utf-8")
        assert korean.WARNING not in stamped and stamped.startswith("# 1. 작은 수업\n\n## 질문\n\n---\n")
        assert main(build) == 0 and page.read_text(encoding="utf-8") == stamped
        with open(folder / name, "a") as file:
            file.write("\n# changed\n")
        for _ in range(2):
            assert main(build) == 0
            assert page.read_text(encoding="utf-8") == stamped.replace("\n\n", f"\n\n{korean.WARNING}", 1)


def test_the_warning_goes_when_the_change_is_taken_back(tmp_path):
    """What the page reflects is what counts, not when it was written."""
    lesson = replace(LESSONS[0], folder=tmp_path / LESSONS[0].name)
    shutil.copytree(LESSONS[0].folder, lesson.folder)
    (lesson.folder / korean.NAME).write_text("# 1. 제목\n\n## 질문\n", encoding="utf-8")
    korean.stamp(lesson)
    text, source = read(lesson), lesson.source.read_text(encoding="utf-8")
    lesson.source.write_text(source + "# more\n", encoding="utf-8")
    warned = korean.page(lesson)
    assert korean.WARNING in warned
    lesson.source.write_text(source, encoding="utf-8")
    assert korean.marked(warned, korean.version(lesson)) == text
