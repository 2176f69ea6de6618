"""Every kernel is held by a test that a mistake in it does not pass: a barrier, an offset, a wrong mask, a lost repeat.

On the fake device alone: threads that miss a barrier differ there every time, on a GPU now and then. One barrier is not
in the list, that between the energies and their maximum: a softmax does not mind what is subtracted from its scores.
"""

from functools import cache

import numpy as np
import pytest
from training_twins import SHAPES, batch, captioner, on_fake_device, results

from minisat.backend import kernels, scatter_add, to_device, to_numpy, uniform
from minisat.backend.cuda import BACKEND
from minisat.captioner import Reinforce, TeacherForcing, fast_decoder
from minisat.captioner.cuda import CudaHardTeacherForcing, CudaTeacherForcing, decoding, teacher_forcing
from minisat.captioner.decoding.best_words import best_words
from minisat.nn import DoublyStochasticPenalty, LSTMCell
from minisat.nn.activations import sigmoid
from minisat.nn.correlation import correlate_each
from minisat.nn.cuda.activations import LAYERS
from minisat.optim import Adam, Averager, FlatParameters, clip_norm
from minisat.optim import cuda as optim_cuda

pytestmark = [pytest.mark.gpu, on_fake_device]
FILES = (BACKEND, LAYERS, teacher_forcing.ATTEND, teacher_forcing.GATES, teacher_forcing.SUMS, teacher_forcing.WORDS,
         decoding.DECODING, optim_cuda.LENGTH, optim_cuda.ENTRIES)
