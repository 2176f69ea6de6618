"""From a data set, a recipe and what to look at, to a Trainer in its run folder, new or resumed."""

from pathlib import Path

import numpy as np

from minisat.captioner import PhotoCaptioner, PhotoObjective, PretrainedWords, build_objective
from minisat.errors import UserError
from minisat.room import check_room
from minisat.text import word_statistics
from minisat.training.corpus import Corpus
from minisat.training.inputs import needed_of_stores
from minisat.training.loading import build_model
from minisat.training.needs import needs
from minisat.training.photo_inputs import PhotoInputs
from minisat.training.run import Run
from minisat.training.starting import begin
from minisat.training.trainer import Trainer
from minisat.vision import FeatureStore, Preprocessing, build, file_hash, load_weights

SCALE_PHOTOS = 64  # training photos on which the scale of a pretrained encoder's features is measured


def assemble(dataset, folder, recipe, inputs, word_vectors=None, **options):
    """(Trainer, Corpus) for a Dataset and a run folder; `options` go to the Trainer.

    `inputs` comes from `features_config`, `photos_config` or `rest_config`, and from `start_config` where the captioner
    begins as another run's; or it is the config of the run that is resumed. `word_vectors`: a file whose vectors
    a new run's embedding starts from. A run that is in `folder` already is resumed, otherwise one is made there, when
    all else is ready. UserError when the features, the captions or the weights and word vectors to begin with
    are not those that the run began with.
    """
    if recipe.objective == "self-critical" and "start" not in inputs:
        raise UserError("Self-critical training goes on from a run that has learnt from people's captions: "
                        "say which with --start RUN.")
    old = Run.open(folder) if Run.exists(folder) else None
    start = Run.open(inputs["start"]["run"]) if "start" in inputs and not old else None
    train, dev = dataset.split("train"), dataset.split("dev") if "dev" in dataset.splits else []
    store = FeatureStore.open(inputs["features"]) if "features" in inputs else None
    if store:
        if old:
            store.check_compatible(needed_of_stores(old.config), f"The run in {folder}")
        train, dev = ([photo for photo in photos if photo.name not in store.skipped] for photos in (train, dev))
    earlier = old or start
    corpus = Corpus.build(train, dev, recipe, earlier and earlier.vocabulary())
    if old and old.config.get("captions_hash") != corpus.fingerprint:
        raise UserError(f"The captions in {dataset.root} are not those that the run in {folder} learns from.")
    words = _pretrained_words(word_vectors, old, corpus, recipe)

    photos, split = [*corpus.train, *corpus.dev], len(corpus.train)
    if store:
        gather, rows = store.gather, store.rows([photo.name for photo in photos])
        store.verify(rows)
    else:
        preprocessing = Preprocessing.from_dict(inputs["preprocessing"])
        gather, rows = PhotoInputs([photo.path for photo in photos], preprocessing).gather, np.arange(len(photos))
    config = old.config if old else {
        **inputs, "data": str(Path(dataset.root).resolve()), "captions_hash": corpus.fingerprint,
        "V": len(corpus.vocabulary), "recipe": recipe.to_dict(), **_facts(inputs, store, start, gather, rows[:split])}
    if words and not old:
        config["word_vectors"] = {"file": str(Path(word_vectors).resolve()), "hash": file_hash(word_vectors),
                                  **words.facts(corpus.vocabulary)}
    needed = needs(recipe, config["V"], config.get("L", 1), config["D"])
    check_room("This training", folder, needed.disk, needed.memory if options.get("device", "cpu") == "cpu" else 0)
    model = build_model(config)
    captioner = model
    if isinstance(model, PhotoCaptioner):
        captioner, model.after = model.captioner, config.get("after")
    if not (old and old.last.exists()):
        begin(model, config)
    if words:
        words.copy_into(captioner.embedding.W.data, corpus.vocabulary)
    device = options.get("device", "cpu")
    objective = _objective(recipe, model.to(device)).to(device)  # it may have state of its own: REINFORCE's baseline
    run = old or Run.create(folder, config, corpus.vocabulary)
    trainer = Trainer(run, model, objective, recipe, corpus.vocabulary,
                      corpus.batches(rows[:split], recipe),
                      lambda rows: gather(rows).astype(recipe.precision, copy=False),
                      corpus.dev_set(rows[split:], recipe.batch_size), **options)
    return trainer, corpus


def _facts(inputs, store, start, gather, rows):
    """The part of a new run's config that is read off its store, off the run that it begins as, or off its photos."""
    facts = {}
    if inputs["inputs"] == "features":
        facts = {**store.identity(), "weights": store.header["weights"], "feature_scale": store.scale}
    elif store or (start and start.config["inputs"] == "features"):
        facts["encoder_seed"] = 0  # without weights it is the encoder that `minisat features` draws
    if start:
        facts["feature_scale"] = start.config["feature_scale"]
    elif "feature_scale" not in facts:
        facts["feature_scale"] = _measured_scale(inputs, gather, rows)
    return facts


def _measured_scale(config, gather, rows):
    """The root mean square of a pretrained encoder's features over some training photos; 1 for an untrained one."""
    if not config["weights"]:
        return 1.0
    encoder = load_weights(build(config["encoder"]), config["weights"]).eval()
    some = rows[np.linspace(0, len(rows) - 1, min(len(rows), SCALE_PHOTOS)).astype(np.int64)]
    squares = [np.square(encoder(gather(row[None]), grid=config["grid"], after=config.get("after"))).mean()
               for row in some]
    return float(np.sqrt(np.mean(squares)))


def _pretrained_words(path, old, corpus, recipe):
    """The PretrainedWords that the embedding starts from, None where there are none.

    They come from the file at `path` for a new run; an old one needs those that it began with until it has a
    checkpoint, which holds them. UserError when the file is not the one that it began with.
    """
    if old:
        began = old.config.get("word_vectors", {"file": None, "hash": None})
        path = path or (None if old.last.exists() else began["file"])
        if path and file_hash(path) != began["hash"]:
            raise UserError(f"The word vectors {path} are not those that the run began with.")
        if old.last.exists():
            return None
    if not path:
        return None
    statistics = word_statistics(words for captions in corpus.train_words for words in captions)
    return PretrainedWords.read(path, corpus.vocabulary, recipe.embedding_size, statistics)


def _objective(recipe, model):
    """The training objective of a captioner on features, or on photos."""
    if not isinstance(model, PhotoCaptioner):
        return build_objective(recipe, model)
    objective = build_objective(recipe, model.captioner, input_gradient=bool(model.encoder.parameters()))
    return PhotoObjective(model.encoder, objective, model.grid, model.after)
