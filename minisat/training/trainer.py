"""The training loop: epochs of batches, a look at dev after each, checkpoints all along.

Everything random follows from the seed and the position: the order of an epoch's batches from (seed, epoch), the
dropout of a step from (seed, step). So a checkpoint needs no generator's state, and a training that was killed goes on
from its last checkpoint bit for bit; on a GPU, too, where its twins train (they add in a fixed order).
"""

import math
import time
from contextlib import closing, nullcontext
from typing import NamedTuple

import numpy as np

from minisat.backend import floats, get_array_module, to_device
from minisat.captioner import Reinforce
from minisat.errors import UserError
from minisat.files import write_text
from minisat.nn import Frozen, commit_statistics
from minisat.optim import OPTIMIZERS, Averager, FlatParameters, clip_norm, clip_value, schedules
from minisat.training.checkpoint import load_checkpoint, save_checkpoint
from minisat.training.interruption import Stopped, Watch
from minisat.training.modes import NOISE, ORDER, mode_of, stream
from minisat.training.prefetch import prefetched
from minisat.training.state import State

MUCH = 1.0  # nats a word above which a loss has not merely wavered
CHECK_EVERY_ON_GPU = 20  # steps between two looks at the loss: each makes the CPU wait for the GPU


class Outcome(NamedTuple):
    """How `Trainer.fit` ended: "finished", "no progress", "interrupted" or "out of time", and where it stands."""

    reason: str
    state: State


HINT = "a smaller learning_rate or clip_norm may help"


class NotFinite(UserError):
    """A step of training whose loss or gradient is not finite.

    `cause` and `kept` are the halves of its sentence; `again` is what it takes to run the step once more: (objective,
    inputs, batch, rng, given), the last what else forward is given by name.
    """

    def __init__(self, step, cause, kept, again):
        super().__init__(f"{cause}. {kept}; {HINT}.")
        self.step, self.cause, self.kept, self.again = step, cause, kept, again


def ignore(event, **values):
    """A `report` that says nothing."""


