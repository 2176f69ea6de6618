"""From a run folder back to a captioner that works."""

from dataclasses import replace
from typing import NamedTuple

from minisat.captioner import Captioned, build_captioner
from minisat.errors import UserError
from minisat.text import Vocabulary
from minisat.training.checkpoint import load_checkpoint
from minisat.training.run import Run
from minisat.training.run_config import RunConfig
from minisat.vision import Sight


class LoadedRun(NamedTuple):
    """A trained captioner behind its sight, its words, and the run's config."""

    model: Captioned
    vocabulary: Vocabulary
    config: RunConfig


def build_model(config):
    """A fresh Captioned as `config` (RunConfig) describes it, its weights drawn by the recipe's seed."""
    recipe = config.recipe
    captioner = build_captioner(recipe, config.V, config.view.D, feature_scale=config.feature_scale)
    return Captioned(Sight.build(config.view, recipe.seed, config.batchnorm), captioner).astype(recipe.precision)


def load_run(folder, which="best", device="cpu"):
    """The captioner of the run in `folder`, ready to decode photos or stored features: LoadedRun.

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
    config = replace(run.config, view=run.config.view.whole)
    model = build_model(config)
    model.load_state_dict(tensors)
    return LoadedRun(model.to(device).eval(), run.vocabulary(), config)
