"""Comparisons of measured numbers: their intervals are right, and no page says more than they do."""

import math
import re

import numpy as np
import pytest

from minisat.evaluation import References, compare
from minisat.teaching import compared, seeds_table
from minisat.teaching.claims import unfounded
from minisat.teaching.comparing import STUDENT, printed
from minisat.teaching.shelf import all_lessons

LESSONS = all_lessons()
CLEAR, UNCLEAR = ((0.5, 0.6, 0.7), (0.6, 0.7, 0.83)), ((0.5, 0.6, 0.7), (0.6, 0.5, 0.9))


@pytest.fixture
def line(capsys):
    """What `compared` prints, as it stands on a page."""
    def of(name, first, second, *score):
        compared(name, first, second, *score)
        return f"```text\n{capsys.readouterr().out}```\n\n"

    return of


@pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.name for lesson in LESSONS])
def test_a_built_page_says_what_its_intervals_say(lesson):
    """Every sentence of the committed README that rests on a comparison, or compares scores."""
    assert unfounded((lesson.folder / "README.md").read_text(encoding="utf-8")) == []


def test_some_pages_rest_on_comparisons():
    """The check above is not content because there is nothing to check."""
    pages = {lesson.kept_as: (lesson.folder / "README.md").read_text(encoding="utf-8") for lesson in LESSONS}
    assert {name for name, page in pages.items() if printed(page)} >= {
        "everywhere", "pick", "best_sentence", "any_good"}


def altered(page):
    """The page with one interval made to hold 0, or one mark taken away, each in turn."""
    for line in re.findall(r"^\[.*95 % interval.*$", page, re.MULTILINE):
        if not next(iter(printed(line).values())).holds_zero:
            yield page.replace(line, re.sub("interval .* to .*? ", "interval -0.100 to +0.100 ", line))
    for mark in re.findall(r"<!-- rests on:.*?-->", page, re.DOTALL):
        yield page.replace(mark, "", 1)


def test_every_claim_falls_with_its_interval():
    """On the pages themselves each such change is noticed."""
    pages = [each for lesson in LESSONS for each in altered((lesson.folder / "README.md").read_text(encoding="utf-8"))]
    assert len(pages) > 30 and all(unfounded(page) for page in pages)


def test_a_claim_needs_an_interval_that_bears_it(line):
    """“Better” passes where the whole interval is above 0, and fails where it holds 0, however the mark is written."""
    clear, unclear = (line("b − a", *numbers) for numbers in (CLEAR, UNCLEAR))
    assert unfounded(clear + "With b it is better.<!-- rests on: b − a: above 0 -->\n") == []
    problem, = unfounded(unclear + "With b it is better.<!-- rests on: b − a: above 0 -->\n")
    assert problem.startswith("The mark says “b − a: above 0”, and the interval holds 0")
    for claim in ("better", "worth having", "as good as before", "rises", "no worse"):
        problem, = unfounded(unclear + f"With b it is {claim}.<!-- rests on: b − a: holds 0 -->\n")
        assert problem.startswith("Chance alone may have made this difference")
    for modest in ("Perhaps b is better.", "Whether b is better, three seeds leave open.", "The two were drawn alike."):
        assert unfounded(unclear + f"{modest}<!-- rests on: b − a: holds 0 -->\n") == []


def test_the_direction_counts(line):
    """A difference the other way round does not bear the claim."""
    page = line("b − a", *reversed(CLEAR)) + "With b it is better.<!-- rests on: b − a: above 0 -->\n"
    assert "and the interval below 0" in unfounded(page)[0]


def test_several_comparisons_bear_one_sentence_together(line):
    """Each of them has to; the mark may go on in the next line, and sentences beside it are not meant."""
    page = line("BLEU, b − a", *CLEAR) + line("c − a", *UNCLEAR)
    page += "They may differ. Both are better.<!-- rests on: BLEU, b − a;\nc − a: above 0 --> What is better?\n"
    problem, = unfounded(page)
    assert "“c − a: above 0”" in problem and problem.endswith(": Both are better.")


