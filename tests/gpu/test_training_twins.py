"""The GPU's training twins equal the reference on hard shapes, to 1e-10 in float64; they ask little, and repeat."""

import numpy as np
import pytest
from training_twins import SHAPES, V, batch, captioner, on_fake_device, results

from minisat.backend import to_device, to_numpy
from minisat.captioner import Recipe, Reinforce, TeacherForcing, build_captioner, build_objective
from minisat.captioner.cuda import CudaHardTeacherForcing, CudaTeacherForcing
from minisat.data.batches import caption_batch
from minisat.nn import DoublyStochasticPenalty, OneSidedPenalty
from minisat.optim import Adam, Averager, FlatParameters, clip_norm

pytestmark = pytest.mark.gpu
REINFORCE = {"paper": {"entropy": 0.1}, "self-critical": {"baseline": "self-critical", "expectation": 0.3},
             "arctic": {"entropy": 0.1, "reward": "mean", "reduction": "sum", "substitution": "minibatch"}}


def assert_equal(one, other, tolerance=1e-10):
    assert one.keys() == other.keys()
    for name in one:
        np.testing.assert_allclose(other[name], one[name], rtol=0, atol=tolerance * max(1, np.abs(one[name]).max()),
                                   err_msg=name)


@pytest.mark.parametrize("shape, options", [
    *((shape, {}) for shape in SHAPES),
    *(("odd", options) for options in ({"word_in_query": True}, {"score": "concat"}, {"tied_embedding": True}))])
def test_soft_twin_equals_reference(shape, options):
    """All gradients, with smoothing and either penalty."""
    shape = SHAPES[shape]
    penalty = OneSidedPenalty(0.8, "mean", 0.12) if options else DoublyStochasticPenalty(0.8, "paper")
    inputs, model = batch(*shape[:3]), captioner(shape, **options)
    slow = results(TeacherForcing(model, penalty, smoothing=0.1), inputs, "cpu")
    assert CudaTeacherForcing.fits(model.to("cuda"))
    assert_equal(slow, results(CudaTeacherForcing(model, penalty, smoothing=0.1), inputs, "cuda"))


@pytest.mark.parametrize("name", REINFORCE)
def test_hard_twin_equals_reference(name):
    """The same random numbers draw the same paths: loss, figures and gradients, two samples a caption."""
    shape = SHAPES["odd"]
    inputs, model = batch(*shape[:3]), captioner(shape, attention="hard", temperature=1.3)
    parts = DoublyStochasticPenalty(0.8, "mean"), Reinforce(**REINFORCE[name]), 2, 0.1
    slow = results(TeacherForcing(model, *parts), inputs, "cpu")
    assert CudaHardTeacherForcing.fits(model.to("cuda"))
    assert_equal(slow, results(CudaHardTeacherForcing(model, *parts), inputs, "cuda"))


def test_what_else_forward_is_given():
    """Weights of either sign, other words read, a frozen mask; evaluation; dloss; a second backward doubles."""
    shape = SHAPES["odd"]
    (features, ids, lengths), model, rng = batch(*shape[:3]), captioner(shape), np.random.default_rng(2)
    given = {"weights": rng.standard_normal(len(ids)), "read": rng.integers(4, V, (len(ids), ids.shape[1] - 1))}
    mask = (rng.random((len(ids), ids.shape[1] - 1, shape[3])) < 0.5) * 2.0
    slow = results(TeacherForcing(model), (features, ids, lengths), "cpu", mask=mask, **given)
    twin = CudaTeacherForcing(model)
    assert_equal(slow, results(twin, (features, ids, lengths), "cuda", mask=to_device(mask, "cuda"), **given))
    device = to_device(features, "cuda")
    assert float(twin.eval()(device, ids, lengths)) == pytest.approx(float(twin.reference()(device, ids, lengths)))
    twin.train().zero_grad()
    _, cache = twin.forward(device, ids, lengths, rng=rng)
    twin.backward(1.0, cache)
    once = {name: p.grad.copy() for name, p in model.named_parameters()}
    twin.backward(2.0, cache)
    for name, p in model.named_parameters():
        np.testing.assert_allclose(to_numpy(p.grad), 3 * to_numpy(once[name]), rtol=1e-9, atol=1e-12, err_msg=name)


def test_float16_features_are_read_as_they_are():
    """Features kept as float16 give what the same numbers in float32 give, and float32 is near float64."""
    shape = SHAPES["odd"]
    (features, ids, lengths), model = batch(*shape[:3]), captioner(shape)
    inputs = features.astype("float16").astype("float64"), ids, lengths
    exact = results(TeacherForcing(model), inputs, "cpu")
    for half in (True, False):
        assert_equal(exact, results(CudaTeacherForcing(model), inputs, "cuda", "float32", half), 1e-4)


def step_of(model, N, T, L, D, words, size):
    """A whole training step by the recipe `model`, as a function, and its flat parameters."""
    recipe = Recipe(model=model, embedding_size=size, hidden_size=size, attention_size=size)
    rng = np.random.default_rng(0)
    captioner = build_captioner(recipe, words, D).to("cuda")
    objective = build_objective(recipe, captioner).to("cuda").train()
    flat = FlatParameters(captioner.parameters())
    optimizer, averager = Adam(flat, 1e-3), Averager([flat.data], 0.999)
    features = to_device(rng.standard_normal((N, L, D)).astype(np.float32), "cuda")
    batch = caption_batch(np.arange(N), rng.integers(4, words, (N, T - 1)).tolist())

    def step():
        flat.zero_grad()
        _, cache = objective.forward(features, batch.ids, batch.lengths, rng=np.random.default_rng(1))
        objective.backward(1.0, cache)
        clip_norm(flat, 5.0)
        optimizer.step()
        averager.update()
    return step, flat


def test_the_same_steps_give_the_same_bits():
    """Twice three steps from the same weights: no sum depends on who comes first."""
    ends = []
    for _ in range(2):
        step, flat = step_of("soft-attention", 3, 4, 5, 8, 40, 16)
        for _ in range(3):
            step()
        ends.append(to_numpy(flat.data))
    assert ends[0].tobytes() == ends[1].tobytes()


@on_fake_device
@pytest.mark.parametrize("model, most", [("soft-attention", 220), ("hard-attention", 240)])
def test_a_step_asks_little_and_waits_for_nothing(model, most):
    """Operations of a step of 19 words; there is no copy to the host, which would wait."""
    import fakecuda

    step, _ = step_of(model, 2, 19, 3, 8, 40, 8)
    step()
    before = fakecuda.counts()
    step()
    asked = {name: count - before[name] for name, count in fakecuda.counts().items()}
    assert sum(asked[name] for name in ("launches", "products", "h2d", "d2h", "d2d", "memset")) <= most
    assert asked["d2h"] == asked["sync"] == 0
