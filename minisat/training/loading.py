"""From a run folder back to a captioner that works."""

from typing import Any, NamedTuple

from minisat.captioner import PhotoCaptioner, Recipe, build_captioner
from minisat.errors import UserError
from minisat.text import Vocabulary
from minisat.training.checkpoint import load_checkpoint
from minisat.training.run import Run
from minisat.vision import build, tune, tuned_blocks


class LoadedRun(NamedTuple):
    """A trained captioner, its words, and the run's config.json as a dictionary."""

    model: Any
    vocabulary: Vocabulary
    config: dict


def build_model(config):
    """A fresh model of the kind that `config` (a run's config.json) describes, its weights drawn by the recipe's seed.

    A captioner on features, or where config["inputs"] is "photos" a PhotoCaptioner.
    """
    recipe = Recipe.from_dict(config["recipe"])
    captioner = build_captioner(recipe, config["V"], config["D"], feature_scale=config["feature_scale"])
    if config["inputs"] == "features":
        return captioner.astype(recipe.precision)
    encoder, grid = build(config["encoder"], rng=config.get("encoder_seed", recipe.seed)), config["grid"]
    batchnorm = recipe.encoder_batchnorm
    if batchnorm == "auto":
        batchnorm = "frozen" if config["weights"] or "start" in config else "live"
    tune(encoder, config["tune"] if "tune" in config else tuned_blocks(encoder, "all", grid), grid, batchnorm)
    return PhotoCaptioner(encoder, captioner, grid).astype(recipe.precision)


def load_run(folder, which="best", device="cpu"):
    """The captioner of the run in `folder`, ready to decode: LoadedRun(model, vocabulary, config).

    `which`: "best" (highest dev BLEU-4; the running average of the weights where the recipe keeps one) or "last" (the
    weights of the last checkpoint). The model is in evaluation mode on `device`. UserError when there is no
    such run or checkpoint, or when it is damaged.
    """
    run = Run.open(folder)
    if which not in ("best", "last"):
        raise UserError(f"A run has the weights best and last, not {which!r}.")
    path = getattr(run, which)
    if not path.exists() and which == "best":
        raise UserError(f"{folder} has no best.safetensors yet: its first epoch is not over.")
    tensors, _ = load_checkpoint(path)
    if which == "last":
        tensors = {name[len("model."):]: array for name, array in tensors.items() if name.startswith("model.")}
    model = build_model(run.config)
    model.load_state_dict(tensors)
    return LoadedRun(model.to(device).eval(), run.vocabulary(), run.config)
