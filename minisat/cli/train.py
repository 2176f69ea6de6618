"""`minisat train`: learn to caption from a data set's features, or from its photos."""

import json
import sys
import time
from argparse import SUPPRESS, BooleanOptionalAction
from dataclasses import fields
from pathlib import Path

import numpy as np
from tqdm import tqdm

from minisat.backend import keep_freed_memory, resolve_device
from minisat.captioner import PhotoCaptioner, PhotoObjective, Recipe, build_objective
from minisat.data import read_dataset
from minisat.errors import UserError
from minisat.files import read_json
from minisat.plots import curves
from minisat.training import Corpus, PhotoInputs, Run, Trainer, build_model
from minisat.vision import FeatureStore, Preprocessing, build, file_hash, load_weights

HELP = "Train a captioner, on features from a store or on the photos themselves."
EXAMPLE = "minisat train flickr8k --features squeezenet.store --run runs/first --epochs 8"
INTERRUPTED = 130  # the shell's exit code for Ctrl-C
SCALE_PHOTOS = 64  # training photos from which the scale of a pretrained encoder's features is measured


def add_arguments(parser):
    """The data, the run and the inputs; then one flag for each field of the recipe."""
    parser.add_argument("data", metavar="DATA", help="folder or file of the data set")
    parser.add_argument("--run", required=True, metavar="DIR", dest="folder", help="folder for what comes out")
    parser.add_argument("--resume", action="store_true", help="go on with the run in DIR (or start it)")
    inputs = parser.add_mutually_exclusive_group()
    inputs.add_argument("--features", metavar="STORE", help="train on this feature store")
    inputs.add_argument("--encoder", metavar="NAME", help="train on the photos, this encoder along with the captioner")
    parser.add_argument("--weights", metavar="FILE", help="pretrained weights of the encoder (safetensors)")
    parser.add_argument("--grid", metavar="NAME", help="which of the encoder's feature maps")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where to compute (auto)")
    parser.add_argument("--recipe", metavar="FILE", dest="recipe_file",
                        help="JSON file with recipe fields; flags win over it")
    parser.add_argument("--max-minutes", type=float, metavar="M", help="save and stop after so long")
    parser.add_argument("--save-minutes", type=float, default=5.0, metavar="M",
                        help="between two checkpoints inside an epoch (5)")
    parser.add_argument("--save-every", type=int, metavar="STEPS", help="also after so many steps")
    parser.add_argument("--json", action="store_true", help="print the result as JSON (progress goes to stderr)")
    add_recipe_flags(parser)


def add_recipe_flags(parser):
    """One flag per field of Recipe. What is not given stays out of the parsed arguments."""
    group = parser.add_argument_group("recipe")
    for entry in fields(Recipe):
        how = {"action": BooleanOptionalAction} if entry.type is bool else {
            "type": entry.type, "choices": entry.metadata["choices"],
            "metavar": None if entry.metadata["choices"] else entry.type.__name__.upper()}
        group.add_argument("--" + entry.name.replace("_", "-"), default=SUPPRESS, **how,
                           help=f"{entry.metadata['help']} ({entry.default})")


def run(arguments):
    """Train; returns 0, or 130 after Ctrl-C. What stopped in time or by Ctrl-C can be resumed."""
    keep_freed_memory()
    say = Progress(sys.stderr if arguments.json else sys.stdout)
    try:
        run, trainer = prepare(arguments, say)
        outcome = trainer.fit(arguments.max_minutes and 60 * arguments.max_minutes)
    except KeyboardInterrupt:
        say.line(f"Stopped at once. {go_on(arguments)}")
        return INTERRUPTED
    finally:
        say.close()
    state = outcome.state
    best = ""
    if state.best_score is not None:
        best = f"; best dev BLEU-4 {100 * state.best_score:.2f} (epoch {state.best_epoch})"
    endings = {"finished": f"Finished after {state.epoch} epochs",
               "no progress": f"Stopped after {state.epoch} epochs, {state.waited} of them without progress",
               "interrupted": "Stopped by you, all saved", "out of time": "Time is up, all saved"}
    say.line(f"{endings[outcome.reason]}{best}.")
    if not state.finished:
        say.line(go_on(arguments))
    if arguments.json:
        print(json.dumps({"run": str(run.folder), "outcome": outcome.reason, "epochs": state.epoch,
                          "steps": state.steps, "best_bleu_4": state.best_score, "best_epoch": state.best_epoch,
                          "seconds": round(state.seconds, 2)}))
    return INTERRUPTED if outcome.reason == "interrupted" else 0


