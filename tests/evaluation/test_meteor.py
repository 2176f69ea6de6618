"""METEOR 1.5: words, alignments and scores against the official jar's, and what it says without the data."""

import gzip
import json
import sys
import zipfile

import numpy as np
import pytest
from fuzz_targets import meteor_jar
from reference_scores import corpora

from minisat.errors import UserError
from minisat.evaluation.meteor import OWN, Meteor, find_resources, meteor_of_rows
from minisat.evaluation.meteor.alignment import align, without_rival
from minisat.evaluation.meteor.matches import Match, Matcher
from minisat.evaluation.meteor.resources import JAR, paraphrases_among, usual_jars
from minisat.evaluation.meteor.words import words


@pytest.fixture
def tiny_files(tmp_path):
    """A jar and a paraphrase table in the official layout, with a few invented entries; the folder."""
    with zipfile.ZipFile(tmp_path / "meteor-1.5.jar", "w") as jar:
        jar.writestr("function/english.words", "the\na\nof\nis\n")
        jar.writestr("synonym/english.synsets", "ball\n01 02\norb\n02\nleaf\n03\nleave\n04\nfrond\n03\n")
        jar.writestr("synonym/english.exceptions", "leaf\nleaves\nleave\nleaves left\n")
        jar.writestr("nonbreaking/english.prefixes", "# a comment\nMr\nNo #NUMERIC_ONLY#\n")
    (tmp_path / "data").mkdir()
    with gzip.open(tmp_path / "data" / "paraphrase-en.gz", "wt", encoding="utf-8") as table:
        table.write("0.5\nin front of\nbefore\n0.1\ntwin\ndouble\n0.1\ndouble\ntwin\n0.2\nnever said\nbefore\n")
    return tmp_path


@pytest.fixture(scope="module")
def official(official_meteor):
    """The user's own copy of the official files, where there is one."""
    resources = official_meteor()
    if resources.key != "meteor":
        pytest.skip("needs METEOR's official files: set MINISAT_METEOR")
    return resources


# Invented sentences; the words are those of the official normaliser.
NORMALISED = [
    ("A man's dog (red) runs, quickly.", "a man 's dog ( red ) runs , quickly ."),
    ("it costs 1,000 dollars, or 3.5%.", "it costs 1,000 dollars , or 3.5 % ."),
    ("the U.S. army. He left", "the us army . he left"),
    ("a well-known t-shirt -- a dash", "a well known t shirt - a dash"),
    ("“quoted” ‘single’ don't rock 'n' roll o'clock", "\" quoted \" ' single ' don 't rock ' n ' roll o 'clock"),
    ("end of it. next lower", "end of it. next lower"), ("end of it. Next upper", "end of it . next upper"),
    ("it 's -lrb- red -rrb-", "it ' s -lrb- red -rrb-"), ("the 1990's dogs' bowl", "the 1990 's dogs ' bowl"),
    ("foo...bar ...", "foo ... bar ..."), ("a-b-c 1-2 fo- -ba", "a b-c 1 2 fo- -ba"),
    ("5,000 a,b ,, ", "5,000 a , b , ,"), ("Mr. Smith, No. 5, No. more", "mr. smith , no. 5 , no . more"), ("", ""),
]


@pytest.mark.parametrize("text, expected", NORMALISED)
def test_words_are_those_of_the_official_normaliser(text, expected):
    expected = expected.replace("no . more", "no. more")  # a small letter follows
    assert words(text, {"Mr": False, "No": True}) == expected.split()


def test_an_abbreviation_keeps_its_period_before_a_capital():
    assert words("Mr. Smith met No. Seven and No. 7", {"Mr": False, "No": True}) == (
        "mr. smith met no . seven and no. 7".split())


def score(resources, caption, *references):
    sentences = [caption.split(), *(reference.split() for reference in references)]
    return float(meteor_of_rows(Meteor(resources, sentences).row(sentences[0], sentences[1:])))


# Invented sentences; the values are the official jar's with its modules restricted to exact and stem.
PAIRS = [("dog runs", "dog running", 0.8), ("runs", "running", 0.6), ("a b c", "a b c", 1.0), ("x", "y", 0.0),
         ("dog runs fast", "dog is running", 0.263013698630137)]


@pytest.mark.parametrize("caption, reference, expected", PAIRS)
def test_known_pairs(caption, reference, expected):
    assert score(OWN, caption, reference) == pytest.approx(expected, abs=1e-12)


def test_an_empty_caption_scores_nothing():
    assert score(OWN, "", "a dog") == score(OWN, "a dog", "") == 0


