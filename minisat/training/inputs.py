"""What a training looks at: a View from what a user says of stores, encoders, blocks and a run to begin as."""

from dataclasses import replace
from pathlib import Path

from minisat.errors import UserError
from minisat.training.run import Run
from minisat.vision import View


def choose_view(features=None, encoder=None, grid=None, weights=None, tune=None, start=None):
    """The View of a new run. UserError when these do not go together, or say nothing.

    `features`: a feature store; `encoder`: by name, for the photos themselves, with `weights` (a file) and `grid`;
    `tune`: which of its blocks learn, as `tuned_blocks` reads it; `start`: a run to begin as, whose encoder, grid and
    weights are taken where none are named.
    """
    own = weights or grid
    seen = Run.open(start).config.view if start else None
    if seen and encoder in (None, seen.encoder):  # another encoder will be refused: it is not asked for more
        grid, weights = grid or seen.grid, weights or seen.weights
        encoder = encoder or (seen.encoder if tune and not features else None)
    if features and tune:
        return View.behind_store(features, tune, grid, weights)
    if encoder:
        return View.of_photos(encoder, grid, weights, tune or "all")
    if own or (tune and not features):
        raise UserError("--weights, --grid and --tune go with --encoder, or with --features and --tune; a feature "
                        "store has its own grid.")
    if features:
        return View.of_store(features)
    raise UserError("Say what to train on: --features STORE, or --encoder NAME for the photos themselves.")


def kept_view(run, features=None, encoder=None, grid=None, weights=None, tune=None, start=None):
    """The View of `run`, which is resumed: only its store may have moved. UserError where anything else differs."""
    view, folder = run.config.view, run.folder
    if encoder and view.complete or features and not view.store:
        raise UserError(f"The run in {folder} learns from {'features' if view.complete else 'photos'}: resuming cannot "
                        "change that.")
    if start and str(Path(start).resolve()) != (run.config.start and run.config.start.run):
        raise UserError(f"The run in {folder} did not begin with {start}: resuming cannot change that.")
    if not view.complete and (encoder or grid or weights or tune):
        wanted = View.of_photos(encoder or view.encoder, grid or view.grid, weights or view.weights, tune or "all")
        for name in ("encoder", "grid", "weights_hash", *(["tune"] if tune else [])):
            ours, theirs = getattr(view, name), getattr(wanted, name)
            if ours != theirs:
                raise UserError(f"The run in {folder} has {name} = {_plain(ours)}: resuming cannot change it to "
                                f"{_plain(theirs)}.")
    return replace(view, store=str(Path(features).resolve())) if features else view


def _plain(value):
    return list(value) if isinstance(value, tuple) else value