def go_on(arguments):
    """How to resume, as a sentence."""
    return f"Go on with: minisat train {arguments.data} --run {arguments.folder} --resume"


# -- what is trained, on what


def prepare(arguments, say):
    """(Run, Trainer) for the command line's arguments; a new run's folder is made as the last step."""
    device = resolve_device(arguments.device)
    old = None
    if Run.exists(arguments.folder):
        if not arguments.resume:
            raise UserError(f"{arguments.folder} already holds a run: add --resume to go on with it, "
                            "or choose another folder.")
        old = Run.open(arguments.folder)
    recipe = choose_recipe(arguments, old)
    dataset = read_dataset(arguments.data)
    train, dev = dataset.split("train"), dataset.split("dev") if "dev" in dataset.splits else []

    config = describe_inputs(arguments, old)
    if config["inputs"] == "features":
        store = FeatureStore.open(config["features"])
        if old:
            store.check_compatible(old.config, "The run")
        train, dev = ([photo for photo in photos if photo.name not in store.skipped] for photos in (train, dev))
    corpus = Corpus.build(train, dev, recipe, old and old.vocabulary())
    if old and old.config["captions_hash"] != corpus.fingerprint:
        raise UserError(f"The captions in {arguments.data} are not those that {old.folder} was trained on.")
    photos = [*corpus.train, *corpus.dev]
    if config["inputs"] == "features":
        gather, rows = store.gather, store.rows([photo.name for photo in photos])
        config |= store.identity() | {"weights": store.header.get("weights"), "feature_scale": store.scale}
    else:
        preprocessing = Preprocessing.from_dict(config["preprocessing"])
        gather, rows = PhotoInputs([photo.path for photo in photos], preprocessing).gather, np.arange(len(photos))
    config |= {"data": str(Path(arguments.data).resolve()), "recipe": recipe.to_dict(), "V": len(corpus.vocabulary),
               "captions_hash": corpus.fingerprint}
    if config["inputs"] == "photos" and "feature_scale" not in config:
        config["feature_scale"] = measure_scale(config, gather, len(corpus.train))
    run = old or Run.create(arguments.folder, config, corpus.vocabulary)

    model = with_pretrained(build_model(run.config), run.config).to(device)
    split = len(corpus.train)
    say.line(f"{'Going on in' if old else 'Training in'} {run.folder} on {device}: {len(corpus.vocabulary)} words, "
             f"{sum(map(len, corpus.train_words))} captions of {split} photos"
             + (f" ({corpus.left_out} captions left out, empty or too long)" if corpus.left_out else "")
             + (f"; dev: {len(corpus.dev)} photos." if corpus.dev else "; no dev split: the newest are the best."))
    trainer = Trainer(run, model, make_objective(recipe, model), recipe, corpus.vocabulary,
                      corpus.batches(rows[:split], recipe.batch_size), gather,
                      corpus.dev_set(rows[split:], recipe.batch_size), device=device, report=say,
                      draw=lambda run: curves(run.metrics(), run.plots / "curves.png"),
                      save_every=arguments.save_every, save_seconds=60 * arguments.save_minutes)
    say.steps, say.epochs = trainer.steps_per_epoch, recipe.epochs
    return run, trainer


def choose_recipe(arguments, old):
    """Defaults, then the file, then the flags; a run that is resumed keeps its own, and other wishes are refused."""
    given = read_json(arguments.recipe_file) if arguments.recipe_file else {}
    if not isinstance(given, dict):
        raise UserError(f"{arguments.recipe_file} holds no recipe: it must be a JSON object of recipe fields.")
    given |= {entry.name: getattr(arguments, entry.name) for entry in fields(Recipe) if hasattr(arguments, entry.name)}
    recipe = Recipe.from_dict(given)
    if recipe.seed < 0:
        raise UserError(f"The recipe's seed must not be negative, as {recipe.seed} is.")
    if old is None:
        return recipe
    kept = Recipe.from_dict(old.config["recipe"])
    for name in given:
        if getattr(recipe, name) != getattr(kept, name):
            raise UserError(f"The run in {old.folder} has {name} = {getattr(kept, name)}: resuming cannot change it "
                            f"to {getattr(recipe, name)}.")
    return kept


