"""Steps of attention, and small captioners whose gradients the checker holds against numbers, dropout on."""

from functools import partial

import numpy as np

from minisat.captioner.attention_step import AttentionStep
from minisat.captioner.captioned import Through
from minisat.captioner.fast.teacher_forcing import FastTeacherForcing
from minisat.captioner.gru_notebook import GRUNotebook
from minisat.captioner.hard_attention_step import HardAttentionStep
from minisat.captioner.parts import CELLS, SCORES, build_cell, build_score, key_size
from minisat.captioner.reinforce import Reinforce
from minisat.captioner.sentinel_step import SentinelStep
from minisat.captioner.show_attend_tell import ShowAttendTell
from minisat.captioner.show_tell import ShowTell
from minisat.captioner.teacher_forcing import TeacherForcing
from minisat.captioner.transformer import Transformer
from minisat.nn import EXPECTATION, DoublyStochasticPenalty
from minisat.nn.cases import CASES as LAYERS
from minisat.vision import Sight, build
from minisat.vision.cases import CASES as ENCODERS
from minisat.vision.cases import with_biases
from minisat.word2vec.cases import CASES as WORD2VEC

V, D, SIZES = 11, 5, {"embedding_size": 4, "hidden_size": 6, "dropout": 0.5, "feature_scale": 1.7}
ADAPTIVE = {"word_in_query": True, "sentinel": True, "normalised_places": True}
WIDE = SIZES | {"hidden_size": 14}  # so many entries that a few random directions are checked instead: much faster


def _batch(rng):
    """Three captions of 4, 2 and 3 words (`<end>` counted), a repeated word among them, padded."""
    ids = np.array([[2, 5, 6, 5, 3], [2, 7, 3, 0, 0], [2, 5, 10, 3, 0]])
    return rng.standard_normal((3, 4, D)), ids, np.array([4, 2, 3])


def _step(kind, score="additive", cell="lstm", N=3, L=4, H=6, *, choice=None, **options):
    """One word of `N` captions, with A = 3 and M = 4."""
    def case(rng):
        asked = H + 4 if options.get("word_in_query") else H
        A = key_size(score, 3, asked)
        sizes = (4, D, A, H) if kind is SentinelStep else (H,)
        step = kind(build_score(score, A, asked, rng=rng), build_cell(cell, 4 + D, H, rng=rng), *sizes, rng=rng,
                    **options)
        state = tuple(rng.standard_normal((N, H)) for _ in range(step.cell.state_size))
        inputs = (*map(rng.standard_normal, ((N, 4), (N, L, D), (N, L, A))), state)
        return step, inputs, {} if choice is None else {"choice": np.array(choice)}
    return case


def _soft(rng, **options):
    return ShowAttendTell(V, options.pop("D", D), **SIZES | options, attention_size=3, rng=rng)


def _soft_attention(**options):
    return lambda rng: (TeacherForcing(_soft(rng, **options), DoublyStochasticPenalty(0.7, "paper")), _batch(rng), {})


def _soft_attention_fast(**options):
    return lambda rng: (FastTeacherForcing(_soft(rng, **options), DoublyStochasticPenalty(0.7, "arctic"),
                                           input_gradient=True), _batch(rng), {})


def _smoothed(kind):
    return lambda rng: (kind(_soft(rng), smoothing=0.2), _batch(rng), {"weights": np.array([0.3, -0.1, 0.2])})


def _parts(score, cell):
    def case(rng):
        captioner = _soft(rng, score=score, cell=cell, **WIDE)
        return TeacherForcing(captioner, DoublyStochasticPenalty(0.7, "mean")), _batch(rng), {}
    return case


def _hard_attention(samples=1, **options):
    """Drawn locations and the advantage are held still: then the gradient is that of the loss."""
    def case(rng):
        captioner = _soft(rng, attention="hard", temperature=1.4)
        objective = TeacherForcing(captioner, DoublyStochasticPenalty(0.7, "paper"), Reinforce(0.8, 0.3, **options),
                                   samples)
        choice = np.array([[1, 0, 3, 3], [EXPECTATION] * 4, [2, 2, 0, 1]])
        return objective, _batch(rng), {"choice": choice, "advantage": np.array([0.9, 0.4, -1.3])}
    return case


def _several_samples(rng):
    objective, batch, _ = _hard_attention(2, reward="mean", reduction="sum")(rng)
    noise = {"choice": rng.integers(-1, 4, (6, 4)), "advantage": rng.standard_normal(6)}
    return objective, batch, noise


def _gru_notebook(rng):
    return TeacherForcing(GRUNotebook(V, D, **WIDE, attention_size=3, rng=rng),
                          DoublyStochasticPenalty(0.7, "mean")), _batch(rng), {}


def _show_tell(**options):
    return lambda rng: (TeacherForcing(ShowTell(V, D, **WIDE, rng=rng, **options)), _batch(rng), {})


