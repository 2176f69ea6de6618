"""Scores of any captions against references: the one function behind `score`, `evaluate` and training."""

from minisat.errors import UserError
from minisat.evaluation.bleu import ORDERS, add_counts, bleu, count
from minisat.text import tokenize


def score_captions(hypotheses, references, tokenizer="ptb"):
    """Score {image: caption} against {image: [reference, …]} (raw text, cut into words by `tokenizer`).

    Returns a dict ready for JSON: `corpus` {key: score}; `per_image` {image: {key: score}}; `tokenizer`;
    `images`, how many; `hyp_len` and `ref_len`, words in all captions and in their closest references. Keys are
    `bleu_n` (coco-caption's), `bleu_n_plain` (textbook, unsmoothed) and `bleu_n_no_bp` (plain without brevity
    penalty), n = 1..4, all on 0..1. An empty caption is scored (with 0 or nearly so), never dropped.
    UserError when there is nothing to score, the images differ or a shape is wrong.
    """
    check_captions(hypotheses, references)
    counts = {image: count(tokenize(hypotheses[image], tokenizer), [tokenize(r, tokenizer) for r in references[image]])
              for image in hypotheses}
    total = add_counts(counts.values())
    return {"tokenizer": tokenizer, "images": len(counts),
            "hyp_len": total.hypothesis_length, "ref_len": total.reference_length,
            "corpus": _named(bleu(total)), "per_image": {image: _named(bleu(c)) for image, c in counts.items()}}


def check_captions(hypotheses, references):
    """UserError unless this is {image: caption} and {image: [reference, …]} of the same images, at least one."""
    if not isinstance(hypotheses, dict) or not all(isinstance(text, str) for text in hypotheses.values()):
        raise UserError('Captions must look like {"image": "caption", …}.')
    if not isinstance(references, dict) or not all(
            isinstance(texts, list) and texts and all(isinstance(text, str) for text in texts)
            for texts in references.values()):
        raise UserError('References must look like {"image": ["reference", …], …}, each list with at least one.')
    if not hypotheses and not references:
        raise UserError("There is nothing to score: no captions and no references.")
    for ours, theirs, what in ((hypotheses, references, "references"), (references, hypotheses, "a caption")):
        if missing := [image for image in ours if image not in theirs]:
            raise UserError(f"The captions and the references are of different images: {len(missing)} without {what}, "
                            f"such as {missing[0]!r}.")


def describe(scores):
    """A table of the corpus scores of `score_captions`, as text: scale, tokenizer and definitions named."""
    corpus, photos = scores["corpus"], f"{scores['images']} photo{'s' * (scores['images'] != 1)}"
    rows = [("as coco-caption (papers quote this)", "bleu_{}"), ("textbook, unsmoothed", "bleu_{}_plain"),
            ("textbook, no brevity penalty", "bleu_{}_no_bp")]
    lines = [f"{photos}, tokenizer {scores['tokenizer']}, {scores['hyp_len']} words in captions, "
             f"{scores['ref_len']} in the closest references", "",
             f"{'scores × 100':<38}" + "".join(f"{f'BLEU-{n}':>8}" for n in range(1, ORDERS + 1))]
    for name, key in rows:
        values = (100 * corpus[key.format(n)] for n in range(1, ORDERS + 1))
        lines.append(f"{name:<38}" + "".join(f"{value:8.2f}" for value in values))
    return "\n".join(lines)


def _named(result):
    families = (("bleu_{}", result.smoothed), ("bleu_{}_plain", result.plain), ("bleu_{}_no_bp", result.no_bp))
    return {key.format(n): value for key, values in families for n, value in enumerate(values, start=1)}
