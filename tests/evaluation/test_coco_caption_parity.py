"""Scores beside coco-caption's own code (pycocoevalcap), on captions made to be awkward."""

import numpy as np
import pytest

from minisat.evaluation import score_captions

pytestmark = pytest.mark.peer
WORDS = "a the dog dogs cat runs run on grass red , . <unk>".split()


def corpus(seed, images=60):
    """{image: caption}, {image: references}: short, long, empty, repeated and copied ones, cut at blanks."""
    rng = np.random.default_rng(seed)
    sentence = lambda most: " ".join(rng.choice(WORDS, rng.integers(1, most)))  # noqa: E731
    references = {str(i): [sentence(14) for _ in range(rng.integers(1, 6))] for i in range(images)}
    captions = {image: sentence(20) for image in references}
    captions |= {"0": "", "1": references["1"][0], "2": "dog " * 9 + "dog", "3": "a", "4": references["5"][0]}
    return captions, references


@pytest.mark.parametrize("seed", range(3))
def test_bleu_rouge_and_cider_d_equal_coco_captions(seed):
    """Of the corpus, and of each image (BLEU's are smoothed there): to 1e-9."""
    bleu, rouge, cider = (pytest.importorskip(f"pycocoevalcap.{name}.{name}") for name in ("bleu", "rouge", "cider"))
    captions, references = corpus(seed)
    ours = score_captions(captions, references, "none")
    given = references, {image: [text] for image, text in captions.items()}
    whole, each = bleu.Bleu(4).compute_score(*given, verbose=0)
    theirs = {f"bleu_{n}": (whole[n - 1], each[n - 1]) for n in (1, 2, 3, 4)}
    theirs |= {"rouge_l": rouge.Rouge().compute_score(*given), "cider_d": cider.Cider().compute_score(*given)}
    for key, (score, per_image) in theirs.items():
        assert ours["corpus"][key] == pytest.approx(score, abs=1e-9), key
        found = [ours["per_image"][image][key] for image in captions]
        np.testing.assert_allclose(found, per_image, rtol=0, atol=1e-9, err_msg=key)