def _transformer(penalty, **options):
    options = {"attention_size": 4, "blocks": 2, "heads": 2, **SIZES, **options}
    return lambda rng: (TeacherForcing(Transformer(V, D, rng=rng, **options), penalty), _batch(rng), {})


def _end_to_end(rng):
    encoder = with_biases(build("toy_cnn_v2", rng=rng), rng)
    _, ids, lengths = _batch(rng)
    grid_size = encoder(rng.standard_normal((1, 3, 16, 16)).astype(np.float32)).shape[-1]
    objective = FastTeacherForcing(_soft(rng, D=grid_size), DoublyStochasticPenalty(0.7, "mean"), input_gradient=True)
    return Through(Sight.of_encoder(encoder), objective), (rng.standard_normal((3, 3, 16, 16)), ids, lengths), {}


def _tuned(rng, batchnorm, objective):
    """The last two blocks of the encoder learn. Photos are given as noise is: backward ends before them."""
    encoder = with_biases(build("toy_cnn_v2", rng=rng), rng)
    for _, buffer in encoder.named_buffers():
        buffer.data[...] = rng.uniform(0.5, 1.5, buffer.data.shape)
    encoder.tune(["conv3.0", "conv4.0"], batchnorm=batchnorm)
    _, ids, lengths = _batch(rng)
    captioner = _soft(rng, D=encoder.grid_shape()[1])
    noise = {"inputs": rng.standard_normal((3, 3, 16, 16)), "ids": ids, "lengths": lengths}
    return Through(Sight.of_encoder(encoder), objective(captioner)), (), noise


def _tuned_live(rng):
    return _tuned(rng, "live", lambda captioner: TeacherForcing(captioner, DoublyStochasticPenalty(0.7, "paper")))


def _tuned_frozen(rng):
    return _tuned(rng, "frozen", lambda captioner: FastTeacherForcing(captioner, DoublyStochasticPenalty(0.7, "mean"),
                                                                      input_gradient=True))


STEPS = {
    "attention_step": _step(AttentionStep),
    "attention_step.dot-gru": _step(AttentionStep, "dot", "gru"),
    "attention_step.sparsemax": _step(AttentionStep, function="sparsemax"),
    "attention_step.word_in_query": _step(AttentionStep, word_in_query=True),
    "sentinel_step": _step(SentinelStep),
    "sentinel_step.sparsemax": _step(SentinelStep, N=6, L=2, function="sparsemax"),
    "sentinel_step.word_in_query": _step(SentinelStep, word_in_query=True),
    "sentinel_step.word_in_query-dot-gru": _step(SentinelStep, "dot", "gru", word_in_query=True),
    "sentinel_step.one_location": _step(SentinelStep, N=1, L=1, H=1),
    "attention_step.one_location": _step(AttentionStep, N=1, L=1, H=1),
    "hard_attention_step": _step(HardAttentionStep, temperature=1.4, choice=[2, EXPECTATION, 0]),
    "hard_attention_step.word_in_query": _step(HardAttentionStep, word_in_query=True, choice=[2, EXPECTATION, 0]),
    "hard_attention_step.general-rnn": _step(HardAttentionStep, "general", "rnn", temperature=0.7, choice=[1, 3, 1]),
}

CASES = {
    "captioner.soft-attention": _soft_attention(),
    "captioner.soft-attention.fast": _soft_attention_fast(),
    "captioner.adaptive-attention": _soft_attention(**ADAPTIVE),
    "captioner.adaptive-attention.fast": _soft_attention_fast(**ADAPTIVE),
    "captioner.sparsemax": _soft_attention(attention_function="sparsemax"),
    "captioner.sparsemax.fast": _soft_attention_fast(attention_function="sparsemax"),
    "captioner.tied": _soft_attention(tied_embedding=True),
    "captioner.tied.fast": _soft_attention_fast(tied_embedding=True),
    "captioner.soft-attention.smoothed": _smoothed(TeacherForcing),
    "captioner.soft-attention.smoothed.fast": _smoothed(partial(FastTeacherForcing, input_gradient=True)),
    "captioner.hard-attention": _hard_attention(),
    "captioner.hard-attention.samples": _several_samples,
    **{f"captioner.{score}-{cell}": _parts(score, cell) for score in SCORES for cell in CELLS},
    "captioner.gru-notebook": _gru_notebook,
    "captioner.show-and-tell": _show_tell(),
    "captioner.show-and-tell.every-step": _show_tell(image_every_step=True),
    "captioner.show-and-tell.gru": _show_tell(cell="gru"),
    "captioner.transformer": _transformer(DoublyStochasticPenalty(0.7, "mean")),
    "captioner.transformer.one-block": _transformer(None, blocks=1, heads=1, embedding_size=5),
    "captioner.photos-to-loss": _end_to_end,
    "captioner.photos-to-loss.tuned": _tuned_frozen,
    "captioner.photos-to-loss.tuned.live-batchnorm": _tuned_live,
}

EVERY_CASE = {**LAYERS, **WORD2VEC, **ENCODERS, **STEPS, **CASES}  # of the whole house
