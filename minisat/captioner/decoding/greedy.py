"""Greedy decoding: the likeliest word, then the likeliest after that, for all photos at once."""

from minisat.captioner.decoding.word_by_word import word_by_word


def greedy(model, inputs, max_words=40):
    """The greedy caption of each photo; equals a beam of width 1. Photos that are done leave the batch.

    inputs (N, ...) is what `model.start` takes; `max_words` bounds T (END counts). Ties go to the smaller
    id. Returns a list of N Captions.
    """
    return [caption for caption, in word_by_word(model, inputs, lambda log_probs: log_probs.argmax(axis=1), max_words)]
