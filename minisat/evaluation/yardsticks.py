"""Yardsticks: what people reach, and what no captioner at all, on the same photos: a score alone means nothing.

On Flickr8k a constant string of frequent words gets a higher BLEU-1 than people do; BLEU-4, METEOR and CIDEr-D see
through it.
"""

import numpy as np

from minisat.evaluation.corpus import References, corpus_scores

CONSTANT = ("a with on a is in the and", "a man in a in front of a", "a dog is running in the grass")


def human_scores(references, meteor):
    """{key: score} of people: each reference against the rest of its photo's, the mean over the folds.

    references {image: token lists}; there are as many folds as every photo with two references or more has. None when
    no photo has two. Fewer references lower a score: people are judged by one less than the captioner.
    """
    references = {image: own for image, own in references.items() if len(own) > 1}
    if not references:
        return None
    folds = []
    for k in range(min(map(len, references.values()))):
        rest = References({image: own[:k] + own[k + 1:] for image, own in references.items()}, meteor=meteor)
        folds.append(corpus_scores(rest.families({image: own[k] for image, own in references.items()})))
    return {key: float(np.mean([fold[key] for fold in folds])) for key in folds[0]}


def random_captions(images, training, seed=0):
    """{image: a caption drawn from `training`}, a list of token lists."""
    drawn = np.random.default_rng(seed).integers(0, len(training), len(images))
    return {image: training[i] for image, i in zip(images, drawn)}


def nearest_photos(features, training):
    """For each row of `features` (N, D) the most similar row of `training` (K, D) by cosine: (N,) ints."""
    return np.argmax(unit(features) @ unit(training).T, axis=1)


def unit(rows):
    """Rows (N, D) scaled to length 1; a row of zeros stays one."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
