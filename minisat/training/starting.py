"""Where a new run's weights come from: drawn at random, a pretrained encoder's file, or where another run ended."""

from pathlib import Path

from minisat.captioner import PhotoCaptioner, Recipe
from minisat.errors import UserError
from minisat.training.loading import load_run
from minisat.training.run import Run
from minisat.vision import check_compatible, file_hash, load_weights

# What must be equal in both runs: what the captioner sees; what its weights mean, beyond their shapes, and the words.
SEEN = ("encoder", "grid", "weights_hash", "preprocessing")
KEPT = ("score", "cell", "image_every_step", "tokenizer", "repair_spelling")


def start_config(folder):
    """The part of config.json that says: the captioner begins as the best one of the run in `folder`."""
    return {"start": {"run": str(Path(folder).resolve()), "hash": file_hash(Run.open(folder).best)}}


def begin(model, config):
    """Give a fresh `model` the weights that its `config` names beside the random ones it has; returns it.

    UserError when a file is not the one that the run began with, or when the run to start from does not fit.
    """
    if isinstance(model, PhotoCaptioner) and config["weights"]:
        if file_hash(config["weights"]) != config["weights_hash"]:
            raise UserError(f"The weights {config['weights']} are not those that the run began with.")
        load_weights(model.encoder, config["weights"])
    if "start" in config:
        _take_over(model, config)
    return model


def _take_over(model, config):
    """Copy the weights of the run to start from: a captioner's, or an encoder's and a captioner's."""
    folder = config["start"]["run"]
    if file_hash(Run.open(folder).best) != config["start"]["hash"]:
        raise UserError(f"The run {folder} has gone on since this one began with its weights: start another.")
    other, _, seen = load_run(folder)
    check_compatible(config, {key: seen[key] for key in SEEN}, f"The run {folder}")
    theirs, ours = Recipe.from_dict(seen["recipe"]), Recipe.from_dict(config["recipe"])
    for name in KEPT:
        if getattr(theirs, name) != getattr(ours, name):
            raise UserError(f"The run {folder} has {name} = {getattr(theirs, name)}: a run that begins with it cannot "
                            f"have {getattr(ours, name)}.")
    if seen["inputs"] == "photos" and "features" in config:
        raise UserError(f"The run {folder} has trained its encoder, so no store holds what it sees: go on from the "
                        "photos, without --features.")
    part = model.captioner if seen["inputs"] == "features" and config["inputs"] == "photos" else model
    try:
        part.load_state_dict(other.state_dict())
    except UserError as error:
        raise UserError(f"The run {folder} is no start for this one. {error}") from error
