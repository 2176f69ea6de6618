"""Yardsticks: people judged by people, and captions that need no captioner."""

import json

import numpy as np
import pytest

from minisat.evaluation import References, corpus_scores, score_captions
from minisat.evaluation.meteor import OWN, Meteor
from minisat.evaluation.yardsticks import CONSTANT, human_scores, nearest_photos, random_captions
from minisat.trained.scoring import score_with_yardsticks

REFERENCES = {"1": ["a red boat drifts on a lake", "the red boat is on the water", "a boat"],
              "2": ["two geese cross the road", "geese cross a wet road", "two geese walk"],
              "3": ["a kite flies above the trees"]}


def tokens():
    return {image: [text.split() for text in texts] for image, texts in REFERENCES.items()}


def test_people_are_the_mean_over_folds_of_each_reference_against_the_rest():
    people = human_scores(tokens(), Meteor(OWN, []))
    folds = []
    for k in range(3):
        chosen = {image: REFERENCES[image] for image in ("1", "2")}  # the third photo has one reference only
        rest = {image: texts[:k] + texts[k + 1:] for image, texts in chosen.items()}
        folds.append(score_captions({image: texts[k] for image, texts in chosen.items()}, rest, "none")["corpus"])
    assert people == {key: pytest.approx(np.mean([fold[key] for fold in folds])) for key in folds[0]}
    assert human_scores({"3": tokens()["3"]}, Meteor(OWN, [])) is None


def test_random_captions_are_training_captions_and_always_the_same():
    training = [["a", "dog"], ["a", "cat"], ["a", "bird"]]
    drawn = random_captions(list("abcdefgh"), training, seed=1)
    assert drawn == random_captions(list("abcdefgh"), training, seed=1)
    assert set(map(tuple, drawn.values())) <= set(map(tuple, training)) and len(set(map(tuple, drawn.values()))) > 1


def test_the_nearest_photo_has_the_likest_direction():
    training = np.array([[1.0, 0], [0, 1], [1, 1]])
    assert nearest_photos(np.array([[5.0, 0.1], [2, 2.1], [0, 0.3]]), training).tolist() == [0, 2, 1]


def test_scores_stand_beside_intervals_and_yardsticks():
    captions = {"1": "a red boat on the water", "2": "two geese walk", "3": "a kite"}
    scores = score_with_yardsticks(captions, REFERENCES, "simple", ["a tree"], {"1": "b", "2": "b", "3": "b"})
    plain = score_captions(captions, REFERENCES, "simple")
    assert set(scores["yardsticks"]) == {"people, one against the others", "nearest training photo's caption",
                                         "a random training caption", *(f'always "{text}"' for text in CONSTANT)}
    assert all(set(values) == set(scores["corpus"]) for values in scores["yardsticks"].values())
    assert all(low <= high for low, high in scores["intervals"].values())
    assert json.loads(json.dumps(scores)) == scores
    assert {key: scores[key] for key in ("images", "hyp_len", "ref_len")} == {
        key: plain[key] for key in ("images", "hyp_len", "ref_len")}
    assert "yardsticks" not in score_with_yardsticks(captions, REFERENCES, "simple", yardsticks=False)


def test_people_and_a_constant_caption_on_real_photos(data_folder):
    """On Flickr8k's dev split a constant string of frequent words beats people in BLEU-1, and only there."""
    listed = set((data_folder / "flickr8k" / "Flickr_8k.devImages.txt").read_text().split())
    references = {}
    for line in (data_folder / "flickr8k" / "Flickr8k.token.txt").read_text(encoding="utf-8").splitlines():
        image, caption = line.split("#", 1)[0], line.split("\t", 1)[1]
        if image in listed and len(references) + (image not in references) <= 100:
            references.setdefault(image, []).append(caption.lower().replace(" .", "").split())
    meteor = Meteor(OWN, [])
    people = human_scores(references, meteor)
    constant = References(references, meteor=meteor).families(dict.fromkeys(references, CONSTANT[0].split()))
    constant = corpus_scores(constant)
    assert constant["bleu_1"] > people["bleu_1"] > 0.5
    for key in ("bleu_4", "meteor_exact_stem", "cider_d"):
        assert constant[key] < people[key] / 1.5, key
