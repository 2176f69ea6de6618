"""The toy world says only what is true, the same for the same seed, and can be written to disk."""

from collections import Counter

import numpy as np
import pytest
from PIL import Image

from minisat.data import check_dataset, read_dataset
from minisat.data.toy_world import COLOURS, NOUNS, ToyWorld, oracle_captions, things_named, write_flickr8k
from minisat.data.toy_world.grammar import OPPOSITE, PHRASES
from minisat.errors import UserError

SCENES = ToyWorld(seed=3).scenes("train", 120)


def test_the_same_seed_gives_the_same_scenes_however_many_are_asked_for():
    for scene, again in zip(SCENES[:10], ToyWorld(seed=3).scenes("train", 10)):
        np.testing.assert_array_equal(scene.image, again.image)
        assert scene.captions == again.captions
    assert not np.array_equal(SCENES[0].image, ToyWorld(seed=4).scenes("train", 1)[0].image)


def test_no_scene_is_in_two_splits():
    """Compared by what is where, so that a fresh background would not hide a repetition."""
    def content(scene):
        return frozenset((thing.kind, thing.colour, thing.x, thing.y, thing.side) for thing in scene.things)

    seen = [{content(scene) for scene in ToyWorld().scenes(split, 150)} for split in ("train", "dev", "test")]
    assert not seen[0] & seen[1] and not seen[0] & seen[2] and not seen[1] & seen[2]


def test_every_kind_colour_relation_noun_and_number_of_things_occurs():
    things = [thing for scene in SCENES for thing in scene.things]
    words = {word for scene in SCENES for caption in scene.captions for word in caption.split()}
    assert {thing.kind for thing in things} == set(NOUNS) and len(NOUNS) >= 8
    assert {thing.colour for thing in things} == set(COLOURS) and len(COLOURS) >= 6
    assert {relation for scene in SCENES for _, relation, _ in scene.relations} == set(OPPOSITE)
    assert {noun for nouns in NOUNS.values() for noun in nouns} <= words
    assert all(len(nouns) == 2 for nouns in NOUNS.values()) and all(len(set(said)) == 2 for said in PHRASES.values())
    assert set(Counter(len(scene.things) for scene in SCENES)) == {1, 2, 3}


def test_no_word_means_two_kinds_or_a_kind_and_a_colour():
    words = [noun for nouns in NOUNS.values() for noun in nouns] + list(COLOURS)
    assert len(words) == len(set(words))


def parse(caption):
    """([(colour, noun), …] in order of mention, relation of the first to the second or None) of a caption."""
    words = caption.split()
    named = [(word, words[i - 2] if words[i - 1] == "in" else words[i + 1])  # "a ball in red" or "a red ball"
             for i, word in enumerate(words) if word in COLOURS]
    said = [relation for relation, phrases in PHRASES.items() for phrase in phrases if f" {phrase} a" in caption]
    return named, said[0] if said else None


def test_every_caption_is_true_and_complete():
    """Each names all things once, by their own colour and a noun of theirs, and the relation as the masks show it."""
    orders = Counter()
    for scene in SCENES:
        assert len(scene.captions) == 5
        for caption in [*scene.captions, oracle_captions(scene, np.random.default_rng(0))]:
            named, relation = parse(caption)
            mentioned = [next(i for i in things_named(noun, scene) if scene.things[i].colour == colour)
                         for colour, noun in named]
            assert sorted(mentioned) == list(range(len(scene.things)))
            assert 5 <= len(caption.split()) <= 17
            if len(mentioned) > 1:
                y, x = (np.subtract(*[np.argwhere(scene.things[i].mask).mean(0)[axis] for i in mentioned[:2]])
                        for axis in (0, 1))
                seen = ("left" if x < 0 else "right") if abs(x) > abs(y) else ("above" if y < 0 else "below")
                assert relation == seen
                assert (mentioned[0], relation, mentioned[1]) in scene.relations
                assert (mentioned[1], OPPOSITE[relation], mentioned[0]) in scene.relations
            orders[tuple(mentioned)] += 1
    assert len(orders) == 1 + 2 + 6  # every order of mention


def test_masks_cover_the_thing_and_never_each_other():
    for scene in SCENES:
        assert scene.image.shape == (64, 64, 3) and scene.image.dtype == np.uint8
        masks = np.stack([thing.mask for thing in scene.things])
        assert masks.dtype == bool and masks.sum(axis=0).max() == 1
        for thing in scene.things:
            assert thing.mask.sum() >= 80
            inside = scene.image[thing.mask].astype(int)
            distance = np.abs(inside - COLOURS[thing.colour]).sum(axis=1)
            assert (distance < 90).mean() > .3, thing.kind  # the thing is painted in its colour …
            outside = scene.image[~masks.any(axis=0)].astype(int)
            assert (outside.max(axis=1) - outside.min(axis=1) < 60).mean() > .9  # … and the rest is pale


def test_things_named_knows_nouns_colours_and_nothing_else():
    scene = next(scene for scene in SCENES if len({thing.colour for thing in scene.things}) == 2)
    for i, thing in enumerate(scene.things):
        assert all(things_named(noun, scene) == [i] for noun in thing.synonyms)
        assert i in things_named(thing.colour, scene)
    assert things_named("above", scene) == things_named("a", scene) == []
    absent = next(noun for kind, (noun, _) in NOUNS.items() if kind not in {thing.kind for thing in scene.things})
    assert things_named(absent, scene) == []


def test_other_sizes_and_wrong_splits():
    assert ToyWorld(size=48).scenes("dev", 1)[0].image.shape == (48, 48, 3)
    with pytest.raises(UserError, match="train, dev, test"):
        ToyWorld().scenes("val", 1)


def test_written_to_disk_it_is_a_sound_flickr8k_folder(tmp_path):
    world = ToyWorld(seed=5)
    write_flickr8k(tmp_path / "toy", world, {"train": 6, "dev": 2, "test": 3})
    dataset = read_dataset(tmp_path / "toy")
    assert dataset.format == "Flickr8k text files" and dataset.splits == {"train": 6, "dev": 2, "test": 3}
    scene, photo = world.scenes("dev", 2)[1], dataset.split("dev")[1]
    assert photo.captions == tuple(f"{caption} ." for caption in scene.captions)
    from_disk = np.asarray(Image.open(photo.path))
    np.testing.assert_array_equal(from_disk, scene.image)
    assert check_dataset(dataset).ok
