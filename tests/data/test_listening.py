"""The toy world's language is understood: every caption that it speaks, and nothing else."""

import numpy as np
import pytest

from minisat.data.toy_world import Claim, ToyWorld, oracle_captions, understand

SCENES = ToyWorld(seed=6).scenes("train", 80)


def test_every_caption_is_understood_and_true_of_its_scene():
    rng = np.random.default_rng(0)
    for scene in SCENES:
        for caption in (*scene.captions, oracle_captions(scene, rng)):
            assert understand(caption.split()).true_of(scene)


def test_things_are_claimed_in_the_order_of_mention():
    assert understand("a trout in red left of an orange ball and an auto in blue".split()) == Claim(
        (("fish", "red"), ("ball", "orange"), ("car", "blue")), "left")
    assert understand("there is only an orange box".split()) == Claim((("box", "orange"),), None)


@pytest.mark.parametrize("caption", [
    "", "a red", "a red ball", "an red ball on its own", "a ball in red and a blue box", "a ball red over a box in red",
    "there is only a red ball above a blue box", "a red ball above a blue box above",
    "a red ball over a red ball and a red ball and a red ball"])
def test_what_the_grammar_does_not_say_is_not_understood(caption):
    assert understand(caption.split()) is None


def test_a_claim_is_true_of_a_scene_only_if_all_of_it_is():
    scene = next(scene for scene in SCENES if len(scene.things) == len({thing.colour for thing in scene.things}) == 2)
    first, second = ((thing.kind, thing.colour) for thing in scene.things)
    where = scene.relations[0][1]
    assert Claim((first, second), where).true_of(scene)
    other = next(relation for relation in ("left", "above") if relation != where)
    wrong = [((first,), None), ((first, second), other), ((second, first), where), ((first, second, second), where),
             (((first[0], second[1]), (second[0], first[1])), where)]
    assert not any(Claim(*claim).true_of(scene) for claim in wrong)
