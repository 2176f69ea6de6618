"""`minisat serve`: a page on this machine that captions the photos you drop on it."""

import io
import threading
import webbrowser
from dataclasses import replace

from PIL import Image

from minisat.cli.page_server import LIMIT, PageServer
from minisat.cli.report_photos import photo_paths
from minisat.cli.run_flags import add_run_flags, chosen_captioner, chosen_decoding
from minisat.cli.setting_flags import whole
from minisat.plots.gallery import jpeg
from minisat.plots.own_photos import own_photos
from minisat.plots.page import policy
from minisat.text import SPECIALS
from minisat.trained import Decoding
from minisat.trained.inputs import Seer
from minisat.trained.neighbours import told
from minisat.vision import read_photo

HELP = ("Serve a page on which you drop your own photos, or take one, and see their captions appear: under the pointer "
        "or the finger, word by word, where the captioner looked. Only this machine can open it, and nothing is kept. "
        "Ctrl-C ends it.")
EXAMPLE = "minisat serve runs/first --open"

DECIDERS = 4      # neighbours shown, those with the largest share
THUMBNAIL = 96    # pixels of a neighbour's photo
INSTEAD = 4       # other words, shown at each
ALTERNATIVES = 5  # captions of a photo, unless --n-best says otherwise
SHOWN = 560       # pixels of a photo on the page, at most
PIXELS = 50_000_000  # of a photo: a small file can hold billions, and the next photo waits


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("run_folder", metavar="RUN", help="folder of a trained run, or an exported run's file")
    parser.add_argument("--port", type=whole(0, 65535), default=8000, metavar="N",
                        help="listen at this port of 127.0.0.1 (default 8000; 0: any that is free)")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    add_run_flags(parser)


def run(arguments):
    """Load, listen, answer until Ctrl-C."""
    with open_server(arguments) as server:
        yield f"Drop your photos at {server.address} (Ctrl-C ends it)."
        if arguments.open:
            threading.Thread(target=webbrowser.open, args=(server.address,), daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


def open_server(arguments):
    """The PageServer that the flags ask for, listening but not yet answering."""
    beam = ALTERNATIVES if getattr(arguments, "sample", False) else getattr(arguments, "beam", Decoding.beam)
    decoding, captioner = chosen_decoding(arguments, n_best=min(ALTERNATIVES, beam)), chosen_captioner(arguments)
    warm_up(captioner, decoding)
    see = Seer(captioner, photo_paths(captioner.config.data) if decoding.consensus else {})
    page = own_photos("Caption your photos", described(captioner, arguments.which, decoding), LIMIT)
    return PageServer(arguments.port, page, lambda data, name: answer(captioner, decoding, data, name, see),
                      policy("own_photos"))


def warm_up(captioner, decoding):
    """Caption a grey photo, so that what is missing is found now and the first answer is as fast as the rest."""
    captioner.caption_all([captioner.crop(Image.new("RGB", (64, 64), "grey"))], decoding)


def described(captioner, which, decoding):
    """What captions here, in a few sentences."""
    view, words = captioner.sight.view, len(captioner.vocabulary.words) - len(SPECIALS)
    return (f"{captioner.recipe.model}, run {captioner.folder}, {which} weights, {decoding.described()}. It sees the "
            f"middle square of a photo through {view.encoder} ({view.grid}) and knows {words:,} words.")


def answer(captioner, decoding, data, name, see):
    """The bytes of a photo → what the page shows of it (see plots/own_photos.py). UserError when they are no photo.

    `see(name)` is a training photo, or None.
    """
    photo = read_photo(io.BytesIO(data), name, PIXELS)
    caption, = captioner.caption_all([captioner.crop(photo)], decoding, INSTEAD)
    found = caption.to_dict(name)
    for which, entry in enumerate(found.get("n_best", ())):
        entry["words"] = caption.words_to_dicts(which)
        if caption.neighbours:
            entry["neighbours"] = told(caption.neighbours, which)
    for entry in (found, *found.get("n_best", ())):
        for near in entry.get("neighbours", ())[:DECIDERS]:
            near["picture"] = jpeg(picture, THUMBNAIL) if (picture := see(near["photo"])) else None
    found["grid"] = caption.cells
    preprocessing = captioner.sight.view.preprocessing
    size = max(preprocessing.size, min(SHOWN, *photo.size))
    found["photo"] = jpeg(replace(preprocessing, size=size).crop(photo), size)
    return found