BARRIER = "__syncthreads();"
SHAPE, PENALTY = SHAPES["odd"], DoublyStochasticPenalty(0.8, "mean")
REINFORCE = {"drawn": {"expectation": 0.2}, "greedy": {"baseline": "self-critical", "expectation": 0.3}}
PLANTED = {  # file: (what is there, what stands there instead, the check that must notice)
    "attend.cu": [
        (f"w[a] = heat * v[a]; }}\n    {BARRIER}", "w[a] = heat * v[a]; }", "soft"),
        (f"e[l] /= sum;\n    {BARRIER}", "e[l] /= sum;", "soft"),
        ("keys + (size_t)key[k] * L * A, query", "keys + (size_t)k * L * A, query", "soft"),
        ("if (s < 0) for (int l = 0; l < L", "if (s < 0) for (int l = 1; l < L", "soft"),
        ("p * (e[l] - mean)", "p * e[l]", "soft"),
        (f"e[l] = de[r * L + l] = x;\n    }}\n    {BARRIER}", "e[l] = de[r * L + l] = x;\n    }", "soft"),
        ("t < lengths[n]; t++) {\n            size_t r", "t + 1 < lengths[n]; t++) {\n            size_t r", "soft"),
        ("dk[i] += g * (1 - y * y);", "dk[i] += g;", "soft"),
        ("if (lane >= d) x += y;", "if (lane > d) x += y;", "drawn"),
        ("if (s >= 0) x += reward[k] * ((l == s) - p);", "if (s >= 0) x += reward[k] * (l == s);", "drawn"),
        ("e[other] > e[best] ||", "e[other] < e[best] ||", "greedy")],
    "numbers.cuh": [
        ("for (int d = 16; d; d /= 2) x += ", "for (int d = 8; d; d /= 2) x += ", "soft"),
        (f"if (lane == 0) room[warp] = x;\n    {BARRIER}\n    return warp_sum", "if (lane == 0) room[warp] = x;\n"
         "    return warp_sum", "soft")],
    "gates.cu": [
        ("f * c_prev[c_at + (size_t)k * c_stride + j]", "f * c_prev[c_at + (size_t)k * H + j]", "soft"),
        ("if (k < n_next)", "if (k + 1 < n_next)", "soft"),
        ("dc[at] = memory * f;", "dc[at] = memory * i;", "soft"),
        ("da[3 * H] = d * y * o * (1 - o);", "da[3 * H] = d * y * o;", "soft")],
    "words.cu": [
        ("E[(size_t)ids[r] * M + m]", "E[(size_t)r % 4 * M + m]", "soft"),
        ("k >= gates + A ? b_own", "k > gates + A ? b_own", "soft"),
        ("k < gates + A ? W_query", "k <= gates + A ? W_query", "soft"),
        ("a = features + (size_t)photo[n] * L * D + d", "a = features + (size_t)n * L * D + d", "soft"),
        ("j < H && n < speaking", "j + 1 < H && n < speaking", "soft"),
        ("dc[n * H + j - H]", "dh[n * H + j - H]", "soft"),
        ("(unsigned)place[at / M] * M", "(unsigned)(at / M) * M", "soft"),
        ("i < edges[k + 1]; i++", "i < edges[k] + 1; i++", "soft"),
        ("alpha[(size_t)(starts[t] + n) * L + l]", "alpha[(size_t)starts[t] * L + l]", "soft")],
    "sums.cu": [
        (f"picked = x[target];\n    {BARRIER}", "picked = x[target];", "soft"),
        ("/ sum - share -", "/ sum -", "soft"),
        ("r += 8) sum", "r += 9) sum", "soft"),
        (f"room[warp][lane] = sum;\n    {BARRIER}", "room[warp][lane] = sum;", "soft"),
        ("i < size; i += blockDim.x) sum += x[i]", "i + 1 < size; i += blockDim.x) sum += x[i]", "soft"),
        ("int r = starts[t] + n;\n        sums[0]", "int r = starts[t];\n        sums[0]", "drawn")],
    "backend.cu": [
        ("while (end < K && ids[order[end]] == id) end++;", "", "layers"),
        ("if (k > 0 && ids[order[k - 1]] == id) return;", "", "layers")],
    "hash.cuh": [("u ^= u >> 15; ", "", "layers"), ("index ^ key", "index + key", "layers")],
    "layers.cu": [
        ("y[i] = sigma(x[i])", "y[i] = sigma(2 * x[i])", "layers"),
        ("sigma(a[H] + b[H + j])", "sigma(a[H] + b[j])", "layers"),
        ("dc_prev[at] = memory * f", "dc_prev[at] = memory", "layers"),
        ("dc[at] + dh[at] * o", "dh[at] * o", "layers"),
        ("v < 0 || v >= h || u < 0 || u >= w", "v < 0 || v >= h || u < 0 || u > w", "layers"),
        ("row * sh + i - top", "row * sh + i", "layers")],
    "decoding.cu": [
        ("sum += exp(x[i] - largest)", "sum += exp(x[i])", "decode"),
        ("i > found)", "i >= found)", "words"),
        ("its < column", "its > column", "words"),
        ("found = column;\n            out", "found = column + 1;\n            out", "words"),
        ("photo_out[k] = photo[from]", "photo_out[k] = photo[k]", "decode"),
        ("c_out[k * H + j] = c[from * H + j]", "c_out[k * H + j] = c[k * H + j]", "decode")],
    "length.cu": [
        ("shares[first + blockIdx.x] = sum", "shares[blockIdx.x] = sum", "update"),
        ("factor > 1 ? (Real)1 : factor", "factor", "update")],
    "entries.cu": [
        ("g[i] *= factor[1]", "g[i] *= factor[0]", "update"),
        ("(Real)beta2 * square[i]", "square[i]", "update"),
        ("(x[i] - average[i])", "x[i]", "update")],
}
CASES = [(name, *change) for name, changes in PLANTED.items() for change in changes]


def training(kind, device):
    """Loss and gradients of the soft twin, or of the hard one, beside those of the reference on the CPU."""
    hard = kind in REINFORCE
    model = captioner(SHAPE, **({"attention": "hard", "temperature": 1.3} if hard else {}))
    parts = (PENALTY, Reinforce(**REINFORCE[kind])) if hard else (PENALTY,)
    twin = CudaHardTeacherForcing if hard else CudaTeacherForcing
    kind = twin if device == "cuda" else TeacherForcing
    return results(kind(model, *parts, smoothing=0.1), batch(*SHAPE[:3]), device)


def decode(device):
    """Two words, captions changing places between them."""
    model = captioner(SHAPE).astype("float64").to(device).eval()
    decoder = fast_decoder(model)
    state = decoder.start(to_device(batch(*SHAPE[:3])[0], device))
    found = {}
    for t, (ids, index) in enumerate((([2] * 5, [0, 0, 3, 1]), ([4, 5, 6, 7], [3, 1, 0]), ([8, 9, 4], [2, 1]))):
        log_probs, state, alpha, beta = decoder.step(state, to_device(np.array(ids), device))
        found |= {f"log p {t}": to_numpy(log_probs), f"alpha {t}": to_numpy(alpha), f"beta {t}": to_numpy(beta)}
        state = decoder.select(state, to_device(np.array(index), device))
    return found


