"""`minisat train`: learn to caption from a data set's features, or from its photos."""

import sys
import time
from pathlib import Path

from tqdm import tqdm

from minisat.backend import keep_freed_memory
from minisat.cli.answer import Answer
from minisat.cli.colour import red
from minisat.cli.exit_codes import DONE, INTERRUPTED
from minisat.cli.progress import progress
from minisat.cli.recipe_flags import add_recipe_flags, given_fields
from minisat.cli.setting_flags import COUNT, number
from minisat.cli.shell import command
from minisat.cli.training_inputs import LOOKED_AT, add_input_flags
from minisat.data.batches import CaptionBatch
from minisat.errors import UserError
from minisat.plots import curves
from minisat.plots.stepper import stepper
from minisat.room import readable
from minisat.trace import INPUTS, birthplace, born, record_step, unstable_part, write_trace
from minisat.trained.captioner import remember
from minisat.training import NotFinite, Run, prepare
from minisat.training.needs import needs
from minisat.training.resident import Resident
from minisat.training.trainer import HINT

HELP = "Train a captioner, on features from a store or on the photos themselves."
EXAMPLE = "minisat train Flickr8k --features store --run runs/first"
JSON = "print the result as JSON (progress goes to stderr)"


def add_arguments(parser):
    """The data, the run and the inputs; then one flag for each field of the recipe."""
    parser.add_argument("data", metavar="DATA", help="the data set (see `minisat data check`)")
    parser.add_argument("--run", required=True, metavar="DIR", dest="folder", help="folder for what comes out")
    parser.add_argument("--resume", action="store_true", help="go on with the run in DIR, or start it")
    add_input_flags(parser)
    parser.add_argument("--word-vectors", metavar="FILE",
                        help="start the embedding from these word vectors (any format that `minisat word2vec` reads); "
                             "embedding_size follows the file unless it is given")
    parser.add_argument("--more-captions", metavar="FILE",
                        help='learn from these captions of training photos, too: JSON, {"image": "caption"} or '
                             '{"image": ["caption", …]}, such as what `minisat evaluate --split train` writes')
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where to compute")
    parser.add_argument("--max-minutes", type=number(above=0), metavar="M", help="save and stop after so long")
    parser.add_argument("--save-minutes", type=number(above=0), default=5.0, metavar="M",
                        help="between two checkpoints inside an epoch (5)")
    parser.add_argument("--no-neighbours", action="store_true",
                        help="do not keep the training photos' mean features and captions in the run (some 15 MB), "
                             "which captions by --consensus need")
    parser.add_argument("--save-every", type=COUNT, metavar="STEPS", help="also save after so many steps")
    add_recipe_flags(parser)


def run(arguments):
    """Train; exit code 130 after Ctrl-C. What stopped in time or by Ctrl-C can be resumed."""
    keep_freed_memory()
    display = Display(sys.stdout)
    go_on = f"Go on with: {command('train', arguments.data, '--run', arguments.folder, '--resume')}"
    try:
        trainer = ready(arguments, display)
        outcome = trainer.fit(arguments.max_minutes and 60 * arguments.max_minutes)
    except KeyboardInterrupt:
        display.line(f"Stopped at once. {go_on}")
        return Answer(code=INTERRUPTED)
    except NotFinite as stop:
        raise UserError(explained(stop, arguments.folder)) from stop
    finally:
        display.close()
    state = outcome.state
    best = ""
    if state.best_score is not None:
        best = f"; best dev BLEU-4 {100 * state.best_score:.2f} (epoch {state.best_epoch})"
    endings = {"finished": f"Finished after {state.epoch} epoch{'s' * (state.epoch != 1)}",
               "no progress": f"Stopped after {state.epoch} epochs, {state.waited} of them without progress",
               "interrupted": "Stopped by you, all saved", "out of time": "Time is up, all saved"}
    display.line(f"{endings[outcome.reason]}{best}.")
    if not (arguments.no_neighbours or outcome.reason == "interrupted") and trainer.run.best.exists():
        remember(arguments.folder, arguments.data, arguments.features, arguments.device, progress)
    if not state.finished:
        display.line(go_on)
    value = {"run": arguments.folder, "outcome": outcome.reason, "epochs": state.epoch, "steps": state.steps,
             "best_bleu_4": state.best_score, "best_epoch": state.best_epoch, "diverged": state.diverged,
             "seconds": round(state.seconds, 2)}
    return Answer(value, code=INTERRUPTED if outcome.reason == "interrupted" else DONE)


def draw_curves(run):
    """Draw what is logged of a Run into its plots/curves.png; a trainer does it after each epoch."""
    curves(run.metrics(), run.plots / "curves.png")


