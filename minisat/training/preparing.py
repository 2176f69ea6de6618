"""From what a user says of a training to a Trainer: a new run, one that goes on, or one that begins as another."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from minisat.backend import resolve_device
from minisat.captioner import Recipe
from minisat.data import leaks, read_dataset
from minisat.errors import UserError, note
from minisat.text import vector_size
from minisat.training.assembly import assemble
from minisat.training.corpus import Corpus
from minisat.training.exported import open_run
from minisat.training.run import Run
from minisat.training.trainer import Trainer
from minisat.vision import View


class Prepared(NamedTuple):
    """A training that is ready to begin."""

    trainer: Trainer
    corpus: Corpus
    resumed: bool
    device: str


def prepare(data, folder, fields=None, *, resume=False, device="auto", features=None, encoder=None, grid=None,
            weights=None, tune=None, start=None, word_vectors=None, more_captions=None, **options):
    """The Prepared training on the data set at `data`, in the run folder `folder`.

    `fields` {name: value} of the recipe, over its defaults or those of the run `start`, whose captioner this one begins
    as; what is looked at is said as `choose_view` has it; `word_vectors`: a file that the embedding starts from;
    `more_captions`: one with further captions of training photos.
    `resume`: a run that is in `folder` goes on; nothing that it began with may be contradicted. `options` go to
    `assemble`. Photos that stand in two splits are noted. UserError for all that does not go together.
    """
    device, fields, old = resolve_device(device), fields or {}, None
    if Run.exists(folder):
        if not resume:
            raise UserError(f"{folder} already holds a run: add --resume to go on with it, or choose another folder.")
        old = Run.open(folder)
        with old.locked():  # better refused now than when all is read
            pass
    if start and word_vectors:
        raise UserError(f"--start brings the word vectors of {start}: leave --word-vectors out.")
    recipe = _recipe(fields, old, open_run(start) if start and not old else None)
    if word_vectors and not old and "embedding_size" not in fields:
        recipe = replace(recipe, embedding_size=vector_size(word_vectors))
    asked = {"features": features, "encoder": encoder, "grid": grid, "weights": weights, "tune": tune, "start": start}
    view, dataset = kept_view(old, **asked) if old else choose_view(**asked), read_dataset(data)
    for finding in leaks(dataset):
        note(f"{len(finding.names)} {finding.title}, so that scores flatter: {finding.examples} (minisat data check "
             "says more).")
    trainer, corpus = assemble(dataset, folder, recipe, view, start, word_vectors, more_captions, device=device,
                               **options)
    return Prepared(trainer, corpus, old is not None, device)


def _recipe(fields, old, begun):
    """The Recipe of `fields`, over that of the run to begin as; of a run to resume its own, if nothing contradicts."""
    recipe = Recipe.from_dict((begun.config.recipe.to_dict() if begun else {}) | fields)
    if not old:
        return recipe
    kept = old.config.recipe
    for name in fields:
        if getattr(recipe, name) != getattr(kept, name):
            raise UserError(f"The run has {name} = {getattr(kept, name)}: resuming cannot change it to "
                            f"{getattr(recipe, name)}.")
    return kept


def choose_view(features=None, encoder=None, grid=None, weights=None, tune=None, start=None):
    """The View of a new run. UserError when these do not go together, or say nothing.

    `features`: a feature store; `encoder`: by name, for the photos themselves, with `weights` (a file) and `grid`;
    `tune`: which of its blocks learn, as `tuned_blocks` reads it; `start`: a run to begin as, whose encoder, grid and
    weights are taken where none are named.
    """
    own = weights or grid
    seen = open_run(start).config.view if start else None
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
