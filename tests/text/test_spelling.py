"""Spelling repairs touch whole words and nothing else."""

from minisat.text import FUNCTION_WORDS, REPAIRS, repair_spelling


def test_the_known_typos_are_repaired():
    typos = "hapily playy fronmt litle offf giong sidwalk woamn feamle matchin silohuetted ypoung".split()
    assert repair_spelling(typos) == \
        "happily play front little off going sidewalk woman female matching silhouetted young".split()


def test_words_that_contain_a_typo_are_left_alone():
    words = "runner rakes cola offering yongest matching".split()
    assert repair_spelling(words) == words


def test_the_table_is_a_fixed_point_of_itself():
    """No repair leads to another typo, none repairs a word to itself, none touches a function word."""
    assert repair_spelling(list(REPAIRS.values())) == list(REPAIRS.values())
    assert not set(REPAIRS) & (set(REPAIRS.values()) | FUNCTION_WORDS)


def test_the_argument_is_not_changed():
    tokens = ["litle", "dog"]
    repair_spelling(tokens)
    assert tokens == ["litle", "dog"]
