"""Diversity: how much of what a captioner says was said before, by people in the training captions or by itself.

Show and Tell (Vinyals et al. 2015, section 4.3.4) reports that 80 % of its best captions stand in the training set
word for word, and 50 % of the 15 best of each photo. Distinct-n is that of Li et al. 2016.
"""

from collections import Counter

ORDERS = 3
COLLAPSE = 0.1  # share of the photos


def diversity(captions, training):
    """Figures, ready for JSON, of `captions` beside the `training` captions: both lists of token lists.

    n captions, of them `unique_captions` different ones; `share_in_train` of the captions, and `unique_share_in_train`
    of the different ones, stand word for word in `training`; `distinct_n`: different n-grams / n-grams, pooled over
    all captions (0 where there are none); `vocab_used` words of `tokens`, of which `vocab_used_in_train_vocab` are
    among the `train_vocab` words of `training`; `mean_len`, words a caption. ValueError without captions.
    """
    if not captions:
        raise ValueError("there are no captions")
    captions, known = [tuple(words) for words in captions], {tuple(words) for words in training}
    unique = set(captions)
    vocabulary, train_vocabulary = set().union(*unique), set().union(*known)
    tokens = sum(map(len, captions))
    return {"n": len(captions), "unique_captions": len(unique),
            "share_in_train": sum(words in known for words in captions) / len(captions),
            "unique_share_in_train": len(unique & known) / len(unique),
            **{f"distinct_{n}": distinct(captions, n) for n in range(1, ORDERS + 1)},
            "vocab_used": len(vocabulary), "vocab_used_in_train_vocab": len(vocabulary & train_vocabulary),
            "train_vocab": len(train_vocabulary), "tokens": tokens, "mean_len": tokens / len(captions)}


def distinct(captions, n):
    """Different n-grams / n-grams of all `captions` together; none reaches from one caption into the next."""
    counts = Counter(tuple(words[i:i + n]) for words in captions for i in range(len(words) - n + 1))
    return len(counts) / counts.total() if counts else 0.0


def repeated(captions, count=10):
    """The captions said of more than one photo, most frequent first: at most `count` of (times, caption)."""
    return [(times, caption) for caption, times in Counter(map(tuple, captions)).most_common(count) if times > 1]


def collapse(captions):
    """(times, caption) of the caption that more than a tenth of all photos share, or None: the captioner has collapsed.

    What a captioner does that has not learnt to look; a working one repeats its commonest caption for 1 or 2 % of
    Flickr8k's photos, a weak one for 6 %.
    """
    often = repeated(captions, 1)
    return often[0] if often and often[0][0] > COLLAPSE * len(captions) else None
