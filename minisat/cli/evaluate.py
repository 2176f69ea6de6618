"""`minisat evaluate`: caption a split of a data set and score the captions against its references."""

from pathlib import Path

from minisat.cli.answer import Answer
from minisat.cli.browser import add_open_flag, show
from minisat.cli.progress import progress
from minisat.cli.run_flags import add_run_flags, chosen_captioner, chosen_decoding
from minisat.cli.setting_flags import COUNT, whole
from minisat.data import read_dataset
from minisat.evaluation import describe
from minisat.files import try_folder
from minisat.text import TOKENIZERS
from minisat.trained import evaluate
from minisat.trained.boxes import describe_boxes
from minisat.trained.further_metrics import describe_diversity, describe_retrieval
from minisat.trained.looks import describe_looks, describe_occlusion
from minisat.trained.sureness import describe_sureness

HELP = ("Caption a split with a trained run and score the captions. Writes captions-SPLIT.json, references-SPLIT.json "
        "(the two files of `minisat score`), scores-SPLIT.json, analysis-SPLIT.html, a page of the best, the worst "
        "and the mistakes, and reliability-SPLIT.svg: how far its probabilities are to be believed.")
EXAMPLE = "minisat evaluate runs/first Flickr8k --split dev --beam 5 --gallery"
JSON = "print the scores as JSON"


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("run_folder", metavar="RUN", help="folder of a trained run, or an exported run's file")
    parser.add_argument("data", metavar="DATA", help="the data set (see `minisat data check`)")
    parser.add_argument("--split", default="dev", metavar="NAME", help="train, dev or test (default dev)")
    parser.add_argument("--features", metavar="STORE",
                        help="take features from this store (default: the run's own, else extract them)")
    parser.add_argument("--tokenizer", choices=sorted(TOKENIZERS),
                        help="how captions and references are cut into words for scoring (default: as the run's were)")
    parser.add_argument("--retrieval", type=whole(2), nargs="?", const=100, metavar="N",
                        help="find photos by caption and captions by photo among N photos of the split (default 100: "
                             "every pair is computed, some hundreds a second and core, by Show and Tell two thousand)")
    parser.add_argument("--occlusion", type=COUNT, nargs="?", const=200, metavar="N",
                        help="do words hang on the places looked at? In N photos of the split (default 200, one or two "
                             "minutes) each place is set to zero, and log p of each word of the caption watched")
    parser.add_argument("--boxes", metavar="PLACE",
                        help="hold looks against the boxes of Flickr30k Entities: your copy of its annotations.zip, or "
                             "the folder with what is in it; it annotates Flickr8k's photos too")
    parser.add_argument("--no-yardsticks", action="store_true",
                        help="leave out what people and trivial captions reach (saves seconds)")
    parser.add_argument("--gallery", action="store_true", help="also write gallery-SPLIT.html")
    add_open_flag(parser, "the gallery, or without one the analysis,")
    parser.add_argument("--limit", type=COUNT, default=100, metavar="N",
                        help="the gallery shows the N best and the N worst photos (default 100)")
    parser.add_argument("--out", metavar="DIR",
                        help="folder for the files (default: the run's, or one named like the file)")
    add_run_flags(parser)


def beside(run):
    """Where files about a run go: its folder; of an exported run a folder of its name, without the ending."""
    return Path(run).with_suffix("") if Path(run).is_file() else run


def run(arguments):
    """Caption, score, write, say."""
    decoding, captioner = chosen_decoding(arguments), chosen_captioner(arguments)
    out = arguments.out or beside(arguments.run_folder)
    try_folder(out)
    found = evaluate(captioner, read_dataset(arguments.data), arguments.split, decoding, arguments.features,
                     tokenizer=arguments.tokenizer, yardsticks=not arguments.no_yardsticks,
                     retrieval=arguments.retrieval, occlusion=arguments.occlusion, boxes=arguments.boxes,
                     progress=progress)
    files = found.write(out, arguments.limit if arguments.gallery else None)
    tables = [describe(found.scores)]
    if found.scores["diversity"]:
        tables.append(describe_diversity(found.scores["diversity"]))
    tables.append(describe_sureness(found.scores["sureness"]))
    tables += [say(found.scores[key]) for key, say in (("looks", describe_looks), ("occlusion", describe_occlusion),
                                                       ("boxes", describe_boxes), ("retrieval", describe_retrieval))
               if key in found.scores]
    tables.append("\n".join(f"{kind}: {path}" for kind, path in files.items()))
    if arguments.open:
        tables.append(show(files.get("gallery", files["analysis"])))
    return Answer(found.scores, "\n\n".join(tables))