def test_the_best_reference_counts():
    assert score(OWN, "a dog runs", "two cats", "a dog runs", "a dog") == 1


def test_a_corpus_is_scored_by_summed_statistics():
    meteor = Meteor(OWN, [])
    rows = np.stack([meteor.row(a.split(), [b.split()]) for a, b in
                     (("a dog runs", "a dog runs"), ("two cats", "two birds sleep"), ("", "a tree"))])
    length, _, _, other_length, *_ = rows.sum(axis=0)
    whole = float(meteor_of_rows(rows.sum(axis=0)))
    assert length == sum(row[0] for row in rows) and other_length == sum(row[3] for row in rows)
    assert 0 < whole < 1 and whole != pytest.approx(meteor_of_rows(rows).mean())


def test_synonyms_by_irregular_forms_and_paraphrases_by_the_table(tiny_files):
    resources = find_resources(tiny_files)
    assert resources.key == "meteor" and resources.modules == ("exact", "stem", "synonym", "paraphrase")
    matcher = Matcher(resources, ["a ball before the leaves".split(), "the orb in front of a frond".split()])
    found = matcher.candidates("a ball before the leaves".split(), "the orb in front of a frond".split())
    matches = {match for options in found for match in options}
    assert matches == {Match(0, 1, 3, 1, "exact"), Match(1, 1, 1, 1, "synonym"), Match(2, 3, 2, 1, "paraphrase"),
                       Match(5, 1, 0, 1, "exact"), Match(6, 1, 4, 1, "synonym")}
    kept, chunks = align(found)
    assert set(kept) == matches and chunks == 4
    assert paraphrases_among(resources.table, {"in front of", "before"}) == {"in front of": ["before"]}


def exact(start, from_, length=1):
    return Match(start, length, from_, length, "exact" if length == 1 else "paraphrase")


@pytest.mark.parametrize("candidates, kept, chunks", [
    # a word of the caption that two of the reference want is matched once
    ([[exact(0, 0)], [exact(1, 0)]], 1, 1),
    # "the cat" in "the dog the cat": its second "the" gives one chunk, the first would give two
    ([[exact(0, 0)], [], [exact(2, 0)], [exact(3, 1)]], {exact(2, 0), exact(3, 1)}, 1),
    # "a b" against "b a": nothing competes, and the order makes two chunks
    ([[exact(0, 1)], [exact(1, 0)]], {exact(0, 1), exact(1, 0)}, 2),
    # the original's quirk: a choice is charged the way of those tried before it, so the first is free, however far
    ([[exact(0, 2), exact(0, 0)]], {exact(0, 2)}, 1),
    # more matched words are worth more than fewer chunks
    ([[exact(0, 1)], [exact(1, 0)], [exact(2, 1)]], 2, 1),
    # a phrase weighs all its words on both sides, also where one side has only one: more than a stem, or than a word
    ([[Match(0, 1, 0, 1, "stem"), Match(0, 1, 0, 4, "paraphrase")]], {Match(0, 1, 0, 4, "paraphrase")}, 1),
    ([[Match(0, 1, 0, 1, "stem"), Match(0, 4, 0, 1, "paraphrase")], [], [], []], {Match(0, 4, 0, 1, "paraphrase")}, 1),
    ([[exact(0, 0), exact(0, 0, 4)], [], [], []], {exact(0, 0, 4)}, 1),
    # a phrase and the words in it want the same places: all words together win over the phrase's weight
    ([[exact(0, 0, 2), exact(0, 0)], [exact(1, 1)], [exact(2, 2)]], {exact(0, 0), exact(1, 1), exact(2, 2)}, 1),
])
def test_alignment_of_competing_matches_by_hand(candidates, kept, chunks):
    """No word of either side is matched twice, most words win, then fewest chunks, then the shortest way."""
    matches, found = align(candidates)
    here = [word for match in matches for word in range(match.start, match.start + match.length)]
    there = [word for match in matches for word in range(match.from_, match.from_ + match.from_length)]
    assert len(set(here)) == len(here) and len(set(there)) == len(there)
    assert (len(matches) if isinstance(kept, int) else set(matches)) == kept and found == chunks


def test_what_has_a_rival_on_either_side_is_not_fixed():
    """Neither two matches of one word of the caption nor two of one word of the reference are kept beforehand."""
    alone = exact(3, 3)
    assert without_rival([[exact(0, 0)], [exact(1, 0)], [], [alone]]) == [alone]
    assert without_rival([[exact(0, 0), exact(0, 1)], [], [], [alone]]) == [alone]
    assert without_rival([[exact(0, 0, 2)], [exact(1, 4)], [], [alone]]) == [alone]
    assert without_rival([[exact(0, 0, 2)], [], [exact(2, 1)], [alone]]) == [alone]