def test_no_comparison_stands_alone_and_no_claim_does(line):
    """A line without a sentence, a sentence without a line, scores compared without either, a mark that is none."""
    assert unfounded(line("b − a", *CLEAR)) == ["No sentence rests on “b − a”."]
    assert "does not print, b − a" in unfounded("It is better.<!-- rests on: b − a: above 0 -->\n")[0]
    assert "nothing says what that rests on" in unfounded("BLEU-4 rises to 0.7.\n")[0]
    assert unfounded("BLEU-4 rises to 0.7.<!-- from: the paper's table 1 -->\n\n```text\nBLEU-4 rises\n```\n") == []
    assert "Not of the form" in unfounded("It is better.<!-- rests on: b − a -->\n")[0]
    assert "end the paragraph" in unfounded("It is good.\n<!-- from: us -->\n")[0]


def test_an_interval_over_seeds_is_students(line):
    """By hand: differences 0.1, 0.1, 0.13 have the mean 0.11 and the standard error 0.01; 4.303 of these each way."""
    found, = printed(line("b − a", *CLEAR)).values()
    np.testing.assert_allclose(found, (0.11, 0.067, 0.153), atol=1e-9)


@pytest.mark.parametrize("degrees", range(1, len(STUDENT) + 1))
def test_the_table_of_student(degrees):
    """Between −t and t lie 95 % of Student's density, added up numerically."""
    t = np.linspace(0, STUDENT[degrees - 1], 200_001)
    constant = math.gamma((degrees + 1) / 2) / (math.sqrt(degrees * math.pi) * math.gamma(degrees / 2))
    density = constant * (1 + t**2 / degrees) ** (-(degrees + 1) / 2)
    assert 2 * np.trapezoid(density, t) == pytest.approx(0.95, abs=2e-4)


def test_an_interval_over_photos_is_the_paired_bootstraps(capsys):
    """The same numbers as `evaluation.compare`, which has tests of its own."""
    told = {i: [["a", "red", "ball", str(i)], ["a", "ball", str(i)]] for i in range(6)}
    people = References(told)
    first = people.families({i: ["a", "ball"] for i in told})
    second = people.families({i: own[i % 2] for i, own in told.items()})
    found, wanted = compared("b − a", first, second, "bleu_1"), compare(first, second)["bleu_1"]
    assert found == (wanted.difference, wanted.low, wanted.high)
    assert capsys.readouterr().out.endswith("(6 photos)\n")


def test_unequal_or_too_few_seeds_are_refused():
    """One seed has no interval."""
    for first, second in (((0.5,), (0.6,)), ((0.5, 0.6), (0.5,)), ([0.5] * 17, [0.6] * 17)):
        with pytest.raises(ValueError, match="seeds of each"):
            compared("b − a", first, second)


def test_the_table_of_seeds_is_what_the_pages_print():
    """Seed 0 of the table is the training of the page: the same numbers to every digit that the page shows."""
    pages = {lesson.kept_as: (lesson.folder / "README.md").read_text(encoding="utf-8") for lesson in LESSONS}
    table = seeds_table()
    for strength in (0, 1, 10):
        shown = table["everywhere"][f"λ = {strength}"]
        for seed in (0, 1):
            row = [f"{shown[score][seed]:.2f}" for score in ("uneven", "entropy", "pointing", "both", "bleu_4")]
            assert re.search(rf"^ *{strength} +{' +'.join(row)}$", pages["everywhere"], re.MULTILINE), (strength, seed)
    for name, what in (("soft", "soft"), ("hard, looks by expectation", "hard, expectation"),
                       ("hard, looks by argmax", "hard, argmax"), ("hard, looks by sampling", "hard, sampling"),
                       ("hard, learnt without looking softly", "hard, never softly")):
        row = [f"{table['pick'][what][score][0]:.2f}" for score in ("bleu_4", "pointing", "largest")]
        assert re.search(rf"^{name} +{' +'.join(row)}$", pages["pick"], re.MULTILINE), what
    page = pages["best_sentence"]
    by = {"sum": page.index("ranked by log p\n"), "mean": page.index("ranked by log p / T\n")}
    for ranked, place in by.items():
        for width in (1, 2, 3, 5, 10, 20):
            shown = table["best_sentence"][f"{ranked}, width {width}"]
            wanted = rf"width +{width}: words +{shown['words'][0]:.1f} .* BLEU-4 {shown['bleu_4'][0]:.2f}\n"
            assert re.search(wanted, page[place:]), (ranked, width)
