"""Both captioners: equal to PyTorch, one protocol, padding without influence."""

import sys
from pathlib import Path

import numpy as np
import pytest

from minisat.captioner import (
    GRUNotebook,
    Recipe,
    Reinforce,
    ShowAttendTell,
    ShowTell,
    TeacherForcing,
    Transformer,
    build_captioner,
    build_objective,
    fast_decoder,
)
from minisat.errors import UserError
from minisat.nn import DoublyStochasticPenalty, OneSidedPenalty

V, D, SIZES = 19, 6, {"embedding_size": 5, "hidden_size": 7}
MODELS = {
    "soft-attention": lambda: ShowAttendTell(V, D, **SIZES, attention_size=4, rng=0, feature_scale=1.3),
    "show-and-tell": lambda: ShowTell(V, D, **SIZES, rng=0, feature_scale=1.3),
    "show-and-tell.joined": lambda: ShowTell(V, D, **SIZES, rng=0, feature_scale=1.3, image_every_step=True),
    "show-and-tell.every-step": lambda: ShowTell(V, D, **SIZES, rng=0, cell="gru", image_every_step=True),
    "gru-notebook": lambda: GRUNotebook(V, D, **SIZES, attention_size=4, rng=0, feature_scale=1.3),
    "hard-attention": lambda: ShowAttendTell(V, D, **SIZES, attention_size=4, rng=0, attention="hard"),
    "hard-attention.argmax": lambda: ShowAttendTell(V, D, **SIZES, attention_size=4, rng=0, attention="hard",
                                                    decoding="argmax", temperature=1.5),
    "dot-rnn": lambda: ShowAttendTell(V, D, **SIZES, score="dot", cell="rnn", rng=0),
    "word-in-query": lambda: ShowAttendTell(V, D, **SIZES, attention_size=4, rng=0, word_in_query=True),
    "adaptive-attention": lambda: ShowAttendTell(V, D, **SIZES, attention_size=4, rng=0, feature_scale=1.3,
                                                 word_in_query=True, sentinel=True, normalised_places=True),
    "adaptive-dot-rnn": lambda: ShowAttendTell(V, D, **SIZES, score="dot", cell="rnn", rng=0, sentinel=True,
                                               word_in_query=True),
    "sparsemax": lambda: ShowAttendTell(V, D, **SIZES, attention_size=4, rng=0, attention_function="sparsemax"),
    "tied": lambda: ShowAttendTell(V, D, **SIZES, attention_size=4, rng=0, tied_embedding=True),
    "transformer": lambda: Transformer(V, D, **SIZES, attention_size=6, heads=3, rng=0, feature_scale=1.3),
    "general-gru": lambda: ShowAttendTell(V, D, **SIZES, attention_size=4, score="general", cell="gru", rng=0),
}


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]().astype("float64").eval()


def features(count=3, L=4):
    return np.random.default_rng(1).standard_normal((count, L, D))


def test_steps_say_what_teacher_forcing_says(model):
    """Word by word, `step` gives the log-probabilities of the whole-sequence forward pass."""
    ids = np.array([[2, 5, 6, 7], [2, 8, 9, 10], [2, 4, 4, 4]])
    logits, alphas, *_ = model(features(), ids)
    log_probs = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    state = model.start(features())
    for t in range(ids.shape[1]):
        step_log_probs, state, alpha, beta = model.step(state, ids[:, t])
        np.testing.assert_allclose(step_log_probs, log_probs[:, t], atol=1e-12)
        if alphas is not None:
            np.testing.assert_allclose(alpha, alphas[:, t], atol=1e-12)
            assert beta is None or beta.shape == (3,) and ((0 < beta) & (beta < 1)).all()


def test_select_follows_each_caption_to_its_own_photo(model):
    state = model.start(features())
    _, state, _, _ = model.step(state, np.array([2, 2, 2]))
    expected, _, _, _ = model.step(state, np.array([4, 5, 6]))
    index = np.array([2, 0, 2, 1, 0])
    chosen, _, _, _ = model.step(model.select(state, index), np.array([4, 5, 6])[index])
    np.testing.assert_allclose(chosen, expected[index], atol=1e-12)


@pytest.mark.parametrize("name", ["soft-attention", "adaptive-attention", "word-in-query", "sparsemax", "tied",
                                  "show-and-tell", "show-and-tell.joined"])
def test_fast_decoder_equals_the_reference(name):
    """Three steps, with captions that multiply, vanish and change places in between."""
    model = MODELS[name]().astype("float64").eval()
    decoders = model, fast_decoder(model)
    assert type(decoders[1]) is not type(model)
    states = [decoder.start(features()) for decoder in decoders]
    for ids, index in (([2, 2, 2], [0, 0, 2, 1]), ([4, 5, 6, 7], [3, 1, 0]), ([8, 9, 4], [2, 1, 0])):
        steps = [decoder.step(state, np.array(ids)) for decoder, state in zip(decoders, states)]
        for k in (0, 2, 3):  # log_probs, alpha, beta
            assert (steps[1][k] is None) == (steps[0][k] is None)
            if steps[0][k] is not None:
                np.testing.assert_allclose(steps[1][k], steps[0][k], atol=1e-10)
        states = [decoder.select(step[1], np.array(index)) for decoder, step in zip(decoders, steps)]


