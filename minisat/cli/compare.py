"""`minisat compare`: is one captioner better than another on the same photos, and by how much?"""

from pathlib import Path

from minisat.cli.answer import Answer
from minisat.cli.setting_flags import COUNT, SEED, whole
from minisat.cli.shell import command
from minisat.errors import UserError
from minisat.evaluation import References, check_captions, compare, find_resources, photo_scores
from minisat.evaluation.bootstrap import ROUNDS
from minisat.files import read_json
from minisat.text import TOKENIZERS, tokenize

HELP = ("Compare the captions of two runs (or of any two captions files) of the same photos: both scores, their "
        "difference with its 95 % interval (paired bootstrap over photos), a p value (approximate randomisation), and "
        "the photos on which they differ most.")
EXAMPLE = "minisat compare runs/first runs/second --split dev"
JSON = "print it as JSON, every score and every photo"
SHOWN = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "rouge_l", "cider_d")
NAMES = {"rouge_l": "ROUGE-L", "cider_d": "CIDEr-D", "meteor": "METEOR"}


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("first", metavar="RUN", help="a run folder that `minisat evaluate` wrote into, or a JSON file "
                                                     '{"image": "caption", …}')
    parser.add_argument("second", metavar="RUN", help="the other one")
    parser.add_argument("--split", default="dev", metavar="NAME", help="captions-NAME.json of both runs (default dev)")
    parser.add_argument("--references", metavar="FILE", help='JSON file {"image": ["reference", …], …} (default: the '
                                                             "references-NAME.json of the runs)")
    parser.add_argument("--tokenizer", choices=sorted(TOKENIZERS), default="ptb",
                        help="how text is cut into words (default ptb)")
    parser.add_argument("--meteor", metavar="PLACE", help="METEOR 1.5's official files, as `minisat score` has it")
    parser.add_argument("--rounds", type=COUNT, default=ROUNDS, metavar="N",
                        help=f"resamples, and coin tosses for the p value (default {ROUNDS})")
    parser.add_argument("--seed", type=SEED, default=0, help="seed of both (default 0)")
    parser.add_argument("--photos", type=whole(0), default=3, metavar="N",
                        help="show N photos on which either is ahead by most (default 3)")


def run(arguments):
    """Compare and say."""
    captions = [read_json(captions_file(place, arguments.split)) for place in (arguments.first, arguments.second)]
    references = read_references(arguments)
    for one in captions:
        check_captions(one, references)
    first, second = both_families(*captions, references, arguments.tokenizer,
                                  find_resources(arguments.meteor))
    found = compare(first, second, arguments.rounds, arguments.seed)
    measure = "cider_d" if len(references) > 1 else "bleu_4"  # CIDEr of one photo is 0
    gains = photo_scores(second)[measure] - photo_scores(first)[measure]
    gains = {image: float(gain) for image, gain in zip(references, gains)}
    value = {"first": arguments.first, "second": arguments.second, "tokenizer": arguments.tokenizer,
             "images": len(references), "rounds": arguments.rounds, "seed": arguments.seed,
             "corpus": {key: one._asdict() for key, one in found.items()},
             "per_image": {"score": measure, "difference": gains}}
    return Answer(value, f"first:  {arguments.first}\nsecond: {arguments.second}\n{len(references)} photos, tokenizer "
                         f"{arguments.tokenizer}, {arguments.rounds} rounds, seed {arguments.seed}; scores × 100\n\n"
                         f"{table(found)}\n{furthest_apart(gains, captions, measure, arguments.photos)}")


def captions_file(place, split):
    """The captions of a run folder, or the file itself."""
    path = Path(place)
    if not path.is_dir():
        return path
    path = path / f"captions-{split}.json"
    if not path.is_file():
        raise UserError(f"There is no {path}: "
                        f"`{command('evaluate', place, 'DATA', '--split', split)}` makes it.")
    return path


def read_references(arguments):
    """The references that are named, or those beside the captions; UserError when the two runs have unlike ones."""
    if arguments.references:
        return read_json(arguments.references)
    found = []
    for place in (arguments.first, arguments.second):
        path = captions_file(place, arguments.split)
        beside = path.with_name(path.name.replace("captions", "references"))
        if beside != path and beside.is_file():
            found.append(read_json(beside))
    if not found:
        raise UserError("There are no references beside these captions: name them with --references FILE.")
    if found[0] != found[-1]:
        raise UserError("The references of the two differ: name those to compare by with --references FILE.")
    return found[0]


def both_families(first, second, references, tokenizer, resources):
    """The Families of both, over the same references."""
    tokens = [{image: tokenize(one[image], tokenizer) for image in references} for one in (first, second)]
    cut = {image: [tokenize(text, tokenizer) for text in texts] for image, texts in references.items()}
    ready = References(cut, [words for one in tokens for words in one.values()], resources)
    return [ready.families(one) for one in tokens]


def table(found):
    """A line for each score that papers report."""
    lines = [f"{'':<18}{'first':>8}{'second':>8}{'difference':>12}{'95 % interval':>20}{'p':>8}"]
    keys = [*SHOWN, *(key for key in found if key.startswith("meteor"))]
    for key in keys:
        one = found[key]
        name = NAMES.get(key) or (key.replace("bleu_", "BLEU-") if key.startswith("bleu") else key)
        interval = f"{100 * one.low:+.2f} to {100 * one.high:+.2f}"
        lines.append(f"{name:<18}{100 * one.first:8.2f}{100 * one.second:8.2f}{100 * one.difference:+12.2f}"
                     f"{interval:>20}{one.p_value:8.3f}")
    return "\n".join(lines)


def furthest_apart(gains, captions, measure, count):
    """The photos on which either is ahead by most."""
    lines = []
    ranked = sorted(gains, key=lambda image: -gains[image])
    for who, some in (("second", ranked[:count]), ("first", ranked[::-1][:count])):
        some = [image for image in some if (gains[image] > 0) == (who == "second") and gains[image]]
        if some:
            lines.append(f"\nThe {who} is ahead by most ({NAMES.get(measure, 'BLEU-4')} × 100):")
        for image in some:
            lines += [f"  {image}  {100 * gains[image]:+.1f}", f"    first:  {captions[0][image]}",
                      f"    second: {captions[1][image]}"]
    return "\n".join(lines)
