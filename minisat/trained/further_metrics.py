"""What `minisat evaluate` says beside the scores: how diverse the captions are, and how well they tell photos apart."""

import numpy as np

from minisat.evaluation import annotation, collapse, diversity, image_search, log_likelihoods, per_prior, repeated
from minisat.trained.silence import silent
from minisat.training import caption_words

SEED = 0            # of a sample of photos
JUDGED_TOGETHER = 8, 512  # photos whose likelihoods are computed at once, and rows of a decoding step, about
WITHOUT_LOOKS = 16, 4096  # the same where a row holds no look: one product is faster than its parts
RETRIEVAL = {"image_search": "the photo of a caption", "annotation": "a caption of a photo",
             "annotation_per_prior": "a caption of a photo, per prior"}


def diversity_metrics(captioner, dataset, photos, found):
    """{"best", "n_best", "people": metrics of `diversity`, …}, ready for JSON; {} where there are no training captions.

    found: for each of `photos` its n best captions as lists of words, best first. People: the first caption of each.
    Further "collapsed" and the "most_frequent" captions.
    """
    training = [caption_words(text, captioner.recipe) for photo in dataset.photos if photo.split == "train"
                for text in photo.captions]
    if not training:
        return {}
    best = [captions[0] for captions in found]
    several = {} if len(found[0]) == 1 else {"n_best": [words for captions in found for words in captions]}
    people = [caption_words(photo.captions[0], captioner.recipe) for photo in photos]
    metrics = {name: diversity(some, training) for name, some in {"best": best, **several, "people": people}.items()}
    metrics["collapsed"] = collapse(best) is not None
    metrics["most_frequent"] = [[times, " ".join(words)] for times, words in repeated(best)]
    return metrics


def describe_diversity(metrics):
    """The metrics of `diversity_metrics` as a table."""
    rows = {"best": "captions", "n_best": "n best of each", "people": "people's"}
    lines = [f"{'diversity':<18}{'captions':>10}{'different':>11}{'in training':>13}{'distinct-1':>12}"
             f"{'distinct-2':>12}{'words used':>12}{'length':>8}"]
    for key, name in rows.items():
        if of := metrics.get(key):
            lines.append(f"{name:<18}{of['n']:>10}{of['unique_captions']:>11}{100 * of['share_in_train']:>11.1f} %"
                         f"{of['distinct_1']:>12.3f}{of['distinct_2']:>12.3f}{of['vocab_used']:>12}"
                         f"{of['mean_len']:>8.1f}")
    if metrics["collapsed"]:
        lines.append("Collapsed: more than a tenth of the photos share one caption.")
    for times, caption in metrics["most_frequent"][:3]:
        lines.append(f"said of {times} photos: {caption}")
    return "\n".join(lines)


def drawn(photos, count):
    """`count` of `photos`, drawn with SEED, in their order; all of them where there are no more."""
    if count >= len(photos):
        return photos
    return [photos[i] for i in sorted(np.random.default_rng(SEED).choice(len(photos), count, replace=False))]


def retrieval_metrics(captioner, photos, gather, count, progress=silent):
    """Retrieval among `count` of `photos`, drawn with SEED, and all their captions, ready for JSON.

    `gather` turns a list of photos into the model's inputs; `progress` as in `evaluate`.
    """
    photos = drawn(photos, count)
    captions = [captioner.vocabulary.encode(caption_words(text, captioner.recipe))
                for photo in photos for text in photo.captions]
    owners = np.repeat(np.arange(len(photos)), [len(photo.captions) for photo in photos])
    together, rows = WITHOUT_LOOKS if captioner.recipe.model == "show-and-tell" else JUDGED_TOGETHER
    likely = []
    with progress("retrieval", "photo", len(photos)) as display:
        for start in range(0, len(photos), together):
            chunk = photos[start:start + together]
            likely.append(log_likelihoods(captioner.model, gather(chunk), captions, rows))
            display.update_to(start + len(chunk))
    likely = np.vstack(likely)
    ranks = {"image_search": image_search(likely, owners), "annotation": annotation(likely, owners),
             "annotation_per_prior": annotation(per_prior(likely), owners)}
    return {"photos": len(photos), "captions": len(captions), "seed": SEED,
            **{name: found.to_dict() for name, found in ranks.items()}}


def describe_retrieval(metrics):
    """The metrics of `retrieval_metrics` as a table."""
    lines = [f"retrieval among {metrics['photos']} photos (drawn with seed {metrics['seed']}) and their "
             f"{metrics['captions']} captions, by log p(caption | photo)",
             f"{'':<34}{'R@1':>7}{'R@5':>7}{'R@10':>7}{'median rank':>13}{'Karpathy':>11}{'mean':>8}"]
    for key, name in RETRIEVAL.items():
        of = metrics[key]
        lines.append(f"{name:<34}" + "".join(f"{100 * of[f'r{k}']:7.1f}" for k in (1, 5, 10))
                     + f"{of['median_rank']:>13g}{of['median_rank_karpathy']:>11}{of['mean_rank']:>8.1f}")
    return "\n".join(lines)
