"""A photo's captions as JSON: what `caption --json` prints, and what `serve` answers."""


def to_json(captioner, image, captions):
    """One photo as a dictionary; alpha has the grid's locations row by row; `logprob` counts the end of the caption."""
    best = captions[0]
    result = {"image": str(image), "caption": " ".join(captioner.words(best)), "logprob": best.logprob,
              "words": words_to_json(captioner, best)}
    if len(captions) > 1:
        result["n_best"] = [{"caption": " ".join(captioner.words(c)), "logprob": c.logprob,
                             "mean_logprob": c.mean_logprob, "finished": c.finished} for c in captions]
    return result


def words_to_json(captioner, caption):
    """The words of a Caption, without its end: how likely each was, and where the captioner looked for it."""
    return [{"word": word, "logprob": float(caption.logprobs[t]),
             "beta": None if caption.betas is None else float(caption.betas[t]),
             "alpha": None if caption.alphas is None else [round(float(a), 6) for a in caption.alphas[t]]}
            for t, word in enumerate(captioner.words(caption))]
