"""Where a new run's weights come from: drawn at random, a pretrained encoder's file, or where another run ended."""

from minisat.errors import UserError
from minisat.training.exported import open_run
from minisat.training.loading import load_run
from minisat.training.run_config import Origin
from minisat.vision import file_hash

# What must be equal in both recipes: what the weights mean, beyond their shapes, and the words.
KEPT = ("score", "attention_function", "normalised_places", "cell", "image_every_step", "tokenizer", "repair_spelling")


def origin_of(run):
    """The Origin that says: the captioner begins as the best one of `run`."""
    return Origin(str(run.folder.resolve()), file_hash(run.best))


def begin(model, config):
    """Give a fresh `model` the weights that its `config` names beside the random ones it has.

    UserError when a file is not the one that the run began with, or when the run to start from does not fit.
    """
    model.sight.begin()
    if config.start:
        _take_over(model, config)


def _take_over(model, config):
    """Copy the weights of the run to start from: a captioner's, or an encoder's and a captioner's."""
    folder = config.start.run
    if file_hash(open_run(folder).best) != config.start.hash:
        raise UserError(f"The run {folder} has gone on since this one began with its weights: start another.")
    other, _, theirs = load_run(folder)
    config.view.check_alike(theirs.view, f"The run {folder}")
    for name in KEPT:
        if getattr(theirs.recipe, name) != getattr(config.recipe, name):
            raise UserError(f"The run {folder} has {name} = {getattr(theirs.recipe, name)}: a run that begins with it "
                            f"cannot have {getattr(config.recipe, name)}.")
    if not theirs.view.complete and config.view.store:
        raise UserError(f"The run {folder} has trained its encoder, so no store holds what it sees: go on from the "
                        "photos, without --features.")
    ours, other = (model.captioner, other.captioner) if theirs.view.complete else (model, other)
    try:
        ours.load_state_dict(other.state_dict())
    except UserError as error:
        raise UserError(f"The run {folder} is no start for this one. {error}") from error