@pytest.mark.parametrize("name", MODELS)
def test_padding_changes_nothing(name):
    """Wider padding and other words behind `<end>` leave the loss and all gradients alone."""
    model = MODELS[name]().astype("float64").eval()
    penalty = None if name.startswith("show-and-tell") else DoublyStochasticPenalty()
    objective = TeacherForcing(model, penalty, Reinforce() if name.startswith("hard") else None)
    short = np.array([[2, 5, 3, 0], [2, 6, 7, 3]])
    wide = np.array([[2, 5, 3, 11, 12, 13], [2, 6, 7, 3, 14, 15]])
    results = []
    for ids in (short, wide):
        objective.zero_grad()
        noise = {}
        if name.startswith("hard"):
            objective.reinforce.train()
            objective.training = True
            choice = np.array([[1, 3, 0, 0, 0], [2, 0, 1, 0, 0]])[:, :ids.shape[1] - 1]
            noise = {"choice": choice, "advantage": np.array([0.7, -0.2])}
        loss, cache = objective.forward(features(2), ids, np.array([2, 3]), **noise)
        dfeatures, _, _ = objective.backward(1.0, cache)
        results.append([loss, dfeatures, *(p.grad.copy() for p in model.parameters())])
    for a, b in zip(*results):
        np.testing.assert_allclose(a, b, atol=1e-12)


def test_places_and_sentinel_share_one_look():
    """alpha and 1 − beta sum to 1; where the sentinel takes all, nothing of the photo is seen."""
    model = MODELS["adaptive-attention"]().astype("float64").eval()
    state = model.start(features())
    _, _, alpha, beta = model.step(state, np.array([2, 5, 6]))
    np.testing.assert_allclose(alpha.sum(axis=1), beta, atol=1e-12)
    assert ((beta > 0.1) & (beta < 0.99)).all()
    model.attend.look = lambda scores: (np.eye(scores.shape[1])[[-1] * len(scores)], None, None)
    seen = [model.attend(np.ones((3, model.embedding.W.shape[1])), shown, state.keys, state.recurrent)
            for shown in (state.features, state.features + 100)]
    np.testing.assert_array_equal(seen[0][1], seen[1][1])


def test_attention_is_a_distribution_over_locations():
    _, alphas = MODELS["soft-attention"]().eval()(features().astype("float32"), np.full((3, 5), 4))
    assert alphas.dtype == np.float32
    np.testing.assert_allclose(alphas.sum(axis=-1), 1, atol=1e-6)


@pytest.mark.peer
def test_soft_attention_equals_pytorch():
    """Loss and gradients against the PyTorch model that the benchmark uses, float64, dropout frozen."""
    torch = pytest.importorskip("torch")
    sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
    from torch_captioner import TorchShowAttendTell
    rng = np.random.default_rng(2)
    model = ShowAttendTell(V, D, **SIZES, attention_size=4, dropout=0.5, rng=0).astype("float64")
    lengths = np.array([4, 3, 1])
    ids = rng.integers(4, V, (3, 5))
    photos = features()
    mask = rng.integers(0, 2, (3, 4, 5)) * 2.0
    objective = TeacherForcing(model, DoublyStochasticPenalty(1.0, "mean"))
    loss, cache = objective.forward(photos, ids, lengths, mask=mask)
    objective.backward(1.0, cache)
    peer = TorchShowAttendTell(V, D, 5, 7, 4, 0.5).double()
    peer.copy_from(model)
    packed_mask = np.concatenate([mask[:sum(lengths > t), t] for t in range(4)])
    peer_loss = peer(torch.from_numpy(photos), torch.from_numpy(ids), lengths.tolist(), torch.from_numpy(packed_mask))
    peer_loss.backward()
    assert float(loss) == pytest.approx(peer_loss.item(), abs=1e-12)
    for name, gradient in peer.gradients().items():
        np.testing.assert_allclose(dict(model.named_parameters())[name].grad, gradient, atol=1e-12, err_msg=name)


def test_a_recipe_builds_what_it_says():
    model = build_captioner(Recipe(model="transformer", attention_size=6, blocks=3, heads=2), V, D)
    assert len(model.blocks) == 3 and {block.look.heads for block in model.blocks} == {2}
    model = build_captioner(Recipe(model="show-and-tell", hidden_size=8, embedding_size=6), V, D)
    assert isinstance(model, ShowTell) and model.cell.W_h.shape == (8, 32)
    assert isinstance(build_objective(Recipe(model="show-and-tell"), model), TeacherForcing)
    for fields, kind in (({}, DoublyStochasticPenalty), ({"penalty_form": "one-sided"}, OneSidedPenalty),
                         ({"penalty": 0.0}, type(None)), ({"objective": "self-critical"}, type(None))):
        recipe = Recipe(penalty_reduction="arctic", penalty_share=0.7, **{"penalty": 0.4, **fields})
        penalty = build_objective(recipe, build_captioner(Recipe(hidden_size=8, embedding_size=6), V, D)).penalty
        assert type(penalty) is kind
        assert penalty is None or (penalty.strength, penalty.reduction) == (0.4, "arctic")
        assert getattr(penalty, "share", 0.7) == 0.7


@pytest.mark.parametrize("values, said", [({"beam": "x"}, "beam must be a whole number"), ({"dropout": 1.0}, "dropout"),
                                          ({"colour": 1}, "no colour"), ({"model": "x"}, "one of"),
                                          ({"model": "transformer", "heads": 7}, "512 cannot be shared .* 7 heads")])
def test_a_bad_recipe_is_refused_in_one_sentence(values, said):
    with pytest.raises(UserError, match=said):
        Recipe.from_dict(values)