def words(device):
    """The best of rows with many ties."""
    scores = np.random.default_rng(0).integers(0, 9, (6, 300)).astype(np.float64)
    values, columns = best_words(to_device(scores, device)[:, 3:], 7)
    return {"values": values, "columns": columns}


def layers(device):
    """Layers and what they draw and add, one by one."""
    rng, numbers = np.random.default_rng(0), lambda *shape: to_device(rng.standard_normal(shape), device)
    cell, x = LSTMCell(3, 5, rng=0), numbers(2, 7, 6, 4).transpose(0, 3, 1, 2)
    cell.b.data += rng.standard_normal(20).astype(np.float32)
    cell.astype("float64").to(device)
    state, cache = cell.forward(numbers(4, 3), (numbers(4, 5), numbers(4, 5)))
    dx, dstate = cell.backward((numbers(4, 5), numbers(4, 5)), cache)
    table = numbers(9, 37)
    scatter_add(table, to_device(np.array([3, 8, 3, 0, 3, 8]), device), numbers(6, 37))
    gradients = tuple(parameter.grad for parameter in cell.parameters())
    found = {"state": state, "dstate": dstate, "dx": dx, "cell": gradients, "table": table,
             "sigmoid": sigmoid(numbers(40)), "uniform": uniform(rng, (3, 50), x),
             "depthwise": correlate_each(x, numbers(4, 1, 3, 3), numbers(4), (2, 1), (1, 1), (4, 6))}
    return {f"{name} {i}": to_numpy(y) for name, ys in found.items()
            for i, y in enumerate(ys if isinstance(ys, tuple) else (ys,))}


def update(device):
    """Three steps of clipping, Adam and the average over two groups, short and long gradients."""
    rng, found = np.random.default_rng(0), {}
    models = [captioner(SHAPE).astype("float64").to(device) for _ in range(2)]
    groups = [FlatParameters(model.parameters()) for model in models]
    optimizers, averager = [Adam(group, 0.01) for group in groups], Averager([group.data for group in groups], 0.9)
    for step, size in enumerate((1.0, 1e-4, 5.0)):
        for group in groups:
            group.grad[...] = to_device(size * rng.standard_normal(group.grad.shape), device)
        found[f"norm {step}"] = to_numpy(clip_norm(groups, 5.0))
        for optimizer in optimizers:
            optimizer.step()
        averager.update()
    return found | {str(k): to_numpy(x) for k, x in enumerate([*(g.data for g in groups), *averager.averages])}


def check(name, device):
    """{what: array}, computed on `device`."""
    plain = {"decode": decode, "words": words, "update": update, "layers": layers}
    return plain[name](device) if name in plain else training(name, device)


reference = cache(lambda name: check(name, "cpu"))


def right(name):
    """Whether the GPU computes what the CPU does."""
    expected, found = reference(name), check(name, "cuda")
    return all(np.allclose(found[key], expected[key], rtol=0, atol=1e-9 * max(1, np.abs(expected[key]).max()))
               for key in expected)


def forget():
    """Kernels are compiled anew from now on."""
    kernels._module.cache_clear()
    for file in FILES:
        file._kernels.clear()


@pytest.mark.parametrize("name", ["soft", *REINFORCE, "decode", "words", "update", "layers"])
def test_what_is_as_it_should_be_passes(name):
    assert right(name)


@pytest.mark.parametrize("file, there, instead, name", CASES, ids=[f"{c[0]}-{i}" for i, c in enumerate(CASES)])
def test_a_planted_mistake_is_noticed(file, there, instead, name, monkeypatch):
    plain = kernels.source

    def planted(path):
        text = plain(path)
        return text.replace(there, instead, 1) if path.name == file else text
    folder = next((f.path.parent for f in FILES if f.path.name == file), kernels.HEADERS)
    assert there in plain(folder / file)
    monkeypatch.setattr(kernels, "source", planted)
    monkeypatch.setenv("FAKE_SCHEDULE", "7")  # threads in a drawn order: in turn, some would be right by luck
    forget()
    try:
        assert not right(name)
    finally:
        forget()
