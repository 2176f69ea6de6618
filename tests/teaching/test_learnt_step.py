"""A step of a captioner that has learnt for some seconds: recorded like any other, and its looks mean something."""

import numpy as np
import pytest

from minisat.data.toy_world import NOUNS, ToyWorld
from minisat.teaching import learnt_step as module
from minisat.teaching.learnt_step import learnt_step
from minisat.teaching.toy_captioner import SIDE, ToyPhotos
from minisat.trace import record_step, red_frames


@pytest.mark.parametrize("model", ["soft-attention", "show-and-tell"])
def test_it_is_recorded_with_names_and_places(model, monkeypatch):
    """Every number of a place has a name, the photos are those that the captions tell, captions differ in length."""
    monkeypatch.setattr(module, "EPOCHS", 1)
    (objective, features, batch, vocabulary, photos), options = learnt_step(model)
    document, _ = record_step(objective, features, batch, vocabulary, photos, checks=(), **options)
    assert not red_frames(document) and len(document["channels"]) == document["sizes"]["D"] == features.shape[2]
    assert sorted(set(batch.lengths)) != [batch.lengths[0]]
    sizes = list(document["sizes"].values())
    assert len(set(sizes)) == len(sizes)  # so that a shape says what is meant
    if model == "soft-attention":
        assert [way[0] for way in document["captions"][0]["grid"]] == [SIDE, SIDE]


@pytest.mark.slow
def test_it_looks_at_what_it_names():
    """Over the test photos: the look before a noun that names one thing lies on that thing far more than by chance."""
    (objective, *_), _ = learnt_step()
    photos, captioner = ToyPhotos(), objective.captioner.eval()
    names = {word: kind for kind, words in NOUNS.items() for word in words}
    seen, chance = [], []
    for row, scene in enumerate(ToyWorld(0).scenes("test", 100)):
        ids = photos.vocabulary.encode(photos.test.references[row][0])
        state = captioner.start(photos.test.features[row:row + 1])
        for before, word in zip(ids[:-1], ids[1:]):
            _, state, alpha, _ = captioner.step(state, np.array([before]))
            things = [t for t in scene.things if t.kind == names.get(photos.vocabulary.words[word])]
            if len(things) == 1:
                side = len(things[0].mask) // SIDE * SIDE
                on = things[0].mask[:side, :side].reshape(SIDE, side // SIDE, SIDE, -1).mean(axis=(1, 3)).ravel() > 0.2
                seen.append(float(alpha[0][on].sum()))
                chance.append(float(on.mean()))
    assert len(seen) > 50 and np.mean(seen) > 2 * np.mean(chance)
