"""How far a captioner's p is to be believed: of the next word of people's captions, and of its own words."""

import numpy as np

from minisat.backend import get_array_module, to_numpy
from minisat.evaluation.calibration import calibration
from minisat.text import END, START, UNK
from minisat.trained.silence import silent
from minisat.training import caption_words

TOGETHER = 128   # photos


def sureness_metrics(captioner, photos, gather, captions, progress=silent):
    """The `calibration` of both, ready for JSON: {"next_word": …, "own_words": …, "strangers": …}.

    `next_word`: after every beginning of one caption of each photo, is the likeliest word the one that the person
    wrote (its end counted; words outside the vocabulary, `strangers`, are left out)? `own_words`: of the words in
    `captions` {photo name: Caption}, the captioner's own, does any person say the word of that photo? The rest as in
    `evaluate`.
    """
    recipe, vocabulary = captioner.recipe, captioner.vocabulary
    said = [[caption_words(text, recipe) for text in photo.captions] for photo in photos]
    asked = [own[number % len(own)][:recipe.max_words - 1] for number, own in enumerate(said)]  # in turn
    owners, p, right, strangers = [], [], [], 0
    with progress("calibration", "photo", len(photos)) as display:
        for start in range(0, len(photos), TOGETHER):
            chunk = slice(start, start + TOGETHER)
            inputs = gather(photos[chunk]).astype(recipe.precision, copy=False)
            for row, surest, word, wanted in _next_words(captioner.model, inputs, map(vocabulary.encode, asked[chunk])):
                if wanted == UNK:
                    strangers += 1
                    continue
                owners.append(start + row)
                p.append(surest)
                right.append(word == wanted)
            display.update_to(min(start + TOGETHER, len(photos)))
    found = {"next_word": calibration(owners, p, right), "strangers": strangers}
    own = [(number, float(np.exp(logprob)), any(word in words for words in said[number]))
           for number, photo in enumerate(photos)
           for word, logprob in zip(captioner.words(captions[photo.name]), captions[photo.name].logprobs)]
    return found | {"own_words": calibration(*zip(*own))}


def _next_words(model, inputs, captions):
    """Yield (row, p of the likeliest word, that word, the person's) for every word of `captions`, ids, and its end."""
    captions = [[*ids, END] for ids in captions]
    xp, state, read = get_array_module(inputs), model.start(inputs), np.full(len(captions), START)
    for t in range(max(map(len, captions))):
        log_probs, state, *_ = model.step(state, xp.asarray(read))
        best, surest = to_numpy(log_probs.argmax(axis=1)), np.exp(to_numpy(log_probs.max(axis=1)))
        for row, ids in enumerate(captions):
            if t < len(ids):
                yield row, float(surest[row]), int(best[row]), ids[t]
        read = np.array([ids[t] if t < len(ids) else END for ids in captions])


def describe_sureness(metrics):
    """The figures in two sentences."""
    after, own = metrics["next_word"], metrics["own_words"]
    low, high = after["interval"]
    parts = _in_parts(own["bins"])
    return ("how far p is to be believed\n"
            f"  the next word   of {after['words']:,} in people's captions: the likeliest has p {after['mean_p']:.3f}, "
            f"the mean, and is right in {100 * after['right']:.1f} %;\n"
            f"                  expected calibration error {100 * after['ece']:.1f} % ({100 * low:.1f} to "
            f"{100 * high:.1f}), 0 where p is to be taken at its word\n"
            f"  its own words   people say {100 * own['right']:.0f} % of them of the same photo: "
            + ", ".join(f"{100 * share:.0f} % where p is {name}" for name, share in parts))


def _in_parts(bins):
    """[(which p, share that is right)] of the low, the middle and the high bins that have words."""
    parts = (("below 0.33", 0, 1 / 3), ("up to 0.67", 1 / 3, 2 / 3), ("above", 2 / 3, 1))
    found = []
    for name, low, high in parts:
        inside = [entry for entry in bins if low - 1e-9 <= entry["low"] and entry["high"] <= high + 1e-9]
        if words := sum(entry["words"] for entry in inside):
            found.append((name, sum(entry["right"] * entry["words"] for entry in inside) / words))
    return found