def ready(arguments, display):
    """The Trainer that the arguments ask for; says what it will do."""
    inputs = {name: getattr(arguments, name) for name in LOOKED_AT}
    trainer, corpus, resumed, device = prepare(
        arguments.data, arguments.folder, given_fields(arguments), resume=arguments.resume, device=arguments.device,
        word_vectors=arguments.word_vectors, more_captions=arguments.more_captions, **inputs, report=display,
        draw=draw_curves,
        save_every=arguments.save_every, save_seconds=60 * arguments.save_minutes)
    left_out = f", {corpus.left_out} left out (empty or too long)" if corpus.left_out else ""
    dev = f"{len(corpus.dev)} photos" if corpus.dev else "none, so the newest weights count as the best"
    display.line(f"{'Going on' if resumed else 'Training'} in {arguments.folder} on {device}: "
                 f"{len(corpus.vocabulary)} words, {sum(map(len, corpus.train_words))} captions of "
                 f"{len(corpus.train)} photos{left_out}; dev: {dev}.")
    config, recipe = trainer.run.config, trainer.recipe
    needed = needs(recipe, config.V, config.view.L, config.view.D, len(corpus.train))
    display.line(f"It needs about {readable(needed.memory)} of memory and {readable(needed.disk)} of disk"
                 f"{'' if config.view.complete else ', besides the photos and their encoder'}.")
    if isinstance(trainer.gather, Resident):
        display.line(trainer.gather.described())
    if facts := config.word_vectors:
        frozen = recipe.freeze_embedding
        until = "" if not frozen else ", frozen" if frozen < 0 else f", frozen for {frozen} epoch{'s' * (frozen > 1)}"
        display.line(f"Word vectors from {facts.file}: {facts.found:,} of {facts.words:,} words, "
                     f"{100 * facts.coverage:.1f} % of all that the training captions say{until}.")
    if sentence := trainer.model.sight.described():
        display.line(sentence)
    display.steps, display.epochs = trainer.steps_per_epoch, recipe.epochs
    display.measure, display.unit = trainer.measure, trainer.unit
    return trainer


def diverged(state, loss, limit):
    """The sentence for an epoch whose loss rose instead of falling."""
    return (f"Training diverges: in epoch {state.diverged} a word cost {loss:.4g} nats on average; above {limit:.4g} "
            "it is far worse than guessing, or than the first epoch. A smaller learning_rate or clip_norm may help.")


def explained(stop, folder):
    """NotFinite → its sentence with the place where it began; the step is recorded, with its page, in the run."""
    objective, inputs, batch, rng, given = stop.again
    run = Run.open(folder)
    rows = unstable_part(objective, inputs, batch, rng, given)
    few = CaptionBatch(batch.photos[rows], batch.ids[rows], batch.lengths[rows])
    document, arrays = record_step(objective, inputs[rows], few, run.vocabulary(), rng=rng, checks=(),
                                   given={name: value[rows] for name, value in given.items()},
                                   cells=run.config.view.cells)
    path = Path(folder) / f"unstable-step-{stop.step}.json"
    write_trace(path, document, arrays)
    stepper(document, path.with_suffix(".html"), f"Step {stop.step}, where a number stopped being finite")
    frame, place = born(document), birthplace(objective, inputs, document)
    where = f"#frame={frame['index']}" if frame else ""
    hint = "" if place == INPUTS else f"; {HINT}"
    return (f"{stop.cause}; it first happens in {place or 'no layer when the step is run again'}. {stop.kept}{hint}. "
            f"The step is recorded: open {path.with_suffix('.html')}{where}, or {command('trace', 'step', path)}")


class Display:
    """The trainer's `report`: a bar on a terminal, a plain line every few seconds elsewhere."""

    SECONDS_BETWEEN_LINES = 10.0

    def __init__(self, stream):
        self.stream, self.bar = stream, None
        self.steps = self.epochs = 0
        self.measure, self.unit = "loss", "words"
        self._since, self._count = None, 0  # words (or captions) since the time of the last line

    def __call__(self, event, state, **values):
        if event == "step":
            self._step(state, **values)
        elif event == "epoch":
            self._epoch(state, **values)
        elif event == "diverged":
            self.line(red(diverged(state, **values)))

    def _step(self, state, value, count, rate):
        now = time.monotonic()
        if self._since is None:  # the first step of an epoch or of this process: the clock starts behind it
            self._since, self._count = now, 0
            if self.stream.isatty():
                self.bar = tqdm(total=self.steps, initial=state.batch, file=self.stream, leave=False,
                                desc=f"epoch {state.epoch + 1}/{self.epochs}")
        else:
            self._count += count
        seconds = now - self._since
        mean, speed = state.loss_sum / state.words, f"{self._count / max(seconds, 1e-9):,.0f} {self.unit}/s"
        if self.bar is not None:
            self.bar.set_postfix_str(f"{self.measure} {mean:.3f}, {speed}", refresh=False)
            self.bar.update()
        elif seconds >= self.SECONDS_BETWEEN_LINES:
            self.line(f"epoch {state.epoch + 1}/{self.epochs}, step {state.batch + 1}/{self.steps}: "
                      f"{self.measure} {mean:.3f} (this step {value:.3f}), {speed}, learning rate {rate:.2e}")
            self._since, self._count = now, 0

    def _epoch(self, state, metrics, better):
        self.close()
        text = f"epoch {metrics['epoch']}/{self.epochs}: train {self.measure} {metrics[f'train_{self.measure}']:.3f}"
        if "bleu_4" in metrics:
            scores = " / ".join(f"{100 * metrics[f'bleu_{n}']:.1f}" for n in (1, 2, 3, 4))
            text += (f", dev loss {metrics['dev_loss']:.3f}, dev BLEU {scores}, CIDEr-D {metrics['cider_d']:.3f}"
                     f"{' (best so far)' if better else ''}")
        self.line(f"{text}, {state.seconds:.0f} s")

    def line(self, text):
        """A line of its own."""
        print(text, file=self.stream, flush=True)

    def close(self):
        """Take the bar off the terminal; the next step starts anew."""
        if self.bar is not None:
            self.bar.close()
        self.bar = self._since = None
