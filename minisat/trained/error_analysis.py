"""What `minisat evaluate` writes as analysis-SPLIT.html: the error analysis of captions, with their photos."""

import math

from minisat.evaluation import collapse, repeated
from minisat.evaluation.analysis import attention_by_class, confusions, places_looked_at, unsupported
from minisat.evaluation.word_classes import CLASSES
from minisat.plots import GalleryItem, Mistake, analysis_page
from minisat.trained.inputs import Seer
from minisat.training import caption_words

SHOWN = 24      # best and worst captions, each
MISTAKES = 4    # confusions of each class, those that are seen more than once
EXAMPLES = 3    # photos of each
MEASURE, SCALE, NAME = "cider_d", 10, "CIDEr-D × 10"


def write_analysis(captioner, photos, captions, scores, path):
    """Write the page; returns its figures, ready for JSON. captions: {name: Caption} of the `photos`.

    Photos that cannot be read are left blank: features may come from a store without them.
    """
    words = {name: captioner.words(caption) for name, caption in captions.items()}
    references = {photo.name: [caption_words(text, captioner.recipe) for text in photo.captions] for photo in photos}
    looks = attention_by_class((words[name], caption.alphas, caption.betas) for name, caption in captions.items())
    mistakes, named = confusions(words, references), unsupported(words, references)
    see = Seer(captioner, {photo.name: photo.path for photo in photos})
    rows = [Mistake(one.name, one.said, one.meant, len(one.images),
                    [(see(name), " ".join(words[name])) for name in one.images[:EXAMPLES]])
            for one in most_frequent(mistakes)]
    again = [(times, " ".join(caption)) for times, caption in repeated(words.values())]
    alphas = next(iter(captions.values())).alphas
    locations = None if alphas is None else {"count": alphas.shape[1], "entropy": math.log(alphas.shape[1])}
    cells = None if alphas is None else captioner.cells
    ranked = sorted(photos, key=lambda photo: -scores["per_image"][photo.name][MEASURE])
    shown = ranked if len(ranked) <= 2 * SHOWN else ranked[:SHOWN] + ranked[-SHOWN:]
    which = "all photos" if shown is ranked else f"the {SHOWN} best and the {SHOWN} worst"
    analysis_page(
        [_card(photo, words[photo.name], captions[photo.name], scores, see(photo.name), cells) for photo in shown],
        path,
        f"Error analysis: the captions of the {scores['split']} photos",
        f"{captioner.recipe.model}, run {captioner.folder}, {scores['images']} photos. Below the tables: {which} by "
        "their own CIDEr-D, each with its references and, where the captioner attends, how many places it looked at.",
        diversity={"n": len(words), "unique_captions": len(set(map(tuple, words.values()))), "repeated": again,
                   "collapsed": collapse(words.values()) is not None},
        unsupported=named, mistakes=rows, attention=looks, locations=locations)
    return {"in_no_reference": {name: {"said": said, "wrong": wrong} for name, (said, wrong) in named.items()},
            "confusions": [{"class": one.name, "said": one.said, "meant": one.meant, "photos": one.images}
                           for one in mistakes],
            "attention": looks}


def most_frequent(mistakes):
    """Of `confusions`, which come most frequent first, those to show, class by class."""
    often = [one for one in mistakes if len(one.images) > 1]
    return [one for name in CLASSES for one in [one for one in often if one.name == name][:MISTAKES]]


def _card(photo, words, caption, scores, image, cells):
    own = scores["per_image"][photo.name]
    figures = {NAME: SCALE * own[MEASURE], "BLEU-4": 100 * own["bleu_4"]}
    if caption.alphas is not None:
        figures["places looked at"] = places_looked_at(caption.alphas)
    return GalleryItem(photo.name, image, words, list(photo.captions), figures, caption.alphas, caption.betas,
                       cells)
