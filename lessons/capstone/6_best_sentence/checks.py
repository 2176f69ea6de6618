"""What stage 6 is checked on: BLEU and a beam equal to minisat's; then the gallery of the captioner of stage 5."""

from pathlib import Path

import numpy as np

from minisat.captioner.decoding import beam
from minisat.evaluation import corpus_bleu
from minisat.teaching.asking import agree, fixed, parts, wrong_unless
from minisat.teaching.handmade import Prefixes, kept, show_off
from minisat.teaching.toy_captioner import ToyPhotos

END, WIDTHS, LONGEST = 0, (1, 2, 3, 5), 20
PHOTOS, SHOWN = 6, 60


def cases(work):
    """Yield a sentence for each thing that is right."""
    yield from _bleu(work)
    yield from _beam(work)
    yield from _gallery(work)


def _bleu(work):
    told = [["a red ball left of a box".split(), "there is a red ball to the left of a box".split()],
            ["a blue cat".split()]]
    for said, what in (
            (("a red ball left of a box", "a blue cat"), "where every caption is one of its references"),
            (("a a a a a a a", "a blue cat"), "of the caption a a a a a a a: an n-gram counts no more often than one "
             "single reference has it"),
            (("a red ball", "a cat"), "where captions are too short, which costs e^(1 − r/c)"),
            (("there is a red ball to the left a box", "a blue cat"), "of a caption of 10 words with references of 7 "
             "and 11: the closest length is 11, and r = 11 + 3"),
            (("there is a red ball left of a box", "a blue cat"), "of a caption of 9 words with references of 7 and "
             "11: of two that are equally close the shorter counts, so r = 7 + 3"),
            (("a red ball left of a red red box", "a blue cat and a dog"), "where captions are too long, which costs "
             "nothing but precision"),
            (("the sky", "a blue cat"), "where a caption shares no word with its references: precisions are "
             "(matches + 1e-15) / (all + 1e-9)")):
        said = [caption.split() for caption in said]
        right = corpus_bleu(said, told).smoothed
        found = np.asarray(work.bleu(said, told), float)
        wrong_unless(found.shape == (4,), f"bleu is to return four numbers, BLEU-1 to BLEU-4, not {found!r}.")
        each = np.mean([corpus_bleu([one], [its]).smoothed for one, its in zip(said, told)], axis=0)
        if not np.allclose(found, right) and np.allclose(found, each):
            wrong_unless(False, "bleu is the mean over captions; count the matches of all captions first, and divide "
                         "once.")
        agree(f"bleu {what}:", found, right)
    yield "bleu: equal to minisat's"


def _beam(work):
    photos, rng = ToyPhotos(train=20, test=PHOTOS), np.random.default_rng(6)
    words = list(work.build_words(caption for told in photos.train.references for caption in told))
    p = work.new_parameters(len(words), seed=0)
    p = {name: np.asarray(array) + 0.5 * rng.standard_normal(np.shape(array)) for name, array in p.items()}
    p["b_o"] = p["b_o"] + 2.0 * (np.arange(len(words)) == END)  # so that captions end
    features = photos.test.features
    for width in WIDTHS:
        right = [best for best, in beam(Prefixes(work, p, len(words)), features, width, LONGEST)]
        for photo in range(PHOTOS):
            said, total = parts("beam", work.beam(fixed(features[photo]), p, words, width), 2)
            wanted = [words[i - 2] for i in right[photo].ids]
            again = "" if width > 1 else " A beam of 1 is describe: the likeliest word each time."
            wrong_unless(list(said) == wanted, f"With a width of {width}, beam says {' '.join(said)!r} of a photo; it "
                         f"should say {' '.join(wanted)!r}.{again}")
            agree(f"The log p that beam returns, <end> included, with a width of {width},", total, right[photo].logprob)
    yield f"beam: the same captions as minisat's, of widths {', '.join(map(str, WIDTHS))}"


def _gallery(work):
    folder = Path(work.__file__).parent
    if (trained := kept(folder)) is None:
        yield "(no gallery: minisat lesson check capstone-5 keeps a captioner to show)"
        return
    p, words = trained
    photos = ToyPhotos(train=1, test=SHOWN).test
    captions = [list(work.beam(features, p, words, 3)[0]) for features in photos.features]
    score = np.asarray(work.bleu(captions, photos.references), float)
    agree("bleu of the captions of your beam", score, corpus_bleu(captions, photos.references).smoothed)
    page = show_off(folder, work, photos, p, words, captions, score[3], Path(__file__).parents[1] / "solution.py")
    yield f"sixty scenes, their captions, and where it looked: open {page}"
