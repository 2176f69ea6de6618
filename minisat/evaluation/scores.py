"""Scores of any captions against references: the one function behind `score`, `evaluate` and training."""

from minisat.errors import UserError
from minisat.evaluation.bleu import ORDERS
from minisat.evaluation.corpus import References, corpus_scores, photo_scores
from minisat.evaluation.meteor import OWN
from minisat.text import tokenize

MODULES = {"meteor": "METEOR 1.5", "meteor_exact_stem_syn": "METEOR, exact, stem and synonym matches only",
           "meteor_exact_stem": "METEOR, exact and stem matches only"}


def score_captions(hypotheses, references, tokenizer="ptb", resources=OWN):
    """Score {image: caption} against {image: [reference, …]} (raw text, cut into words by `tokenizer`).

    Returns a dict ready for JSON: `corpus` {key: score}; `per_image` {image: {key: score}}; `tokenizer`;
    `images`, how many; `hyp_len` and `ref_len`, words in all captions and in their closest references. Keys, n = 1..4:
    `bleu_n` (coco-caption's), `bleu_n_plain` (textbook, unsmoothed), `bleu_n_no_bp` (plain without brevity penalty),
    `rouge_l`, and `meteor` (METEOR 1.5) or, as far as `resources` allow, `meteor_exact_stem_syn` or
    `meteor_exact_stem`, all on 0..1; `cider_d` (what coco-caption prints as CIDEr) and `cider` on 0..10. An empty
    caption is scored (with 0 or nearly so), never dropped. UserError when there is nothing to score, the images
    differ or a shape is wrong.
    """
    check_captions(hypotheses, references)
    captions = {image: tokenize(text, tokenizer) for image, text in hypotheses.items()}
    tokens = {image: [tokenize(text, tokenizer) for text in references[image]] for image in hypotheses}
    families = References(tokens, captions.values(), resources).families(captions)
    return scores_of_families(families, captions, tokenizer)


def scores_of_families(families, images, tokenizer):
    """The answer of `score_captions` from what `References.families` gave for these images."""
    own = photo_scores(families)
    lengths = families[0].rows.sum(axis=0)[-2:]
    return {"tokenizer": tokenizer, "images": len(families[0].rows),
            "hyp_len": int(lengths[0]), "ref_len": int(lengths[1]), "corpus": corpus_scores(families),
            "per_image": {image: {key: float(values[i]) for key, values in own.items()}
                          for i, image in enumerate(images)}}


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
    meteor = meteor_key(scores)
    lines += ["", f"{'METEOR' if meteor == 'meteor' else meteor:<24}{100 * corpus[meteor]:8.2f}  {MODULES[meteor]}",
              f"{'ROUGE-L':<24}{100 * corpus['rouge_l']:8.2f}  beta 1.2, as coco-caption",
              f"{'CIDEr-D':<24}{100 * corpus['cider_d']:8.2f}  what coco-caption prints as CIDEr; × 100, up to 1000",
              f"{'CIDEr':<24}{100 * corpus['cider']:8.2f}  plain: no clipping, no length penalty; × 100, up to 1000"]
    if scores["images"] == 1:
        lines.append("CIDEr of one photo alone is 0 by definition: no word is rarer than another.")
    if meteor != "meteor":
        lines.append("METEOR 1.5 proper needs the official data files: `minisat setup --help` says how.")
    return "\n".join(lines)


def meteor_key(scores):
    """Which METEOR `scores` hold: meteor, meteor_exact_stem_syn or meteor_exact_stem."""
    return next(key for key in MODULES if key in scores["corpus"])
