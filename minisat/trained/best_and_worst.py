"""What `minisat evaluate` writes as gallery-SPLIT.html: the best and the worst captions, with where they looked."""

from minisat.plots import GalleryItem, NearPhoto, gallery
from minisat.trained.inputs import Seer
from minisat.trained.neighbours import told

DECIDERS = 3  # neighbours shown, those with the largest share


def write_gallery(captioner, photos, captions, scores, path, limit, neighbours, training):
    """The page of the `limit` best and the `limit` worst photos by their own BLEU-4.

    `neighbours` {photo name: Neighbours}: who decided by consensus; `training` {name: path}: where their photos are.
    """
    own = scores["per_image"]
    ranked = sorted(photos, key=lambda photo: -own[photo.name]["bleu_4"])
    limit = max(limit, 1)
    shown = ranked if len(ranked) <= 2 * limit else ranked[:limit] + ranked[-limit:]
    items, has_attention = [], captions[shown[0].name].alphas is not None
    cells = captioner.cells if has_attention else None
    see = Seer(captioner, training)
    for photo in shown:
        caption = captions[photo.name]
        items.append(GalleryItem(
            photo.name, captioner.see(photo.path), captioner.words(caption), list(photo.captions),
            {f"BLEU-{n}": 100 * own[photo.name][f"bleu_{n}"] for n in (4, 3, 2, 1)}, caption.alphas, caption.betas,
            cells, tuple(NearPhoto(near["photo"], see(near["photo"]), near["share"],
                                   [said["caption"] for said in near["captions"]])
                         for near in told(neighbours[photo.name])[:DECIDERS])))
    corpus = " / ".join(f"{100 * scores['corpus'][f'bleu_{n}']:.1f}" for n in (1, 2, 3, 4))
    which = f"all {len(ranked)}" if shown is ranked else f"the {limit} best and the {limit} worst"
    looks = (" Point at a word, or tap it, to see where the captioner looked; tap a photo to play its caption. "
             "Nearly even attention hardly changes the photo; 2× says that the peak is twice an even share.")
    decided = (" What decided: the training photos with the largest share in the choice of the caption, and what "
               "people said of them, most like it first.") if any(neighbours.values()) else ""
    about = (f"{captioner.recipe.model}, run {captioner.folder}, {scores['weights']} weights, {scores['decoding']}. "
             f"BLEU-1 to 4 over {scores['images']} photos: {corpus} (× 100, tokenizer {scores['tokenizer']}). "
             f"Shown are {which} by their own BLEU-4."
             f"{looks if has_attention else ''}{decided}")
    gallery(items, path, f"Captions of the {scores['split']} photos", about)
