"""Some lessons' measurements on eight seeds, for the comparisons that they print. Slow: a quarter of an hour.

    OMP_NUM_THREADS=1 python lessons/seeds.py             # every lesson below; or name some of them

It writes minisat/teaching/seeds.json, which the lessons read, so that running one stays quick. Seed 0 is what the
lesson itself trains and prints; a test holds the table to the pages.
"""

import sys

import numpy as np

from minisat.captioner.decoding import beam, greedy
from minisat.data.toy_world import things_named, understand
from minisat.evaluation import corpus_bleu, pointing_game
from minisat.files import write_json
from minisat.teaching.comparing import TABLE, seeds_table
from minisat.teaching.toy_captioner import ToyPhotos, learn, see

SEEDS = range(8)
TRANSFORMER = {"embedding_size": 32, "attention_size": 32, "hidden_size": 64, "blocks": 2, "heads": 2, "rate": 0.01}


def judged(captioner, photos):
    """Of greedy captions of the test photos: BLEU-4, the pointing game, how sharp and how even the looks are, and the
    share of photos with two things whose caption names both."""
    scenes, spoken = photos.test.scenes, greedy(captioner, photos.test.features, 20)
    said, looks = [photos.vocabulary.decode(caption.ids) for caption in spoken], [each.alphas for each in spoken]
    game = pointing_game(said, looks, lambda i, word: [scenes[i].things[k].mask
                                                       for k in things_named(word, scenes[i])])
    every = np.concatenate(looks)
    surprise = np.log(every, out=np.zeros_like(every), where=every > 0)
    claims = [(understand(words), scene) for words, scene in zip(said, scenes) if len(scene.things) == 2]
    both = [claim is not None and sorted(kind for kind, _ in claim.things) == sorted(each.kind for each in scene.things)
            for claim, scene in claims]
    return {"bleu_4": corpus_bleu(said, photos.test.references).bleu_4, "pointing": game.score,
            "largest": every.max(axis=1).mean(), "entropy": -(every * surprise).sum(axis=1).mean(),
            "uneven": np.mean([alphas.sum(axis=0).std() for alphas in looks]), "both": np.mean(both)}


def everywhere(seed):
    """The penalty's strengths, and the one-sided penalty."""
    photos = ToyPhotos(train=400, test=200)
    photos.train, photos.test = (part._replace(features=see(part.scenes, blur=0))
                                 for part in (photos.train, photos.test))
    penalties = {f"λ = {strength}": {"penalty": float(strength)} for strength in (0, 1, 10)}
    penalties["one-sided"] = {"penalty": 1.0, "penalty_form": "one-sided"}
    return {name: judged(learn(photos, 5, seed=seed, **fields)[0], photos) for name, fields in penalties.items()}


def pick(seed):
    """Soft and hard attention, hard attention's three ways to look, and hard attention that never looks softly."""
    photos = ToyPhotos(train=400, test=100)
    found = {"soft": judged(learn(photos, 5, seed=seed)[0], photos)}
    hard, _ = learn(photos, 5, "hard-attention", seed=seed)
    for decoding in ("expectation", "argmax", "sampling"):
        hard.attend.softmax.decoding = decoding
        found[f"hard, {decoding}"] = judged(hard, photos)
    alone, _ = learn(photos, 5, "hard-attention", seed=seed, hard_expectation=0.0)
    return {**found, "hard, never softly": judged(alone, photos)}


def best_sentence(seed):
    """Beams of growing width, ranked by log p and by its mean."""
    photos, found = ToyPhotos(train=400, test=300), {}
    captioner, _ = learn(photos, 3, seed=seed)
    for normalise in (False, True):
        for width in (1, 2, 3, 5, 10, 20):
            ends = [best for best, in beam(captioner, photos.test.features, width, 20, normalise=normalise)]
            said = [photos.vocabulary.decode(caption.ids) for caption in ends]
            found[f"{'mean' if normalise else 'sum'}, width {width}"] = {
                "bleu_4": corpus_bleu(said, photos.test.references).bleu_4, "words": np.mean([len(s) for s in said])}
    return found


def without_the_loop(seed):
    """The transformer, taught as the captioners of "Look at everything" are."""
    photos = ToyPhotos(train=400, test=200)
    photos.train, photos.test = (part._replace(features=see(part.scenes, blur=0))
                                 for part in (photos.train, photos.test))
    return {"transformer": judged(learn(photos, 5, "transformer", seed=seed, **TRANSFORMER)[0], photos)}


MEASURED = {"everywhere": everywhere, "pick": pick, "best_sentence": best_sentence,
            "without_the_loop": without_the_loop}


def main(names):
    """Measure the lessons `names`, and write the table after each of them."""
    table = seeds_table() if TABLE.exists() else {}
    for name in names:
        found = []
        for seed in SEEDS:
            found.append(MEASURED[name](seed))
            print(f"{name}, seed {seed}", found[-1], flush=True)
        table[name] = {what: {score: [round(float(each[what][score]), 4) for each in found] for score in scores}
                              for what, scores in found[0].items()}
        write_json(TABLE, table)


if __name__ == "__main__":
    main(sys.argv[1:] or MEASURED)
