"""`minisat score`: scores of any captions, by this or any other program, from two JSON files."""

from minisat.cli.answer import Answer
from minisat.evaluation import describe, find_resources, score_captions
from minisat.files import read_json
from minisat.text import TOKENIZERS

HELP = ('Score captions {"image": "caption", …} against references {"image": ["reference", …], …}: BLEU-1..4 as '
        "coco-caption computes it, beside the textbook's, METEOR, ROUGE-L, CIDEr-D and plain CIDEr.")
EXAMPLE = "minisat score captions-dev.json references-dev.json"
JSON = "print every score, corpus and per image, on 0..1, as JSON"


def add_arguments(parser):
    """The verb's flags."""
    parser.add_argument("hypotheses", metavar="CAPTIONS", help='JSON file {"image": "caption", …}')
    parser.add_argument("references", metavar="REFERENCES", help='JSON file {"image": ["reference", …], …}')
    parser.add_argument("--tokenizer", default="ptb", choices=sorted(TOKENIZERS),
                        help="how text is cut into words: ptb as coco-caption does, simple (lower case, no "
                             "punctuation), none (at blanks); default ptb")
    parser.add_argument("--meteor", metavar="PLACE",
                        help="METEOR 1.5's official files: the jar, or a folder with it (default: MINISAT_METEOR, else "
                             "an installed pycocoevalcap; without them METEOR matches exact words and stems only)")


def run(arguments):
    """Score."""
    scores = score_captions(read_json(arguments.hypotheses), read_json(arguments.references), arguments.tokenizer,
                            find_resources(arguments.meteor))
    return Answer(scores, describe(scores))
