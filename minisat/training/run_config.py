"""config.json of a run: what its entries may be, checked whenever a run is opened."""

from minisat.captioner import Recipe
from minisat.errors import UserError
from minisat.rules import Rule, check_entries
from minisat.vision.preprocess import check_preprocessing
from minisat.vision.store_header import LARGEST_SCALE

LARGEST = 10_000_000  # words, locations or features

_RULES = {
    "inputs": Rule(str, choices=("features", "photos")), "recipe": Rule(dict), "V": Rule(int, least=5, most=LARGEST),
    "L": Rule(int, least=1, most=LARGEST), "D": Rule(int, least=1, most=LARGEST),
    "feature_scale": Rule(float, above=0, most=LARGEST_SCALE), "encoder": Rule(str), "grid": Rule(str),
    "weights": Rule(str, none=True), "weights_hash": Rule(str, none=True), "preprocessing": Rule(dict),
    "features": Rule(str), "after": Rule(str), "tune": Rule(list, each=Rule(str)), "encoder_seed": Rule(int, least=0),
    "data": Rule(str), "captions_hash": Rule(str), "vocabulary_hash": Rule(str), "start": Rule(dict),
    "word_vectors": Rule(dict),
}
_SOMETIMES = ("L", "features", "after", "tune", "encoder_seed", "data", "captions_hash", "vocabulary_hash", "start",
              "word_vectors")
_START = {"run": Rule(str), "hash": Rule(str)}
_WORD_VECTORS = {"file": Rule(str), "hash": Rule(str), "found": Rule(int, least=0), "words": Rule(int, least=0),
                 "coverage": Rule(float, least=0)}


def check_config(config, file):
    """UserError naming `file` and the entry, unless `config` is what a training writes into config.json."""
    check_entries(config, _RULES, file, _SOMETIMES)
    check_preprocessing(config["preprocessing"], file)
    for name, rules in (("start", _START), ("word_vectors", _WORD_VECTORS)):
        if name in config:
            check_entries(config[name], rules, f"{file}, {name},")
    needed = "after" if config["inputs"] == "photos" else "features"
    if needed not in config and (config["inputs"] == "features" or "features" in config):
        raise UserError(f"{file} has no entry {needed!r}.")
    try:
        Recipe.from_dict(config["recipe"])
    except UserError as error:
        raise UserError(f"{file} is damaged. {error}") from error