def test_a_pair_listed_both_ways_is_its_own_rival_and_a_lone_one_then_weighs_nothing(tiny_files):
    resources = find_resources(tiny_files)
    assert score(resources, "x double", "y twin") == 0


def test_without_the_files_the_score_is_named_for_what_it_is(tiny_files):
    assert OWN.key == "meteor_exact_stem" and OWN.modules == ("exact", "stem")
    (tiny_files / "data" / "paraphrase-en.gz").unlink()
    assert find_resources(tiny_files).key == "meteor_exact_stem_syn"


def test_a_wrong_place_or_a_damaged_file_is_one_sentence(tiny_files, tmp_path, monkeypatch):
    with pytest.raises(UserError, match="There is no meteor-1.5.jar"):
        find_resources(tmp_path / "nowhere")
    monkeypatch.setenv("MINISAT_METEOR", str(tmp_path / "nowhere"))
    with pytest.raises(UserError, match="There is no meteor-1.5.jar"):
        find_resources()
    (tiny_files / "meteor-1.5.jar").write_bytes(b"no archive")
    with pytest.raises(UserError, match="damaged"):
        find_resources(tiny_files)
    (tiny_files / "data" / "paraphrase-en.gz").write_bytes(b"no archive")
    with pytest.raises(UserError, match="Cannot read the paraphrase table"):
        paraphrases_among(tiny_files / "data" / "paraphrase-en.gz", {"a"})


@pytest.mark.slow
def test_equal_to_the_jar_on_real_captions(data_folder, official):
    """Every corpus and every image, with all modules and with fewer, to 1e-9."""
    found = list(corpora(data_folder))
    sentences = [s for hypotheses, references, _ in found for s in (*hypotheses, *(r for o in references for r in o))]
    for resources in (official, official._replace(table=None), official._replace(table=None, synonyms={})):
        meteor = Meteor(resources, sentences)
        for hypotheses, references, case in found:
            rows = np.stack([meteor.row(*pair) for pair in zip(hypotheses, references)])
            np.testing.assert_allclose(meteor_of_rows(rows), case["per_image"][resources.key], rtol=0, atol=1e-9)
            assert meteor_of_rows(rows.sum(axis=0)) == pytest.approx(case["corpus"][resources.key], abs=1e-9)


def test_equal_to_the_jar_on_some_real_captions(data_folder, official):
    """As above without the paraphrase table, whose reading takes seconds: the file of all perturbations."""
    case = json.loads((data_folder / "metrics" / "perturb_all_mixed.json").read_text(encoding="utf-8"))
    resources = official._replace(table=None)
    meteor = Meteor(resources, [])
    rows = np.stack([meteor.row(item["hyp"].split(), [r.split() for r in item["refs"]]) for item in case["items"]])
    np.testing.assert_allclose(meteor_of_rows(rows), case["per_image"][resources.key], rtol=0, atol=1e-9)
    assert meteor_of_rows(rows.sum(axis=0)) == pytest.approx(case["corpus"][resources.key], abs=1e-9)


@pytest.mark.parametrize("inside", ["", "meteor", "pycocoevalcap/meteor"])
def test_the_jar_is_found_wherever_the_package_holds_it(tmp_path, inside):
    """The folder that is named may be the jar's own, the package's, or the one around that."""
    (tmp_path / inside).mkdir(parents=True, exist_ok=True)
    jar = tmp_path / inside / JAR
    jar.write_bytes(meteor_jar())
    found = find_resources(tmp_path)
    assert found.key == find_resources(jar).key == "meteor_exact_stem_syn"


def test_nothing_is_imported_to_find_the_files(tmp_path, monkeypatch):
    """An installed pycocoevalcap is looked into, not run: importing it would start Java."""
    package = tmp_path / "pycocoevalcap"
    package.mkdir()
    (package / "__init__.py").write_text("raise RuntimeError('imported')\n")
    monkeypatch.setattr("minisat.evaluation.meteor.resources.usual_jars", usual_jars)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "empty"))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "pycocoevalcap", raising=False)  # which a test before this may have imported
    assert find_resources() is OWN


def test_the_same_word_a_hundred_times():
    """What matches everywhere is aligned in order, in one piece but for what is missing; once it took minutes."""
    candidates = [[Match(j, 1, i, 1, "exact") for i in range(100)] for j in range(99)]
    matches, chunks = align(candidates)
    assert chunks == 1 and [match.from_ - match.start for match in matches] == [0] * 99
