"""From a data set, a recipe and what to look at, to a Trainer in its run folder, new or resumed."""

from pathlib import Path

import numpy as np

from minisat.captioner import PhotoCaptioner, PhotoObjective, PretrainedWords, build_objective
from minisat.errors import UserError
from minisat.text import word_statistics
from minisat.training.corpus import Corpus
from minisat.training.loading import build_model
from minisat.training.photo_inputs import PhotoInputs
from minisat.training.run import Run
from minisat.training.trainer import Trainer
from minisat.vision import FeatureStore, Preprocessing, build, file_hash, load_weights

SCALE_PHOTOS = 64  # training photos on which the scale of a pretrained encoder's features is measured


def features_config(path):
    """The part of config.json that says: features from the store at `path`."""
    return {"inputs": "features", "features": str(Path(path).resolve())}


def photos_config(name, grid=None, weights=None):
    """The part of config.json that says: photos, through the encoder `name`, which trains along.

    `grid`: which of its maps (its own choice unless given); `weights`: file to start from (random unless given).
    """
    encoder = build(name)
    grid = encoder.check_grid(grid)
    L, D = encoder.grid_shape(grid)
    return {"inputs": "photos", "encoder": name, "grid": grid, "L": L, "D": D,
            "weights": str(Path(weights).resolve()) if weights else None,
            "weights_hash": file_hash(weights) if weights else None,
            "preprocessing": encoder.preprocessing.to_dict()}


def assemble(dataset, folder, recipe, inputs, word_vectors=None, **options):
    """(Trainer, Corpus) for a Dataset and a run folder; `options` go to the Trainer.

    `inputs` comes from `features_config` or `photos_config`, or is the config of the run that is resumed.
    `word_vectors`: a file whose vectors a new run's embedding starts from. A run that is in `folder` already is
    resumed, otherwise one is made there, as the last thing before the model. UserError when the features, the
    captions, the pretrained weights or the word vectors are not those that the run began with.
    """
    old = Run.open(folder) if Run.exists(folder) else None
    train, dev = dataset.split("train"), dataset.split("dev") if "dev" in dataset.splits else []
    store = FeatureStore.open(inputs["features"]) if inputs["inputs"] == "features" else None
    if store:
        if old:
            store.check_compatible(old.config, f"The run in {folder}")
        train, dev = ([photo for photo in photos if photo.name not in store.skipped] for photos in (train, dev))
    corpus = Corpus.build(train, dev, recipe, old and old.vocabulary())
    if old and old.config["captions_hash"] != corpus.fingerprint:
        raise UserError(f"The captions in {dataset.root} are not those that the run in {folder} learns from.")
    words = _pretrained_words(word_vectors, old, corpus, recipe)

    photos, split = [*corpus.train, *corpus.dev], len(corpus.train)
    if store:
        gather, rows = store.gather, store.rows([photo.name for photo in photos])
    else:
        preprocessing = Preprocessing.from_dict(inputs["preprocessing"])
        gather, rows = PhotoInputs([photo.path for photo in photos], preprocessing).gather, np.arange(len(photos))
    if old:
        run = old
    else:
        facts = {"data": str(Path(dataset.root).resolve()), "captions_hash": corpus.fingerprint,
                 "V": len(corpus.vocabulary), "recipe": recipe.to_dict()}
        if store:
            facts |= {**store.identity(), "weights": store.header["weights"], "feature_scale": store.scale}
        else:
            facts["feature_scale"] = _measured_scale(inputs, gather, split)
        if words:
            facts["word_vectors"] = {"file": str(Path(word_vectors).resolve()), "hash": file_hash(word_vectors),
                                     **words.facts(corpus.vocabulary)}
        run = Run.create(folder, {**inputs, **facts}, corpus.vocabulary)

    model = build_model(run.config)
    _load_pretrained(model, run.config)
    if words:
        captioner = model.captioner if isinstance(model, PhotoCaptioner) else model
        words.copy_into(captioner.embedding.W.data, corpus.vocabulary)
    device = options.get("device", "cpu")
    objective = _objective(recipe, model.to(device)).to(device)  # it may have state of its own: REINFORCE's baseline
    trainer = Trainer(run, model, objective, recipe, corpus.vocabulary,
                      corpus.batches(rows[:split], recipe), gather,
                      corpus.dev_set(rows[split:], recipe.batch_size), **options)
    return trainer, corpus


def _measured_scale(config, gather, count):
    """The root mean square of a pretrained encoder's features over some training photos; 1 for an untrained one."""
    if not config["weights"]:
        return 1.0
    encoder = load_weights(build(config["encoder"]), config["weights"]).eval()
    rows = np.linspace(0, count - 1, min(count, SCALE_PHOTOS)).astype(np.int64)
    squares = [np.square(encoder(gather(rows[i:i + 1]), grid=config["grid"])).mean() for i in range(len(rows))]
    return float(np.sqrt(np.mean(squares)))


def _load_pretrained(model, config):
    """Give the model's encoder, if it has one that trains along, the weights that the config names."""
    if isinstance(model, PhotoCaptioner) and config["weights"]:
        if file_hash(config["weights"]) != config["weights_hash"]:
            raise UserError(f"The weights {config['weights']} are not those that the run began with.")
        load_weights(model.encoder, config["weights"])


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
    return PhotoObjective(model.encoder, build_objective(recipe, model.captioner, input_gradient=True), model.grid)