class Trainer:
    """Trains `model` by `objective` in the folder of `run`.

    `batches`: LengthBuckets of the training captions, or SelfCritical with the training photos;
    `gather(rows) → inputs` on the host (features or photos);
    `dev`: a DevSet, or None where there is none: then every epoch's weights are the best. `model` is what is
    saved and decoded; `objective` computes its loss; both are on `device` and in their final dtype already.

    `report(event, **values)` hears "step" (state, loss, rate), "epoch" (state, metrics), "saved" (state), and once
    "diverged" (state, loss, limit: nats a word) after an epoch whose finite loss is far too high;
    `draw(run)` is called after each epoch (the command line hands in the plots). `save_every` steps or
    `save_seconds` seconds lie between checkpoints inside an epoch, whichever comes first; `log_every` steps
    between lines in metrics.jsonl. What is learned from and measured in a step is the `mode`'s: the cross-entropy per
    word, in nats, or the reward of drawn captions.
    """

    def __init__(self, run, model, objective, recipe, vocabulary, batches, gather, dev=None, *, device="cpu",
                 report=ignore, draw=None, save_every=None, save_seconds=300.0, log_every=50):
        self.run, self.model, self.objective, self.recipe = run, model, objective, recipe
        self.vocabulary, self.batches, self.gather, self.dev = vocabulary, batches, gather, dev
        self.device, self.report, self.draw = device, report, draw
        self.save_every, self.save_seconds, self.log_every = save_every, save_seconds, log_every
        self.state = State()
        self._groups, self._optimizers, self._base_rates, self._frozen_epochs = self._build_optimizers()
        self.steps_per_epoch = len(batches)
        self.mode = mode_of(recipe)(objective, model, recipe, batches)
        self.measure, self.unit = self.mode.measure, self.mode.unit
        self._schedule, self._plateau = self._build_schedule()
        self._averager = None
        if recipe.average_decay > 0:
            statistics = [buffer.data for _, buffer in model.named_buffers() if not isinstance(buffer, Frozen)]
            self._averager = Averager([group.data for group in self._groups] + statistics, recipe.average_decay)
        self._unchecked = []  # (step, batch, given, loss, value, count, norm, metrics): may still wait on the GPU
        on_cpu = get_array_module(self._groups[0].data) is np
        self._check_every = 1 if on_cpu else CHECK_EVERY_ON_GPU

    def _build_optimizers(self):
        """One flat buffer each: the captioner, the encoder's blocks that learn, the embedding that is frozen first."""
        recipe, captioner = self.recipe, self.model.captioner
        embedding = captioner.embedding.parameters() if recipe.freeze_embedding else []
        rest = [parameter for parameter in captioner.parameters() if parameter not in embedding]
        parts = [(rest, recipe.learning_rate, 0)]
        if tuned := self.model.sight.parameters():
            parts.append((tuned, recipe.encoder_learning_rate, 0))
        if embedding:
            epochs = recipe.freeze_embedding if recipe.freeze_embedding > 0 else math.inf
            parts.append((embedding, recipe.learning_rate, epochs))
        groups = [FlatParameters(parameters) for parameters, _, _ in parts]
        rates = [rate for _, rate, _ in parts]
        rule = OPTIMIZERS[recipe.optimizer]
        optimizers = [rule(group, rate, recipe.weight_decay) for group, rate in zip(groups, rates)]
        return groups, optimizers, rates, [epochs for _, _, epochs in parts]

    def _learning(self):
        """(group, optimiser, base rate) of those that learn in this epoch, as if there were no others."""
        parts = zip(self._groups, self._optimizers, self._base_rates, self._frozen_epochs)
        return [part for *part, epochs in parts if self.state.epoch >= epochs]

    def _build_schedule(self):
        """(step → factor, Plateau or None), as the recipe names them."""
        recipe = self.recipe
        per_epoch = self.steps_per_epoch
        if recipe.schedule == "cosine":
            return schedules.cosine(recipe.epochs * per_epoch, recipe.warmup_steps), None
        if recipe.schedule == "step":
            return schedules.step(recipe.drop_every * per_epoch, recipe.drop_factor, recipe.warmup_steps), None
        plateau = schedules.Plateau(recipe.drop_factor, recipe.drop_every) if recipe.schedule == "plateau" else None
        return schedules.constant(recipe.warmup_steps), plateau

    def _order(self, epoch):
        """The batches of an epoch: the same list whenever it is asked for."""
        return self.batches.epoch(stream(self.recipe.seed, ORDER, epoch))

    # -- the loop

    def fit(self, max_seconds=None):
        """Train until the epochs are done, patience is out, Ctrl-C or `max_seconds`; returns the Outcome.

        Goes on from the run's last checkpoint when there is one. Every ending leaves a checkpoint, except a
        value that is not finite: then UserError names the layer, and the last good checkpoint stays. UserError, too,
        when another process trains in the run's folder, or when that vanishes.
        """
        with self.run.locked():
            return self._fit(max_seconds)

    def _fit(self, max_seconds):
        self._restore()
        started = time.monotonic() - self.state.seconds
        watch = Watch(max_seconds)
        with watch.listening():
            try:
                while not self.state.finished:
                    self._run_epoch(watch, started)
            except Stopped as stop:
                self.state.seconds = time.monotonic() - started
                self._save()
                return Outcome(str(stop), self.state)
        return Outcome(self.state.finished, self.state)

    def _run_epoch(self, watch, started):
        state = self.state
        order = self._order(state.epoch)
        saved = time.monotonic()
        with closing(prefetched(order[state.batch:], lambda batch: self.gather(batch.photos))) as stream:
            for batch, inputs in stream:
                self._step(batch, to_device(inputs, self.device))
                state.seconds = time.monotonic() - started
                watch.check()
                due = self.save_every and state.steps % self.save_every == 0
                if state.batch < len(order) and (due or time.monotonic() - saved > self.save_seconds):
                    self._save()
                    saved = time.monotonic()
        self._check_values()
        self._finish_epoch(watch, started)

    def _step(self, batch, inputs):
        """One step: forward, backward, clip, update. The caches die with this frame, before the next step's."""
        state, recipe = self.state, self.recipe
        for group in self._groups:
            group.zero_grad()
        batch, inputs, given = self.mode.batch(batch, inputs, state.steps)
        loss, cache = self.objective.forward(inputs, batch.ids, batch.lengths, rng=self._noise(state.steps), **given)
        self.objective.backward(1.0, cache)
        value, count, metrics = self.mode.measured(batch, cache)
        learning = self._learning()
        groups = [group for group, _, _ in learning]
        norm = clip_norm(groups, recipe.clip_norm or math.inf)
        metrics = cache.metrics | metrics if (state.steps + 1) % self.log_every == 0 else {}
        self._unchecked.append((state.steps, batch, given, loss, value, count, norm, metrics))
        if len(self._unchecked) >= self._check_every:
            self._check_values()
        commit_statistics(cache)
        if recipe.clip_value > 0:
            clip_value(groups, recipe.clip_value)
        for _, optimizer, rate in learning:
            optimizer.learning_rate = rate * self._rate_factor(state.steps)
            optimizer.step()
        if self._averager:
            self._averager.update()
        state.steps += 1
        state.batch += 1

    def _noise(self, step):
        return stream(self.recipe.seed, NOISE, step)

    def _rate_factor(self, step):
        return self._schedule(step) * (self._plateau.factor if self._plateau else 1.0)

    def _check_values(self):
        """Bring the waiting losses to the host, add them up, stop at the first that is not finite."""
        state = self.state
        numbers = iter(floats([number for _, _, _, total, value, _, norm, metrics in self._unchecked
                               for number in (total, value, norm, *metrics.values())]))
        for step, batch, given, _, _, count, _, metrics in self._unchecked:
            total, value, norm = (next(numbers) for _ in range(3))
            metrics = {name: next(numbers) for name in metrics}
            if not math.isfinite(total + norm):
                self._stop_at(step, batch, given, total)
            state.loss_sum += value * count
            state.words += count
            rate = self._base_rates[0] * self._rate_factor(step)
            self.report("step", state=state, value=value, count=count, rate=rate)
            if (step + 1) % self.log_every == 0:
                self.run.log(kind="step", step=step + 1, **{self.measure: value}, **metrics, gradient_norm=norm,
                             learning_rate=rate)
        self._unchecked.clear()

    def _stop_at(self, step, batch, given, loss):
        what = "the gradient" if math.isfinite(loss) else "the loss"
        inputs = to_device(self.gather(batch.photos), self.device)
        kept = f"{self.run.last} is the last good checkpoint" if self.run.last.exists() else "nothing was saved yet"
        raise NotFinite(step + 1, f"Training stopped at step {step + 1} because {what} is not finite", kept,
                        (self.objective, inputs, batch, self._noise(step), given))

    # -- after each epoch

    def _finish_epoch(self, watch, started):
        """Caption dev, keep the best weights, log, and move on to the next epoch."""
        state, recipe = self.state, self.recipe
        self.run.require()
        epoch = state.epoch + 1
        metrics = {"epoch": epoch, "step": state.steps, f"train_{self.measure}": state.loss_sum / max(state.words, 1)}
        with self._averager.swapped() if self._averager else nullcontext():
            self.objective.eval()
            try:
                if self.dev:
                    metrics |= self._look_at_dev(epoch, watch)
                score = metrics.get("bleu_4")
                better = score is None or state.best_score is None or score > state.best_score
                if better:
                    save_checkpoint(self.run.best, self.model.state_dict(),
                                    {"epoch": epoch, "bleu_4": score, "config": self.run.config.to_dict()})
            finally:
                self.objective.train()
        state.waited = 0 if better else state.waited + 1
        if better:
            state.best_score, state.best_epoch = score, epoch
        rate = self._base_rates[0] * self._rate_factor(state.steps - 1)
        if self._plateau and score is not None:
            self._plateau.update(score)
        self._watch_divergence(epoch, metrics)
        state.seconds = time.monotonic() - started
        self.run.log(kind="epoch", **metrics, **{self.unit: state.words}, learning_rate=rate, best=better,
                     seconds=round(state.seconds, 2))
        self.report("epoch", state=state, metrics=metrics, better=better)
        state.epoch, state.batch, state.loss_sum, state.words = epoch, 0, 0.0, 0
        if epoch >= recipe.epochs:
            state.finished = "finished"
        elif recipe.patience and state.waited >= recipe.patience:
            state.finished = "no progress"
        self._save()
        if self.draw:
            self.draw(self.run)

    def _watch_divergence(self, epoch, metrics):
        """Report, once, a loss that is finite and far too high: above log V, what guessing costs, or the first one."""
        loss, state = metrics.get("train_loss"), self.state
        if loss is None:
            return
        state.first_loss = loss if state.first_loss is None else state.first_loss
        limit = min(math.log(len(self.vocabulary)), state.first_loss) + MUCH
        if loss > limit and state.diverged is None:
            state.diverged = epoch
            self.report("diverged", state=state, loss=loss, limit=limit)

    def _look_at_dev(self, epoch, watch):
        """Loss, BLEU and CIDEr-D on dev, a few captions to samples/."""
        metrics = self.dev.metrics(self.objective, self.gather, self.device, watch.check)
        captions = self.dev.captions(self.model.fast(), self.vocabulary, self.gather, width=self.recipe.beam,
                                     max_words=self.recipe.max_words, device=self.device, check=watch.check)
        write_text(self.run.samples / f"epoch-{epoch:03}.txt", self.dev.sample_text(captions))
        return {**metrics, **self.dev.bleu(captions), "cider_d": self.dev.cider_d(captions)}

    # -- checkpoints

    def _parts(self):
        """{prefix: object with state_dict and load_state_dict} of all arrays that training changes."""
        parts = {"model": self.model}
        parts |= {f"optimizer.{i}": optimizer for i, optimizer in enumerate(self._optimizers)}
        if self._averager:
            parts["average"] = self._averager
        for _, part in self.objective.named_modules():
            if isinstance(part, Reinforce):
                parts["reinforce"] = part
        return parts

    def _save(self):
        """Write last.safetensors: all that going on needs."""
        self._check_values()
        self.run.require()
        self.state.log_size = self.run.log_size()
        tensors = {f"{prefix}.{name}": array for prefix, part in self._parts().items()
                   for name, array in part.state_dict().items()}
        metadata = {"state": self.state.to_dict(), "plateau": self._plateau and self._plateau.state_dict(),
                    "config": self.run.config.to_dict()}
        save_checkpoint(self.run.last, tensors, metadata)
        self.report("saved", state=self.state)

    def _restore(self):
        """Take over the last checkpoint, if there is one, and forget what was logged after it."""
        self.run.tidy()
        if not self.run.last.exists():
            self.run.cut_log(0)
            return
        tensors, metadata = load_checkpoint(self.run.last)
        try:
            for prefix, part in self._parts().items():
                start = len(prefix) + 1
                part.load_state_dict({name[start:]: array for name, array in tensors.items()
                                      if name.startswith(prefix + ".")})
            self.state = State(**metadata["state"])
            if self._plateau:
                self._plateau.load_state_dict(metadata["plateau"])
        except (ValueError, TypeError, KeyError) as error:
            raise UserError(f"{self.run.last} does not fit this run: {error}") from error
        self.run.cut_log(self.state.log_size)
