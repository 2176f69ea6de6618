"""`minisat data`: fetch a data set, see what is wrong with it and what it looks like."""

from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from minisat.cli import data_fetching
from minisat.cli.answer import Answer
from minisat.cli.data_fetching import checked
from minisat.cli.exit_codes import DONE, WRONG
from minisat.cli.parser import Action
from minisat.cli.setting_flags import COUNT
from minisat.data import read_dataset
from minisat.files import try_folder
from minisat.plots.data_figures import data_figures
from minisat.text import FUNCTION_WORDS, TOKENIZERS, Vocabulary, repair_spelling, tokenize, word_statistics

HELP = """Fetch a data set, and look at it before anything is trained on it.

A data set is a folder, and its format is recognised: Flickr8k's text files, Kaggle's captions.txt, Karpathy's
dataset_*.json, COCO's annotations, or photos with a CSV (columns image, caption and, if you like, split).
Where a folder holds two, name the caption file instead."""
EXAMPLE = "minisat data fetch flickr8k\n  minisat data check Flickr8k\n  minisat data stats Flickr8k --out statistics"


def check(arguments):
    """Look at it all; exit code 1 when something would spoil a training."""
    dataset = read_dataset(arguments.data)
    report = checked(dataset, decode=not arguments.fast)
    return Answer(report.to_dict(), str(report), DONE if report.ok else WRONG)


def stats(arguments):
    """Count and draw."""
    dataset = read_dataset(arguments.data)
    try_folder(arguments.out)
    dataset.split("train")  # without one there are no words to count
    repair = repair_spelling if arguments.repair_spelling else list
    captions = [(photo.split, repair(tokenize(caption, arguments.tokenizer)))
                for photo in dataset.photos for caption in photo.captions]
    training = [words for split, words in captions if split == "train"]
    vocabulary = Vocabulary.build(training, arguments.min_count)
    before = np.array([len(caption.split()) for photo in dataset.photos for caption in photo.captions])
    after = np.array([sum(word in vocabulary for word in words) for _, words in captions])
    words = word_statistics(training)
    sizes, unreadable = _image_sizes(dataset.photos)
    figures = data_figures(before, after, words, FUNCTION_WORDS, arguments.min_count, sizes, Path(arguments.out))
    result = {
        "data": str(dataset.root), "format": dataset.format, "splits": dataset.splits,
        "captions": len(captions), "median_length_before": float(np.median(before)),
        "median_length_after": float(np.median(after)), "longest_after": int(after.max()),
        "training_words": words.words, "different_training_words": len(words.counts), "vocabulary": len(vocabulary),
        "coverage": words.coverage(vocabulary), "most_frequent": dict(words.most_common(20)),
        "most_frequent_content": dict(words.most_common(20, FUNCTION_WORDS)),
        "image_sizes": {f"{width}x{height}": count for (width, height), count in Counter(sizes).most_common(10)},
        "photos_without_size": unreadable, "figures": [str(path) for path in figures]}
    splits = ", ".join(f"{split} {count}" for split, count in dataset.splits.items())
    return Answer(
        result,
        f"{dataset.root}: {dataset.format}, {len(dataset.photos)} photos ({splits}), {len(captions)} captions\n"
        f"  caption length  median {result['median_length_before']:g} words as written, "
        f"{result['median_length_after']:g} as the captioner reads them (longest {result['longest_after']})\n"
        f"  vocabulary      {len(vocabulary)} entries (four special) of {len(words.counts)} training words: "
        f"{100 * result['coverage']:.1f} % of all occurrences\n"
        f"  content words   {', '.join(list(result['most_frequent_content'])[:12])}\n"
        f"  image sizes     {', '.join(list(result['image_sizes'])[:5]) or 'no photo could be read'}"
        + (f" ({unreadable} photos could not be read)" if unreadable else "")
        + f"\n  figures         {', '.join(result['figures'])}")


def _image_sizes(photos):
    """([(width, height), …] in pixels, number of photos that could not be read), from the files' headers."""
    sizes = []
    for photo in photos:
        try:
            if photo.path.is_file():  # no pipe, which would wait for ever
                with Image.open(photo.path) as image:
                    sizes.append(image.size)
        except (OSError, SyntaxError, ValueError, UnidentifiedImageError, Image.DecompressionBombError):
            continue  # ValueError: a text in the file that would unpack to more than Pillow allows
    return sizes, len(photos) - len(sizes)


def _check_arguments(parser):
    parser.add_argument("--fast", action="store_true", help="do not decode the photos")
    _data_argument(parser)


def _stats_arguments(parser):
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for the figures")
    parser.add_argument("--tokenizer", default="simple", choices=sorted(TOKENIZERS), help="default: simple")
    parser.add_argument("--min-count", type=COUNT, default=5, metavar="N",
                        help="a word of the vocabulary occurs this often in the training captions (default 5)")
    parser.add_argument("--repair-spelling", action="store_true", help="repair known typos first")
    _data_argument(parser)


def _data_argument(parser):
    parser.add_argument("data", metavar="DATA", help="the data set: a folder, or its caption file")


ACTIONS = {
    "fetch": Action(
        data_fetching.run, data_fetching.add_arguments, "fetch Flickr8k or Karpathy's splits, after their terms",
        "minisat data fetch flickr8k", about=data_fetching.ABOUT),
    "check": Action(
        check, _check_arguments, "say what is wrong: missing or broken photos, overlapping splits, …",
        "minisat data check Flickr8k",
        about="Say in one screen what is wrong with a data set. Exit code 1 if something would spoil a training."),
    "stats": Action(
        stats, _stats_arguments, "draw caption lengths, frequent words, words per rank, image sizes",
        "minisat data stats Flickr8k --out statistics",
        about="Draw caption lengths before and after filtering, the most frequent words with and without function "
              "words, words per rank, and image sizes."),
}
