"""What stage 4 is checked on: eight photos with a caption each are learnt by heart, and said."""

import numpy as np

from minisat.teaching.asking import agree, fixed, parts, wrong_unless
from minisat.teaching.toy_captioner import ToyPhotos

PHOTOS, STEPS, BY_HEART = 8, 300, 0.05


def cases(work):
    """Yield a sentence for each thing that is right."""
    photos = ToyPhotos(train=PHOTOS, test=2).train
    captions = [told[0] for told in photos.references]
    p, words = parts("learn", work.learn(fixed(photos.features), [[told] for told in captions], seed=0, steps=STEPS), 2)
    ids = work.encode(captions, words)
    logits, alphas, _ = work.forward(photos.features, ids[:, :-1], p)
    loss, _ = work.surprise(logits, ids[:, 1:])
    wrong_unless(np.isfinite(loss), "After learn the surprise is not finite: is the rate too high?")
    wrong_unless(loss < BY_HEART, f"After {STEPS} steps on {PHOTOS} photos a word still costs {loss:.3f} nats; "
                 f"by heart is below {BY_HEART}. {_why(loss, len(words))}")
    yield f"learn: a word surprises by {loss:.4f} nats after {STEPS} steps"

    said, looks = parts("describe", work.describe(fixed(photos.features), p, words), 2)
    wrong_unless(len(said) == PHOTOS, f"describe gives {len(said)} captions of {PHOTOS} photos.")
    for photo, (caption, told) in enumerate(zip(said, captions)):
        wrong_unless(list(caption) == told, f"Of photo {photo} describe says {' '.join(caption)!r}; it was taught "
                     f"{' '.join(told)!r}, and forward knows it. Is each word that was said read next, and is the "
                     "state handed on?")
        agree(f"The looks that describe gives for photo {photo}", looks[photo], alphas[photo, :len(told)], 1e-6)
    alone, _ = parts("describe", work.describe(photos.features[3:4], p, words), 2)
    wrong_unless(list(alone[0]) == captions[3], f"Alone, photo 3 is described as {' '.join(alone[0])!r}; among the "
                 f"others it was {' '.join(said[3])!r}. A photo must not depend on its neighbours.")
    blank = {name: np.zeros_like(array) for name, array in p.items()}
    blank["b_o"][:3] = 9.0, 8.0, 1.0
    (silent,), _ = parts("describe", work.describe(photos.features[:1], blank, words), 2)
    wrong_unless(len(silent) > 0, "describe says nothing where <end> is the likeliest first word: a caption has at "
                 "least one word, so <end> must not come first.")
    wrong_unless("<unknown>" not in silent, "describe says <unknown>, which is a mark and no word: never choose it.")
    yield "describe: says all eight as they were taught"


def _why(loss, V):
    """What a surprise of that size says."""
    if loss > 0.9 * np.log(V):
        return f"That is about log {V}, what a guess costs: nothing is learnt. Does adam get the gradients?"
    if loss > 1.2:
        return "It learns which words are usual, and nothing of the photos: do features and captions belong together?"
    return "It learns, too slowly or restlessly: try another rate, and let it fall towards the end."
