"""`minisat classify`: what a pretrained network sees in a photo, which tells whether its weights are right."""

import numpy as np

from minisat.backend import resolve_device, to_device, to_numpy
from minisat.cli.answer import Answer
from minisat.cli.exit_codes import DONE, MISTAKE
from minisat.cli.photo_files import find_photos, read_in_rounds
from minisat.cli.setting_flags import whole
from minisat.errors import UserError
from minisat.nn import log_softmax
from minisat.vision import ENCODERS, build, fast_inference, read_weights
from minisat.vision.imagenet import SOURCE, imagenet_classes
from minisat.vision.weights.recognition import classes, recognise

HELP = (f"Name what is in photos, with a network's pretrained classifier: if the names are plausible, its weights are "
        f"right. The 1,000 names of the classes come from {SOURCE}.")
EXAMPLE = "minisat classify dog.jpg holiday/ --encoder mobilenet_v2 --weights mobilenet_v2.safetensors"
JSON = "print a line of JSON for each photo"
SEEN_TOGETHER = 16  # photos


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("photos", metavar="PHOTO", nargs="+", help="photos, or folders of photos")
    parser.add_argument("--weights", required=True, metavar="FILE",
                        help="pretrained weights with their classifier (see `minisat weights list`)")
    parser.add_argument("--encoder", choices=[name for name in ENCODERS if not name.startswith("toy_cnn")],
                        help="the network; default: recognised by the weights")
    parser.add_argument("--top", type=whole(1, len(imagenet_classes())), default=5, metavar="K",
                        help="how many classes to print (default 5)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where to compute")


def run(arguments):
    """Classify all; exit code 2 when a photo or folder could not be read."""
    device = resolve_device(arguments.device)
    encoder = fast_inference(load_classifier(arguments.encoder, arguments.weights).to(device))
    problems = []
    paths = find_photos(arguments.photos, problems)
    for images in read_in_rounds(paths, encoder.preprocessing.load, SEEN_TOGETHER, problems):
        logits = encoder.logits(to_device(np.stack(list(images.values())), device))
        found = to_numpy(log_softmax(logits))
        if not np.isfinite(found).all():
            raise UserError(f"{arguments.weights} gives no finite numbers: these cannot be the right weights.")
        for path, row in zip(images, found):
            yield answer(encoder.name, path, np.exp(row), arguments.top)
    return Answer(text=f"Seen by {encoder.name}; the names of the classes come from {SOURCE}.",
                  code=MISTAKE if problems else DONE)


def load_classifier(name, path):
    """The network called `name`, or the one that the weights at `path` are recognised as, with its classifier.

    UserError when the file cannot be read, does not fit, or has no classifier.
    """
    state = read_weights(path)
    name = name or recognise(state)
    if name is None:
        raise UserError(f"{path} is not recognised as the weights of a network that is here: say which with --encoder.")
    if recognise(state) == name and classes(name, state) is None:
        raise UserError(f"{path} holds {name} without its classifier: it gives features, but can name nothing.")
    encoder = build(name, classifier=True, rng=0).eval()
    try:
        encoder.load_pretrained(state)
    except UserError as error:
        raise UserError(f"{path}: {error}") from error
    return encoder


def answer(network, path, probabilities, top):
    """The Answer with the `top` classes of one photo."""
    names = imagenet_classes()
    best = [int(k) for k in np.argsort(-probabilities, kind="stable")[:top]]
    entries = [{"class": k, "name": names[k], "probability": round(float(probabilities[k]), 6)} for k in best]
    return Answer({"image": str(path), "encoder": network, "names_from": SOURCE, "classes": entries},
                  "\n".join([str(path), *(f"  {100 * probabilities[k]:5.1f} %  {names[k]} ({k})" for k in best)]))
