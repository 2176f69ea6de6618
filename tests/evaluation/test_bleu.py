"""BLEU against coco-caption's values, on cases carried here and on those of the data folder."""

import pytest
from reference_scores import corpora, words

from minisat.evaluation import corpus_bleu
from minisat.evaluation.bleu import add_counts, bleu, count

KEYS = [(f"bleu_{n}{suffix}", reading, n - 1) for n in range(1, 5)
        for suffix, reading in (("", "smoothed"), ("_plain", "plain"), ("_no_bp", "no_bp"))]

# (name, [(caption, references)], {key: value}). Invented sentences and the textbook's; the values are coco-caption's
# own (bleu_n) and sacrebleu's without smoothing (plain).
CASES = [
    ("clipping: 'the' counts as often as one reference has it",
     [("the the the the the the the", ["the cat is on the mat", "there is a cat on the mat"])],
     {"bleu_1": 0.285714285633, "bleu_2": 6.90065559137e-09, "bleu_3": 2.11967966523e-11, "bleu_4": 1.24218899472e-12,
      "bleu_1_plain": 0.285714285714, "bleu_2_plain": 0.0, "bleu_4_no_bp": 0.0}),
    ("closest length, a tie goes to the shorter",
     [("a b c d e f g h i j", ["a b c d e f g h i j k l", "a b c d e f g h"])],
     {"bleu_1": 0.9999999999, "bleu_4": 0.99999999988, "bleu_4_plain": 1.0, "bleu_4_no_bp": 1.0}),
    ("a short caption pays the brevity penalty exp(1 - 8/7)",
     [("a b c d e f g", ["a b c d e f g h i j k", "a b c d e f g h"])],
     {"bleu_1": 0.866877899503, "bleu_4": 0.866877899462, "bleu_1_plain": 0.86687789975, "bleu_4_plain": 0.86687789975,
      "bleu_1_no_bp": 1.0, "bleu_4_no_bp": 1.0}),
    ("as long as a reference pays none",
     [("a b c d e f g h", ["a b c d e f g x", "a b"])],
     {"bleu_1": 0.874999999781, "bleu_2": 0.86602540356, "bleu_3": 0.854987973108, "bleu_4": 0.840896415015,
      "bleu_2_plain": 0.866025403784, "bleu_3_plain": 0.854987973338, "bleu_4_plain": 0.840896415254}),
    ("no matching trigram: tiny as coco-caption has it, 0 in the textbook (Papineni et al., candidate 2)",
     [("it is to insure the troops forever hearing the activity guidebook that party direct",
       ["it is a guide to action that ensures that the military will forever heed party commands",
        "it is the guiding principle which guarantees the military forces always being under the command of the party",
        "it is the practical guide for the army always to heed the directions of the party"])],
     {"bleu_1": 0.495358799786, "bleu_2": 0.181746991493, "bleu_3": 1.33629922155e-06, "bleu_4": 3.70313119056e-09,
      "bleu_1_plain": 0.495358799857, "bleu_2_plain": 0.181746991519, "bleu_3_plain": 0.0, "bleu_4_plain": 0.0,
      "bleu_1_no_bp": 0.571428571429, "bleu_2_no_bp": 0.209656967344, "bleu_3_no_bp": 0.0}),
]


def check(result, expected, tolerance):
    for key, reading, n in KEYS:
        if key in expected:
            assert getattr(result, reading)[n] == pytest.approx(expected[key], rel=0, abs=tolerance), key


@pytest.mark.parametrize("about, pairs, expected", CASES, ids=[case[0].split(":")[0] for case in CASES])
def test_known_values(about, pairs, expected):
    result = corpus_bleu([words(caption) for caption, _ in pairs], [[words(r) for r in refs] for _, refs in pairs])
    check(result, expected, 1e-11)
    for key, reading, n in KEYS:  # the tiny ones too, to 9 digits
        if key in expected:
            assert getattr(result, reading)[n] == pytest.approx(expected[key], rel=1e-9, abs=1e-15), key


def test_the_corpus_is_scored_by_summed_counts_not_by_a_mean():
    hypotheses = [words("a dog runs in the park"), words("two people"), []]
    references = [[words("a dog runs through the park"), words("a dog in a park")],
                  [words("two people sit on a bench")], [words("a cat")]]
    whole = corpus_bleu(hypotheses, references)
    parts = [count(h, r) for h, r in zip(hypotheses, references)]
    assert whole == bleu(add_counts(parts))
    assert whole.counts.hypothesis_length == 8 and whole.counts.reference_length == 14
    assert whole.counts.totals == (8, 6, 4, 3)
    assert whole.counts.matches == (8, 4, 1, 0)
    assert whole.plain[3] == 0 < whole.smoothed[3] < 1e-3


def test_an_order_that_cannot_occur_has_precision_one_in_a_million():
    result = corpus_bleu([["dog"]], [[["dog"]]])
    assert result.smoothed[1] == pytest.approx((1e-15 / 1e-9) ** 0.5, rel=1e-6)
    assert result.plain == result.no_bp == (1.0, 0.0, 0.0, 0.0)


def test_an_empty_caption_scores_nothing_and_does_not_crash():
    result = corpus_bleu([[]], [[["a", "dog"]]])
    assert result.plain == (0.0,) * 4 and max(result.smoothed) == 0.0


def test_captions_and_references_must_pair_up():
    for hypotheses, references in (([], []), ([["a"]], []), ([["a"]], [[]])):
        with pytest.raises(ValueError):
            corpus_bleu(hypotheses, references)


def test_equal_to_the_reference_implementation_on_real_captions(data_folder):
    """Every corpus and every single image of the folder metrics/: all three readings to 1e-9."""
    compared = 0
    for hypotheses, references, case in corpora(data_folder):
        whole = corpus_bleu(hypotheses, references)
        check(whole, case["corpus"], 1e-9)
        assert list(whole.counts.matches) == case["corpus"]["ngram_match"]
        assert whole.counts.reference_length == case["corpus"]["ref_len"]
        for i, (h, r) in enumerate(zip(hypotheses, references)):
            check(corpus_bleu([h], [r]), {key: values[i] for key, values in case["per_image"].items()}, 1e-9)
        compared += 1
    assert compared >= 50
