"""From a run folder back to a captioner that works."""

from dataclasses import replace
from typing import NamedTuple

from minisat.captioner import Captioned, build_captioner
from minisat.text import Vocabulary
from minisat.training.exported import ExportedRun, open_run
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
    """The captioner of the run in `folder`, or of the exported run in that file, ready to decode: LoadedRun.

    `which`: "best" (highest dev BLEU-4; the running average of the weights where the recipe keeps one) or "last" (the
    weights of the last checkpoint). The model is in evaluation mode on `device`. UserError when there is no
    such run or checkpoint, or when it is damaged.
    """
    run = open_run(folder)
    config = replace(run.config, view=run.config.view.whole)
    model = build_model(config)
    model.load_state_dict(run.weights(which))
    if isinstance(run, ExportedRun):
        model.sight.bring_eye(run.eye)
    return LoadedRun(model.to(device).eval(), run.vocabulary(), config)
