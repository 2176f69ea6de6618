"""What `minisat evaluate` writes as gallery-SPLIT.html: the best and the worst captions, with where they looked."""

from minisat.plots import GalleryItem, gallery


def write_gallery(captioner, photos, captions, scores, path, limit):
    """The page of the `limit` best and the `limit` worst photos by their own BLEU-4."""
    own = scores["per_image"]
    ranked = sorted(photos, key=lambda photo: -own[photo.name]["bleu_4"])
    limit = max(limit, 1)
    shown = ranked if len(ranked) <= 2 * limit else ranked[:limit] + ranked[-limit:]
    items, has_attention = [], captions[shown[0].name].alphas is not None
    cells = captioner.cells if has_attention else None
    for photo in shown:
        caption = captions[photo.name]
        items.append(GalleryItem(
            photo.name, captioner.see(photo.path), captioner.words(caption), list(photo.captions),
            {f"BLEU-{n}": 100 * own[photo.name][f"bleu_{n}"] for n in (4, 3, 2, 1)}, caption.alphas, caption.betas,
            cells))
    corpus = " / ".join(f"{100 * scores['corpus'][f'bleu_{n}']:.1f}" for n in (1, 2, 3, 4))
    which = f"all {len(ranked)}" if shown is ranked else f"the {limit} best and the {limit} worst"
    looks = (" Point at a word, or tap it, to see where the captioner looked; tap a photo to play its caption. "
             "Nearly even attention hardly changes the photo; 2× says that the peak is twice an even share.")
    about = (f"{captioner.recipe.model}, run {captioner.folder}, {scores['weights']} weights, {scores['decoding']}. "
             f"BLEU-1 to 4 over {scores['images']} photos: {corpus} (× 100, tokenizer {scores['tokenizer']}). "
             f"Shown are {which} by their own BLEU-4.{looks if has_attention else ''}")
    gallery(items, path, f"Captions of the {scores['split']} photos", about)