def describe_inputs(arguments, old):
    """What goes into the config about features or photos; a resumed run's own, with a store that moved."""
    if old:
        config = dict(old.config)
        if arguments.encoder not in (None, config["encoder"]) or (arguments.encoder and config["inputs"] == "features"):
            raise UserError(f"The run in {old.folder} was trained on {config['inputs']} of {config['encoder']}.")
        if arguments.features and config["inputs"] == "photos":
            raise UserError(f"The run in {old.folder} was trained on photos, not on a feature store.")
        if arguments.features:
            config["features"] = str(Path(arguments.features).resolve())
        return config
    if arguments.features:
        return {"inputs": "features", "features": str(Path(arguments.features).resolve())}
    if not arguments.encoder:
        raise UserError("Say what to train on: --features STORE, or --encoder NAME for the photos themselves.")
    encoder = build(arguments.encoder)
    grid = encoder.check_grid(arguments.grid)
    L, D = encoder.grid_shape(grid)
    weights = str(Path(arguments.weights).resolve()) if arguments.weights else None
    config = {"inputs": "photos", "encoder": arguments.encoder, "grid": grid, "L": L, "D": D, "weights": weights,
              "weights_hash": file_hash(weights) if weights else None,
              "preprocessing": encoder.preprocessing.to_dict()}
    return config if weights else config | {"feature_scale": 1.0}


def measure_scale(config, gather, count):
    """The root mean square of a pretrained encoder's features over some training photos."""
    encoder = load_weights(build(config["encoder"]), config["weights"]).eval()
    rows = np.linspace(0, count - 1, min(count, SCALE_PHOTOS)).astype(np.int64)
    return float(np.sqrt(np.mean([np.square(encoder(gather(rows[i:i + 1]), grid=config["grid"])).mean()
                                  for i in range(len(rows))])))


def with_pretrained(model, config):
    """`model` after its encoder, if it has one and the config names weights, has taken them over."""
    if isinstance(model, PhotoCaptioner) and config["weights"]:
        if file_hash(config["weights"]) != config["weights_hash"]:
            raise UserError(f"The weights {config['weights']} are not those that the run began with.")
        load_weights(model.encoder, config["weights"])
    return model


def make_objective(recipe, model):
    """The training objective of a captioner on features or on photos."""
    if isinstance(model, PhotoCaptioner):
        return PhotoObjective(model.encoder, build_objective(recipe, model.captioner, input_gradient=True), model.grid)
    return build_objective(recipe, model)


# -- what is shown meanwhile


class Progress:
    """A bar on a terminal, a plain line every few seconds elsewhere; the trainer's `report`."""

    EVERY = 10.0  # seconds between plain lines

    def __init__(self, stream):
        self.stream, self.bar = stream, None
        self.steps = self.epochs = 0
        self._window = None  # (time, words so far) at the last line

    def __call__(self, event, state, **values):
        if event == "step":
            self._step(state, **values)
        elif event == "epoch":
            self._epoch(state, **values)

    def _step(self, state, loss, words, rate):
        now = time.monotonic()
        if self._window is None:
            self._window = [now, 0]
            if self.stream.isatty():
                self.bar = tqdm(total=self.steps, initial=state.batch, file=self.stream, leave=False,
                                desc=f"epoch {state.epoch + 1}/{self.epochs}")
        else:
            self._window[1] += words
        if self.bar is not None:
            self.bar.update()
        seconds = now - self._window[0]
        if seconds < (1.0 if self.bar is not None else self.EVERY):
            return
        speed = f"{self._window[1] / seconds:,.0f} words/s"
        mean = state.loss_sum / max(state.words, 1)
        if self.bar is not None:
            self.bar.set_postfix_str(f"loss {mean:.3f}, {speed}")
        else:
            self.line(f"epoch {state.epoch + 1}/{self.epochs}, step {state.batch + 1}/{self.steps}: "
                      f"loss {mean:.3f} (this step {loss:.3f}), {speed}, learning rate {rate:.2e}")
        self._window = [now, 0]

    def _epoch(self, state, metrics, better):
        self.close()
        text = f"epoch {metrics['epoch']}/{self.epochs}: train loss {metrics['train_loss']:.3f}"
        if "bleu_4" in metrics:
            scores = " / ".join(f"{100 * metrics[f'bleu_{n}']:.1f}" for n in (1, 2, 3, 4))
            text += f", dev loss {metrics['dev_loss']:.3f}, dev BLEU {scores}{' (best so far)' if better else ''}"
        self.line(f"{text}, {state.seconds:.0f} s")

    def line(self, text):
        """A line of its own."""
        print(text, file=self.stream, flush=True)

    def close(self):
        """Take the bar off the terminal."""
        if self.bar is not None:
            self.bar.close()
        self.bar = self._window = None
