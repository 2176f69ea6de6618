"""From a data set, a recipe and what to look at, to a Trainer in its run folder, new or resumed."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from minisat.captioner import PretrainedWords, Through, build_objective
from minisat.captioner.cuda import CudaTeacherForcing
from minisat.data.more_captions import with_more_captions
from minisat.errors import UserError
from minisat.room import check_room
from minisat.text import word_statistics
from minisat.training.corpus import Corpus
from minisat.training.exported import open_run
from minisat.training.loading import build_model
from minisat.training.needs import needs
from minisat.training.resident import Resident, fits
from minisat.training.run import Run
from minisat.training.run_config import RunConfig, WordVectors
from minisat.training.starting import begin, origin_of
from minisat.training.trainer import Trainer
from minisat.vision import Sight, file_hash

SCALE_PHOTOS = 64  # training photos on which the scale of a pretrained encoder's features is measured


def assemble(dataset, folder, recipe, view, start=None, word_vectors=None, more_captions=None, change=None, **options):
    """(Trainer, Corpus) for a Dataset and a run folder; `options` go to the Trainer.

    `view`: what the captioner sees (View). `start`: the folder of a run whose captioner this one begins as.
    `word_vectors`: a file whose vectors a new run's embedding starts from; `more_captions`: a file of further captions
    of training photos; a run remembers where it is. `change(objective) → objective` may put other layers into the
    training objective. A run that is in `folder` already is resumed, otherwise one is made there, when all else is
    ready. UserError when the features, the captions or the weights and word vectors to begin with are not those that
    the run began with.
    """
    old = Run.open(folder) if Run.exists(folder) else None
    if recipe.objective == "self-critical" and not (start or old):
        raise UserError("Self-critical training goes on from a run that has learnt from people's captions: "
                        "say which with --start RUN.")
    begun = open_run(start) if start and not old else None
    train, dev = dataset.split("train"), dataset.split("dev") if "dev" in dataset.splits else []
    if more_captions := more_captions or (old and old.config.more_captions):
        train = with_more_captions(train, more_captions)
    store = view.open_store(f"The run in {folder}")
    if store:
        train, dev = ([photo for photo in photos if photo.name not in store.skipped] for photos in (train, dev))
    earlier = old or begun
    corpus = Corpus.build(train, dev, recipe, earlier and earlier.vocabulary())
    if old and old.config.captions_hash != corpus.fingerprint:
        further = f" and {more_captions}" if more_captions else ""
        raise UserError(f"The captions in {dataset.root}{further} are not those that the run in {folder} learns from.")
    words = _pretrained_words(word_vectors, old, corpus, recipe)

    split = len(corpus.train)
    gather, rows = view.inputs([*corpus.train, *corpus.dev], store)
    if old:
        config = replace(old.config, view=view)
    else:
        if begun and begun.config.view.complete and not view.complete:
            view = replace(view, encoder_seed=0)  # without weights it is the encoder that `minisat features` draws
        config = RunConfig(
            view, recipe, len(corpus.vocabulary), _scale(view, store, begun, gather, rows[:split]),
            str(Path(dataset.root).resolve()), corpus.fingerprint, start=begun and origin_of(begun),
            word_vectors=words and WordVectors(str(Path(word_vectors).resolve()), file_hash(word_vectors),
                                               **words.facts(corpus.vocabulary)),
            more_captions=more_captions and str(Path(more_captions).resolve()))
    needed = needs(recipe, config.V, view.L, view.D, split)
    check_room("This training", folder, needed.disk, needed.memory if options.get("device", "cpu") == "cpu" else 0)
    model = build_model(config)
    if not (old and old.last.exists()):
        begin(model, config)
    if words:
        words.copy_into(model.captioner.embedding.W.data, corpus.vocabulary)
    model = model.to(options.get("device", "cpu"))
    objective = build_objective(recipe, model.captioner, input_gradient=bool(model.sight.parameters()))
    objective = Through(model.sight, objective).to(options.get("device", "cpu"))  # REINFORCE's baseline is its own
    resident = (view.complete and isinstance(objective.objective, CudaTeacherForcing)
                and fits(store.features, needed.memory))
    if change is not None:
        objective = change(objective)
    run = old or Run.create(folder, config, corpus.vocabulary)
    inputs = Resident(store.features) if resident else lambda rows: gather(rows).astype(recipe.precision, copy=False)
    trainer = Trainer(run, model, objective, recipe, corpus.vocabulary,
                      corpus.batches(rows[:split], recipe), inputs,
                      corpus.dev_set(rows[split:], recipe.batch_size), **options)
    return trainer, corpus


def _scale(view, store, begun, gather, rows):
    """What the captioner divides its features by, their root mean square over training photos.

    That of the run to begin as; that of a store of these features; or measured on some photos, through a pretrained
    encoder. 1 for an untrained one.
    """
    if begun:
        return begun.config.feature_scale
    if view.complete:
        return store.scale
    if not view.weights:
        return 1.0
    sight = Sight.build(view, 0, "frozen").eval()
    sight.begin()
    some = rows[np.linspace(0, len(rows) - 1, min(len(rows), SCALE_PHOTOS)).astype(np.int64)]
    return float(np.sqrt(np.mean([np.square(sight(gather(row[None]))).mean() for row in some])))


def _pretrained_words(path, old, corpus, recipe):
    """The PretrainedWords that the embedding starts from, None where there are none.

    They come from the file at `path` for a new run; an old one needs those that it began with until it has a
    checkpoint, which holds them. UserError when the file is not the one that it began with.
    """
    if old:
        began = old.config.word_vectors
        path = path or (None if old.last.exists() or began is None else began.file)
        if path and (began is None or file_hash(path) != began.hash):
            raise UserError(f"The word vectors {path} are not those that the run began with.")
        if old.last.exists():
            return None
    if not path:
        return None
    statistics = word_statistics(words for captions in corpus.train_words for words in captions)
    return PretrainedWords.read(path, corpus.vocabulary, recipe.embedding_size, statistics)
