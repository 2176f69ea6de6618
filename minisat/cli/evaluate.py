"""`minisat evaluate`: caption a split of a data set and score the captions against its references."""

import json
import sys
from pathlib import Path

from minisat.backend import to_device
from minisat.cli.captioning import PHOTOS, add_run_arguments, chosen_captioner
from minisat.cli.decoding_flags import add_decoding_flags, chosen_decoding
from minisat.cli.error_analysis import write_analysis
from minisat.cli.further_figures import (
    describe_diversity,
    describe_retrieval,
    diversity_figures,
    retrieval_figures,
)
from minisat.cli.progress import progress
from minisat.cli.scoring import nearest_captions, score_with_yardsticks, training_captions
from minisat.cli.setting_flags import COUNT, whole
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.evaluation import describe
from minisat.files import write_json
from minisat.plots import GalleryItem, gallery
from minisat.text import TOKENIZERS

HELP = ("Caption a split with a trained run and score the captions. Writes captions-SPLIT.json, references-SPLIT.json "
        "(the two files of `minisat score`), scores-SPLIT.json and analysis-SPLIT.html, a page of the best, the worst "
        "and the mistakes.")
EXAMPLE = "minisat evaluate runs/first Flickr8k --split dev --beam 5 --gallery"


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("run_folder", metavar="RUN", help="folder of a trained run")
    parser.add_argument("data", metavar="DATA", help="the data set (see `minisat data check`)")
    parser.add_argument("--split", default="dev", metavar="NAME", help="train, dev or test (default dev)")
    parser.add_argument("--features", metavar="STORE",
                        help="take features from this store (default: the run's own, else extract them)")
    parser.add_argument("--tokenizer", choices=sorted(TOKENIZERS),
                        help="how captions and references are cut into words for scoring (default: as the run's were)")
    parser.add_argument("--retrieval", type=whole(2), nargs="?", const=100, metavar="N",
                        help="find photos by caption and captions by photo among N photos of the split (default 100: "
                             "every pair is computed, some hundreds a second and core)")
    parser.add_argument("--no-yardsticks", action="store_true",
                        help="leave out what people and trivial captions reach (saves seconds)")
    parser.add_argument("--gallery", action="store_true", help="also write gallery-SPLIT.html")
    parser.add_argument("--limit", type=COUNT, default=100, metavar="N",
                        help="the gallery shows the N best and the N worst photos (default 100)")
    parser.add_argument("--out", metavar="DIR", help="folder for the files (default: the run's)")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")
    add_run_arguments(parser)
    add_decoding_flags(parser)


def run(arguments):
    """Caption, score, write, say."""
    decoding = chosen_decoding(arguments)
    captioner = chosen_captioner(arguments)
    dataset = read_dataset(arguments.data)
    photos, gather = choose_inputs(captioner, dataset.split(arguments.split), arguments)
    captions, said = {}, []
    with progress("captions", "photo", len(photos)) as display:
        for start in range(0, len(photos), PHOTOS):
            chunk = photos[start:start + PHOTOS]
            found = captioner.decode(gather(chunk), decoding)
            captions |= {photo.name: best for photo, (best, *_) in zip(chunk, found)}
            said += [[captioner.words(caption) for caption in of_photo] for of_photo in found]
            display.update_to(start + len(chunk))

    texts = {name: " ".join(captioner.words(caption)) for name, caption in captions.items()}
    references = {photo.name: list(photo.captions) for photo in photos}
    beside = not arguments.no_yardsticks
    nearest = nearest_captions(captioner, dataset, photos, arguments.features) if beside else None
    scores = score_with_yardsticks(texts, references, arguments.tokenizer or captioner.recipe.tokenizer,
                                   training_captions(dataset), nearest, beside)
    scores = {"run": str(arguments.run_folder), "weights": arguments.which, "split": arguments.split,
              "beam": decoding.beam, "decoding": decoding.described(), "ensemble": arguments.others, **scores,
              "diversity": diversity_figures(captioner, dataset, photos, said)}
    if arguments.retrieval is not None:
        scores["retrieval"] = retrieval_figures(captioner, photos, gather, arguments.retrieval)
    folder = Path(arguments.out or arguments.run_folder)
    files = {kind: folder / f"{kind}-{arguments.split}.json" for kind in ("captions", "references", "scores")}
    files["analysis"] = folder / f"analysis-{arguments.split}.html"
    scores["analysis"] = write_analysis(captioner, photos, captions, scores, files["analysis"])
    for path, value in zip(files.values(), (texts, references, scores)):
        write_json(path, value)
    tables = [describe(scores)]
    if scores["diversity"]:
        tables.append(describe_diversity(scores["diversity"]))
    if "retrieval" in scores:
        tables.append(describe_retrieval(scores["retrieval"]))
    print(json.dumps(scores, indent=1, ensure_ascii=False) if arguments.json else "\n\n".join(tables))
    if arguments.gallery:
        files["gallery"] = folder / f"gallery-{arguments.split}.html"
        write_gallery(captioner, photos, captions, scores, files["gallery"], arguments.limit)
    if not arguments.json:
        print("\n" + "\n".join(f"{kind}: {path}" for kind, path in files.items()))


