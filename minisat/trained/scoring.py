"""Scores with intervals, beside people and beside captions that need no captioner."""

import numpy as np

from minisat.errors import UserError, note
from minisat.evaluation import References, corpus_scores, find_resources
from minisat.evaluation.bootstrap import intervals
from minisat.evaluation.meteor import Meteor
from minisat.evaluation.scores import check_captions, scores_of_families
from minisat.evaluation.yardsticks import CONSTANT, human_scores, nearest_photos, random_captions
from minisat.text import tokenize

AVERAGED_TOGETHER = 256  # photos


def score_with_yardsticks(texts, references, tokenizer, training=(), nearest=None, yardsticks=True):
    """The dict of `score_captions` for {photo: caption}, {photo: [reference, …]}, and further figures.

    `intervals` {key: [low, high]} (95 %, bootstrap over photos) and, with `yardsticks`, `yardsticks` {name: {key:
    score}}: people (each reference against the rest), a random caption of `training` (texts), the caption of the
    training photo with the likest features (`nearest` {photo: caption}), and constant sentences.
    """
    check_captions(texts, references)

    def cut(captions):
        return {name: tokenize(text, tokenizer) for name, text in captions.items()}

    ours, tokens = cut(texts), {name: [tokenize(text, tokenizer) for text in references[name]] for name in texts}
    floors = {}
    if yardsticks:
        if nearest:
            floors["nearest training photo's caption"] = cut(nearest)
        if training:
            floors["a random training caption"] = cut(random_captions(list(texts), training))
        floors |= {f'always "{text}"': dict.fromkeys(texts, text.split()) for text in CONSTANT}
    meteor = Meteor(find_resources(), [words for captions in (ours, *floors.values()) for words in captions.values()]
                    + [words for own in tokens.values() for words in own])
    ready = References(tokens, meteor=meteor)
    families = ready.families(ours)
    scores = scores_of_families(families, texts, tokenizer)
    scores["intervals"] = {key: list(span) for key, span in intervals(families).items()}
    if yardsticks:
        people = human_scores(tokens, meteor)
        scores["yardsticks"] = {"people, one against the others": people} if people else {}
        scores["yardsticks"] |= {name: corpus_scores(ready.families(captions)) for name, captions in floors.items()}
    return scores


def training_captions(dataset):
    """The texts of the training captions; none where the data set has no training split."""
    return [text for photo in dataset.photos if photo.split == "train" for text in photo.captions]


def nearest_captions(captioner, dataset, photos, place=None):
    """{photo name: the first caption of the training photo with the likest features}; None without a feature store.

    `place`: the store, or None for the run's own. Likeness is the cosine of the features' means over locations.
    Why there are none although there is a store is noted.
    """
    training = [photo for photo in dataset.photos if photo.split == "train"]
    if not training:
        return None
    try:
        store = captioner.open_store(place)
        if store is None:
            return None
        training = [photo for photo in training if photo.name not in store.skipped]
        if not training:
            raise UserError(f"{place} holds no training photo.")
        store.verify(store.rows([photo.name for photo in training]))
        ours, theirs = (mean_features(store, store.rows([photo.name for photo in some])) for some in (photos, training))
    except UserError as error:
        note(f"No captions of nearest training photos: {error}")
        return None
    found = nearest_photos(ours, theirs)
    return {photo.name: training[i].captions[0] for photo, i in zip(photos, found)}


def mean_features(store, rows):
    """(K, D) float32: the features of the `rows` of a store, averaged over locations."""
    return np.concatenate([store.gather(rows[start:start + AVERAGED_TOGETHER]).mean(axis=1)
                           for start in range(0, len(rows), AVERAGED_TOGETHER)])
