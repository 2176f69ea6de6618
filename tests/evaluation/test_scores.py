"""score_captions: the shape of its answer, tokenizers, and what it refuses."""

import json

import pytest

from minisat.errors import UserError
from minisat.evaluation import corpus_bleu, describe, score_captions

CAPTIONS = {"1.jpg": "A brown dog runs through the grass .", "2.jpg": "two people on a bench"}
REFERENCES = {"1.jpg": ["A brown dog runs through the green grass.", "A dog, running!"],
              "2.jpg": ["Two people sit on a bench .", "People on a bench"]}


def test_the_answer_has_the_promised_keys_and_is_json():
    scores = score_captions(CAPTIONS, REFERENCES)
    keys = {f"bleu_{n}{suffix}" for n in (1, 2, 3, 4) for suffix in ("", "_plain", "_no_bp")}
    keys |= {"rouge_l", "cider", "cider_d", "meteor_exact_stem"}
    assert set(scores["corpus"]) == keys
    assert list(scores["per_image"]) == ["1.jpg", "2.jpg"] and set(scores["per_image"]["1.jpg"]) == keys
    assert scores["tokenizer"] == "ptb" and scores["images"] == 2
    assert json.loads(json.dumps(scores)) == scores
    assert all(type(value) is float for value in scores["corpus"].values())


def test_tokenizers_differ_as_they_say():
    bare = score_captions(CAPTIONS, REFERENCES, "none")["corpus"]["bleu_1_plain"]
    simple = score_captions(CAPTIONS, REFERENCES, "simple")["corpus"]
    assert bare < simple["bleu_1_plain"]
    words = [[c.lower().replace(" .", "").split() for c in CAPTIONS.values()]][0]
    refs = [["a brown dog runs through the green grass".split(), "a dog running".split()],
            ["two people sit on a bench".split(), "people on a bench".split()]]
    assert simple["bleu_4"] == corpus_bleu(words, refs).smoothed[3]


def test_the_order_of_the_references_file_does_not_matter():
    turned = dict(reversed(REFERENCES.items()))
    assert score_captions(CAPTIONS, turned) == score_captions(CAPTIONS, REFERENCES)


def test_a_perfect_caption_scores_one_and_an_empty_one_nothing():
    scores = score_captions({"a": "a dog runs in the park", "b": ""}, {"a": ["a dog runs in the park"], "b": ["a cat"]})
    assert scores["per_image"]["a"]["bleu_4_plain"] == 1 and scores["per_image"]["b"]["bleu_1"] == 0


@pytest.mark.parametrize("hypotheses, references, says", [
    ({}, {}, "nothing to score"),
    ({"a": "x", "b": "y"}, {"a": ["x"]}, "1 without references, such as 'b'"),
    ({"a": "x"}, {"a": ["x"], "c": ["z"]}, "1 without a caption, such as 'c'"),
    (["x"], {"a": ["x"]}, "Captions must look like"),
    ({"a": ["x"]}, {"a": ["x"]}, "Captions must look like"),
    ({"a": "x"}, {"a": "x"}, "References must look like"),
    ({"a": "x"}, {"a": []}, "at least one"),
])
def test_what_cannot_be_scored_is_said_in_one_sentence(hypotheses, references, says):
    with pytest.raises(UserError, match=says):
        score_captions(hypotheses, references)


def test_the_table_names_scale_tokenizer_and_penalty():
    text = describe(score_captions(CAPTIONS, REFERENCES, "simple"))
    for part in ("× 100", "tokenizer simple", "2 photos", "brevity penalty", "unsmoothed", "BLEU-4"):
        assert part in text
