"""The package from Python: load a trained captioner, train one, extract features. `import minisat` offers these."""

from minisat.backend import keep_freed_memory, resolve_device
from minisat.captioner import read_recipe
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.plots import curves
from minisat.trained.captioner import TrainedCaptioner, remember
from minisat.training import prepare
from minisat.vision import build, extract, file_hash, load_weights


def load(run, which="best", device="auto", weights=None, look=None, others=()):
    """The TrainedCaptioner of a run folder.

        import minisat

        captioner = minisat.load("runs/first")
        caption = captioner.caption("dog.jpg")     # a PhotoCaption: words, log-probabilities, attention, n best
        print(caption)
        caption.draw("dog-looks.png")              # the photo, and where it looked for each word
        scores = captioner.evaluate("Flickr8k", "dev").scores

    `which`: the run's "best" weights on dev, or its "last". `device`: "auto" (a GPU where there is one), "cpu" or
    "cuda". `weights`: the encoder's file, where it is not at the place that the run remembers. `look`: where hard
    attention looks, "expectation", "argmax" or "sampling". `others`: further runs, to speak with it as an ensemble.
    Raises minisat.errors.UserError, in one sentence, when a run or a file is missing, damaged or does not fit.
    """
    return TrainedCaptioner(run, which, device, weights, look, others)


def train(data, run, recipe=None, *, features=None, encoder=None, grid=None, weights=None, tune=None, start=None,
          word_vectors=None, more_captions=None, resume=False, device="auto", max_minutes=None, neighbours=True,
          report=None, **fields):
    """Train a captioner on a data set in the folder `run`; returns the TrainedCaptioner of its best weights.

        minisat.features("Flickr8k", "mobilenet.store", "mobilenet_v2", weights="mobilenet_v2-b0353104.pth")
        captioner = minisat.train("Flickr8k", "runs/first", features="mobilenet.store", epochs=7, dropout=0.6)

    `recipe`: a named recipe or a JSON file, and `fields` over it, as `minisat recipe` lists them. What the captioner
    looks at: `features`, a store; or `encoder`, an encoder's name, for the photos themselves, with `weights` (a file)
    and `grid`; `tune`: which blocks of the encoder learn. `start`: a run to begin as; `word_vectors`: a file that the
    embedding starts from; `more_captions`: a JSON file of further captions of training photos. `resume`: a run that is
    there goes on. `max_minutes`: save and stop after so long. `neighbours`: at its end the run keeps the training
    photos' mean features and captions, for captions by consensus.
    `report(event, **values)` hears "step", "epoch" and "saved" (see training.Trainer). Ctrl-C saves and returns what
    there is. Raises minisat.errors.UserError as `minisat train` does.
    """
    keep_freed_memory()
    options = {} if report is None else {"report": report}
    prepared = prepare(data, run, (read_recipe(recipe) if recipe else {}) | fields, resume=resume, device=device,
                       features=features, encoder=encoder, grid=grid, weights=weights, tune=tune, start=start,
                       word_vectors=word_vectors, more_captions=more_captions,
                       draw=lambda run: curves(run.metrics(), run.plots / "curves.png"), **options)
    outcome = prepared.trainer.fit(max_minutes and 60 * max_minutes)
    if outcome.state.best_epoch is None and not prepared.trainer.run.best.exists():
        raise UserError(f"{run} has no weights to caption with yet: its first epoch is not over (go on with "
                        "resume=True).")
    if neighbours and outcome.reason != "interrupted":
        remember(run, data, features, device)
    return load(run, device=device)


def features(data, out, encoder, weights=None, grid=None, *, device="auto", batch_size=32, on_error="stop", threads=2):
    """Extract an encoder's features of all photos of a data set into the store `out`; returns the FeatureStore.

        store = minisat.features("Flickr8k", "squeezenet.store", "squeezenet1_1", weights="squeezenet1_1-b8a52dc0.pth")
        store.gather(store.rows(["dog.jpg"]))      # float32 (1, L, D)

    Goes on where an earlier extraction stopped. `weights`: a pretrained file (random, from seed 0, unless given);
    `grid`: which of the encoder's maps (its own choice unless given). A photo that cannot be read stops it, or with
    `on_error="skip"` is left out. Raises minisat.errors.UserError as `minisat features` does.
    """
    network = build(encoder, rng=0)
    if weights:
        load_weights(network, weights)
    return extract(read_dataset(data).photos, network.to(resolve_device(device)), out, grid=grid, weights=weights,
                   weights_hash=weights and file_hash(weights), batch_size=batch_size, on_error=on_error,
                   threads=threads)
