"""`minisat caption`: captions for your own photos, with where the captioner looked for each word."""

import math
from pathlib import Path

from minisat.cli.answer import Answer
from minisat.cli.exit_codes import DONE, MISTAKE
from minisat.cli.photo_files import find_photos, read_in_rounds
from minisat.cli.run_flags import add_run_flags, chosen_captioner, chosen_decoding
from minisat.errors import UserError
from minisat.files import try_folder
from minisat.trained import DECODED_TOGETHER

HELP = ("Caption photos: files, or all the photos in a folder. A photo that cannot be read is reported, and the rest "
        "goes on.")
EXAMPLE = "minisat caption runs/first holiday/ dog.jpg --attention figures"
JSON = "print a line of JSON for each photo, with every word's log p, beta and alpha"

ALTERNATIVES, WORTH_TELLING = 4, 0.01   # words, at most, and of which p
DECIDERS = 3  # neighbours that are told beneath a caption; --json has all


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("run_folder", metavar="RUN", help="folder of a trained run, or an exported run's file")
    parser.add_argument("images", metavar="IMAGE_OR_FOLDER", nargs="+", help="photos, or folders of photos")
    parser.add_argument("--attention", metavar="DIR",
                        help="draw each photo's attention, word by word, into DIR; nearly even attention hardly "
                             "changes the photo, and 2× in its corner says that the peak is twice an even share")
    parser.add_argument("--sure", action="store_true",
                        help="say how sure it was: p of the caption and of each word, and what else it might have said")
    add_run_flags(parser)


def run(arguments):
    """Caption all; exit code 2 when a photo or folder could not be read."""
    decoding = chosen_decoding(arguments)
    captioner = chosen_captioner(arguments)
    if arguments.attention and captioner.recipe.model == "show-and-tell":
        raise UserError(f"{arguments.run_folder} is a show-and-tell captioner: it has no attention to draw.")
    if arguments.attention:
        try_folder(arguments.attention)
    problems = []
    paths = find_photos(arguments.images, problems)
    names = figure_names(paths)
    for photos in read_in_rounds(paths, captioner.see, DECODED_TOGETHER, problems):
        for path, caption in zip(photos, spoken(captioner, photos, decoding, arguments.sure)):
            others = [f"\n  {number}. {text}" for number, (text, _) in enumerate(caption.n_best[1:], start=2)]
            found = caption.to_dict(path)
            yield Answer(found, f"{path}: {caption}{''.join(others)}"
                                f"{sureness(caption) if arguments.sure else ''}{deciders(found)}")
            if arguments.attention:
                caption.draw(Path(arguments.attention) / names[path])
    return Answer(code=MISTAKE if problems else DONE)


def spoken(captioner, photos, decoding, sure):
    """The PhotoCaptions of {path: photo}."""
    return captioner.caption_all(list(photos.values()), decoding, ALTERNATIVES if sure else 0)


def sureness(caption):
    """The lines that say how sure a PhotoCaption is: of all of it, and of each word, with what else it might be."""
    width = max(map(len, caption.words))
    mean = math.exp(caption.said[0].mean_logprob)
    lines = [f"\n  p {caption.probability:.2g} in all, {mean:.2f} a word (the geometric mean)"]
    for word, p, instead in zip(caption.words, caption.probabilities, caption.instead):
        others = ", ".join(f"{other} {100 * chance:.0f}" for other, chance in instead if chance >= WORTH_TELLING)
        lines.append(f"\n  {word:<{width}} {100 * p:3.0f} %  {others}".rstrip())
    return "".join(lines)


def deciders(found):
    """The neighbours that decided most, of a caption's dict, each with its likest caption; "" without consensus."""
    lines = [f"\n  {100 * near['share']:3.0f} %  {near['photo']}: {near['captions'][0]['caption']}"
             for near in found.get("neighbours", ())[:DECIDERS]]
    return "".join(lines)


def figure_names(paths):
    """{path: file name of its figure}: the photo's name, numbered where photos of two folders share one."""
    names, taken = {}, set()
    for path in paths:
        name, number = f"{path.stem}.png", 1
        while name in taken:
            number += 1
            name = f"{path.stem}-{number}.png"
        taken.add(name)
        names[path] = name
    return names