def choose_inputs(captioner, photos, arguments):
    """(photos, gather): those that can be captioned, and the function from a list of them to the model's inputs.

    The store that --features names, or the run's own where it is still there and has these photos; with --weights,
    or without a store, the photos themselves. Photos that a store had to leave out are left out and reported.
    """
    if arguments.features and arguments.weights:
        raise UserError("Features come from a store (--features) or from an encoder (--weights), not from both.")

    def from_files(chunk):
        return captioner.inputs_of([captioner.see(photo.path) for photo in chunk])

    place = arguments.features or captioner.config.get("features")
    if not arguments.features and (captioner.from_photos or arguments.weights or not place):
        return photos, from_files
    try:
        store = captioner.open_store(place)
        kept = [photo for photo in photos if photo.name not in store.skipped]
        rows = dict(zip((photo.name for photo in kept), store.rows([photo.name for photo in kept])))
    except UserError as error:
        if arguments.features:
            raise
        print(f"Extracting features from the photos. {error}", file=sys.stderr)
        return photos, from_files
    if left_out := len(photos) - len(kept):
        print(f"{left_out} photos are left out: they could not be read when {place} was made.", file=sys.stderr)
    return kept, lambda chunk: to_device(store.gather([rows[photo.name] for photo in chunk]), captioner.device)


def write_gallery(captioner, photos, captions, scores, path, limit):
    """The page of the `limit` best and the `limit` worst photos by their own BLEU-4."""
    own = scores["per_image"]
    ranked = sorted(photos, key=lambda photo: -own[photo.name]["bleu_4"])
    shown = ranked if len(ranked) <= 2 * limit else ranked[:limit] + ranked[-limit:]
    items = []
    for photo in shown:
        caption = captions[photo.name]
        items.append(GalleryItem(
            photo.name, captioner.see(photo.path), captioner.words(caption), list(photo.captions),
            {f"BLEU-{n}": 100 * own[photo.name][f"bleu_{n}"] for n in (4, 3, 2, 1)}, caption.alphas, caption.betas))
    corpus = " / ".join(f"{100 * scores['corpus'][f'bleu_{n}']:.1f}" for n in (1, 2, 3, 4))
    which = f"all {len(ranked)}" if shown is ranked else f"the {limit} best and the {limit} worst"
    looks = (" Point at a word, or tap it, to see where the captioner looked; tap a photo to play its caption. "
             "Nearly even attention hardly changes the photo; 2× says that the peak is twice an even share.")
    has_attention = captions[shown[0].name].alphas is not None
    about = (f"{captioner.recipe.model}, run {captioner.folder}, {scores['weights']} weights, {scores['decoding']}. "
             f"BLEU-1 to 4 over {scores['images']} photos: {corpus} (× 100, tokenizer {scores['tokenizer']}). "
             f"Shown are {which} by their own BLEU-4.{looks if has_attention else ''}")
    gallery(items, path, f"Captions of the {scores['split']} photos", about)
