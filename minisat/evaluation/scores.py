"""Scores of any captions against references: the one function behind `score`, `evaluate` and training."""

from minisat.errors import UserError
from minisat.evaluation.bleu import ORDERS
from minisat.evaluation.corpus import References, corpus_scores, photo_scores
from minisat.evaluation.meteor import OWN
from minisat.text import tokenize
from minisat.text.tokenize import LETTERS, WORDS, is_overlong

MODULES = {"meteor": "all matches", "meteor_exact_stem_syn": "exact, stem and synonym matches only",
           "meteor_exact_stem": "exact and stem matches only, by minisat's own list of function words"}
WIDTH = 36  # of the table's first column


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
    for texts in ({image: [text] for image, text in hypotheses.items()}, references):
        if long := [image for image, own in texts.items() if any(map(is_overlong, own))]:
            raise UserError(f"A text of {long[0]!r:.100} is too long for a caption: at most {WORDS} words and "
                            f"{LETTERS:,} letters are compared.")
    if not hypotheses and not references:
        raise UserError("There is nothing to score: no captions and no references.")
    for ours, theirs, what in ((hypotheses, references, "references"), (references, hypotheses, "a caption")):
        if missing := [image for image in ours if image not in theirs]:
            raise UserError(f"The captions and the references are of different images: {len(missing)} without {what}, "
                            f"such as {missing[0]!r}.")


def describe(scores):
    """The corpus scores of `score_captions` as text: scale, tokenizer and definitions named.

    Where `scores` have `intervals` and `yardsticks`, these stand in a table beside the captions.
    """
    corpus, photos = scores["corpus"], f"{scores['images']} photo{'s' * (scores['images'] != 1)}"
    meteor = meteor_key(scores)
    lines = [f"{photos}, tokenizer {scores['tokenizer']}, {scores['hyp_len']} words in captions, "
             f"{scores['ref_len']} in the closest references; scores × 100", ""]
    keys = [*(f"bleu_{n}" for n in range(1, ORDERS + 1)), meteor, "rouge_l", "cider_d"]
    names = [*(f"BLEU-{n}" for n in range(1, ORDERS + 1)), "METEOR" if meteor == "meteor" else "METEOR*", "ROUGE-L",
             "CIDEr-D"]
    width = max(WIDTH, *map(len, scores.get("yardsticks", ("",))))

    def row(title, values):
        return f"{title:<{width}}" + "".join(f"{value:>9}" for value in values)

    lines += [row("", names), row("these captions", [f"{100 * corpus[key]:.1f}" for key in keys])]
    if "intervals" in scores:
        spans = [scores["intervals"][key] for key in keys]
        lines += [row("  from (95 %, bootstrap over photos)", [f"{100 * low:.1f}" for low, _ in spans]),
                  row("  to", [f"{100 * high:.1f}" for _, high in spans])]
    lines += [row(title, [f"{100 * values[key]:.1f}" for key in keys])
              for title, values in scores.get("yardsticks", {}).items()]
    lines += ["", row("", names[:ORDERS])]
    for title, key in (("BLEU, textbook: unsmoothed", "bleu_{}_plain"), ("BLEU, no brevity penalty", "bleu_{}_no_bp")):
        lines.append(row(title, [f"{100 * corpus[key.format(n)]:.1f}" for n in range(1, ORDERS + 1)]))
    lines += [f"CIDEr, plain (no clipping, no length penalty): {100 * corpus['cider']:.1f}", "",
              "BLEU (closest reference length, smoothed by 1e-9) and ROUGE-L (beta 1.2) as coco-caption computes them; "
              "CIDEr-D is what it prints as CIDEr (sigma 6; here × 100, up to 1000)."]
    if scores["images"] == 1:
        lines.append("CIDEr of one photo alone is 0 by definition: no word is rarer than another.")
    lines.append("METEOR is METEOR 1.5 (exact, stem, synonym, paraphrase; English, normalised)." if meteor == "meteor"
                 else f"METEOR* is no METEOR 1.5 but {meteor}: {MODULES[meteor]}; the rest needs the official data "
                      "(`minisat setup --help`).")
    return "\n".join(lines)


def meteor_key(scores):
    """Which METEOR `scores` hold: meteor, meteor_exact_stem_syn or meteor_exact_stem."""
    return next(key for key in MODULES if key in scores["corpus"])
