"""Wrong answers that learners give: each is caught, and where its numbers show a pattern, the check names it."""

import pytest

from minisat.teaching.exercises import check_exercise
from minisat.teaching.shelf import all_lessons

LESSONS = {lesson.number: lesson for lesson in all_lessons()}
WRONG = {  # lesson: what stands in its solution, what a learner may write, what the check says of it
    1: [("self.W.grad += x.T @ dy", "self.W.grad += x.T @ dy / len(x)", "W: everywhere it is 1/"),
        ("self.W.grad += x.T @ dy", "self.W.grad = x.T @ dy", "must be added (+=)"),
        ("x.T @ dy", "(dy.T @ x)", "shape"),
        ("dy.sum(axis=0)", "dy.mean(axis=0)", "b: everywhere it is 1/"),
        ("dy @ self.W.data.T", "-dy @ self.W.data.T", "x: it has the wrong sign everywhere.")],
    2: [("dlogits = p * counts[:, None]", "dlogits = p.copy()", "p"),
        ("counts = dloss * weight", "counts = dloss / len(p) + 0 * weight", ""),
        ("counts = dloss * weight", "counts = weight", "logits: everywhere it is "),
        ("dlogits[rows, targets] -= counts", "dlogits[rows, targets] += counts", ""),
        ("dlogits[rows, targets] -= counts", "dlogits[:, targets] -= counts[0]", "")],
    3: [("for word, sent in zip(ids, dy):", "for word, sent in [(ids, dy)]:", "come more than once"),
        ("self.W.grad[word] += sent", "self.W.grad[word] = sent", ""),
        ("self.W.grad[word] += sent", "self.W.grad[word] -= sent", "wrong sign"),
        ("self.W.grad[word] += sent", "self.W.grad[word] += sent / len(ids)", "everywhere it is 1/"),
        ("zip(ids, dy)", "zip(ids[::-1], dy)", "")],
    4: [("part = share * dh", "part = dh", ""),
        ("rows = mask[:, :, None] * part[:, None, :]", "rows = np.ones(mask.shape)[:, :, None] * part[:, None, :]", ""),
        ("part = share * dh", "part = dh / ids.shape[1]", ""),
        ("part = share * dh", "part = -share * dh", "W: it has the wrong sign everywhere."),
        ("scatter_add(self.W.grad, ids.reshape(-1), rows.reshape(-1, rows.shape[2]))",
         "self.W.grad[ids.reshape(-1)] += rows.reshape(-1, rows.shape[2])", "come more than once")],
    5: [("(sigmoid(scores) - label)", "(label - sigmoid(scores))", "it has the wrong sign everywhere."),
        ("(sigmoid(scores) - label)", "sigmoid(scores)", ""),
        ("dloss * weight * (", "dloss * (", ""),
        ("dh = (ds[:, :, None] * rows).sum(axis=1)", "dh = (ds[:, :, None] * rows)[:, 0]", "h"),
        ("scatter_add(self.W.grad, ids.reshape(-1), drows.reshape(-1, h.shape[1]))",
         "self.W.grad[ids.reshape(-1)] += drows.reshape(-1, h.shape[1])", "W")],
    6: [("dy.sum(axis=(0, 2, 3))", "dy.mean(axis=(0, 2, 3))", "b"),
        ('np.einsum("nors,ncrs->oc", dy, seen)', 'np.einsum("nors,ncrs->co", dy, seen)', ""),
        ("back += np.einsum", "back[...] = np.einsum", "x"),
        ("self.W.grad[:, :, i, j] += np", "self.W.grad[:, :, i, j] = np", "must be added (+=)"),
        ("return dwide[:, :, top:top + h, left:left + w]", "return dwide[:, :, :h, :w]", "")],
    7: [("rows = da.reshape(N, h, w, D)", "rows = da.reshape(N, w, h, D).transpose(0, 2, 1, 3)", "in the wrong places"),
        ("dx = rows.transpose(0, 3, 1, 2)", "dx = da.reshape(N, D, h, w)", "in the wrong places"),
        ("dmean[:, None, :] / L", "dmean[:, None, :]", "one factor is missing, or one is too many"),
        ("dmean[:, None, :] / L", "dmean[:, None, :] / N", "everywhere it is"),
        ("da += dmean[:, None, :] / L", "da[:, 0] += dmean", "")],
    8: [("da = dh * (1 - h**2)", "da = dh * (1 - h)", ""),
        ("self.W_h.grad += h_prev.T @ da", "self.W_h.grad += h.T @ da", "W_h"),
        ("da.sum(axis=0)", "da.mean(axis=0)", "b: everywhere it is 1/"),
        ("dh_prev = da @ self.W_h.data.T", "dh_prev = da @ self.W_h.data", "h"),
        ("dstate = (dstate[0] + doutputs[:, t],)", "dstate = (doutputs[:, t],)", "")],
    9: [("da_i, da_f, da_g, da_o = di * i * (1 - i), df * f * (1 - f)", "da_i, da_f, da_g, da_o = di * i * (1 - i), df",
         "of its 4 gates only one is wrong: f."),
        ("dg * (1 - g**2)", "dg * g * (1 - g)", "of its 4 gates only one is wrong: g."),
        ("do = dh * tanh_c", "do = dh * c_prev", "of its 4 gates only one is wrong: o."),
        ("dc = dc + dh * o * (1 - tanh_c**2)", "dc = dh * o * (1 - tanh_c**2)", ""),
        ("dc_prev = dc * f", "dc_prev = dc", ""),
        ("self.b.grad += da.sum(axis=0)", "self.b.grad = da.sum(axis=0)", "must be added (+=)")],
    10: [("arrives = dh + dhs[:, t]", "arrives = dhs[:, t]", ""),
         ("(dh, dc), photo_step", "(dh, 0 * dc), photo_step", ""),
         ("np.repeat(dv[:, None, :] / L, L", "np.repeat(dv[:, None, :], L", "features: everywhere it is"),
         ("(arrives, dc), word_steps[t]", "(arrives, 0 * dc), word_steps[t]", ""),
         ("reversed(range(T))", "range(T)", "")],
    11: [("* hidden).sum(axis=(0, 1))", "* hidden).mean(axis=(0, 1))", "v: everywhere it is 1/"),
         ("* v * (1 - hidden**2)", "* (1 - hidden**2)", ""),
         ("* v * (1 - hidden**2)", "* v", ""),
         ("dquery = dkeys.sum(axis=1)", "dquery = dkeys.mean(axis=1)", "everywhere it is 1/"),
         ("self.v.grad += dv", "self.v.grad[...] = dv", "must be added (+=)")],
    12: [("(dalpha - mean)", "dalpha", "add up to 0"),
         ("sum(axis=-1, keepdims=True)", "sum()", ""),
         ("dcontext[:, None, :]).sum(axis=2)", "dcontext[:, None, :]).mean(axis=2)", "alpha: everywhere it is 1/2"),
         ("alpha[:, :, None] * dcontext[:, None, :]", "0 * features + dcontext[:, None, :]", ""),
         ("alpha * (dalpha - mean)", "alpha * (mean - dalpha)", "wrong sign")],
    13: [("-2 * k *", "2 * k *", "wrong sign"),
         ("-2 * k *", "-k *", "everywhere it is 1/2 times"),
         ("mask[:, :, None] * dsums[:, None, :]", "np.ones(mask.shape)[:, :, None] * dsums[:, None, :]",
          "wrong for the padding"),
         ("* dloss", "", "everywhere it is"),
         ("(1.0 - sums)", "np.sign(1.0 - sums)", "")],
    14: [("(onehot - drawn * alpha)", "onehot", ""),
         ("dalpha = dalpha + (1.0 - drawn) * dweights", "dalpha = dalpha + dweights", ""),
         ("return de / self.temperature", "return de", "one factor is missing"),
         ("(log_alpha + entropy[:, None])", "log_alpha", ""),
         ("de -= dentropy", "de += dentropy", "")],
    15: [("(said - p)", "(p - said)", "wrong sign"),
         ("dscaled / self.temperature", "dscaled", "one factor is missing"),
         ("dscaled / self.temperature", "dscaled * self.temperature", "one factor is missing"),
         ("dlog_p[..., None] * (said - p)", "(said - p)", ""),
         ("(said - p)", "said", "")],
    16: [("/ (K - 1)", "/ K", ""),
         ("(rewards - others) / (N * K)", "(rewards - others) / N", "one factor is missing"),
         ("counts = dloss * weight", "counts = weight", ""),
         ("dlogits = p * counts[:, None]", "dlogits = p * np.abs(counts)[:, None]", ""),
         ("dlogits[rows, drawn] -= counts", "dlogits[rows, drawn] -= 1", "")],
    17: [("self.b.grad += da.sum(axis=0)", "self.b.grad = da.sum(axis=0)", "must be added (+=)"),
         ("dy * y).sum(axis=-1, keepdims=True)", "dy * y).mean(axis=-1, keepdims=True)", ""),
         ("dc * c_prev * f * (1 - f)", "dc * c_prev * f", "of its 4 gates only one is wrong: f."),
         ("counts = dloss * weight", "counts = dloss * np.full(len(weight), weight.max())",
          "wrong for the padding"),
         ("scatter_add(self.W.grad, ids.reshape(-1), dy.reshape(-1, dy.shape[-1]))",
          "self.W.grad[ids.reshape(-1)] += dy.reshape(-1, dy.shape[-1])", "come more than once"),
         ("dwords[:, t] += dword", "dwords[:, 0] += dword", "")],
    18: [("dy * x_hat).sum(axis=(0, 2, 3))", "dy * x_hat).mean(axis=(0, 2, 3))", ""),
         ("dx = dx - (dbeta / m)[:, None, None]", "dx = dx", ""),
         ("if live:", "if True:", ""),
         ("self.gamma.data * inv_std", "inv_std", ""),
         ("self.beta.grad += dbeta", "self.beta.grad += dbeta / m", "beta: everywhere it is")],
}


EACH = [(number, *row) for number, rows in WRONG.items() for row in rows]


@pytest.mark.parametrize("number, right, wrong, said", EACH, ids=[f"{row[0]} {row[2][:50]}" for row in EACH])
def test_a_wrong_answer_is_caught(number, right, wrong, said, tmp_path):
    """It fails, without a traceback's help, and what is to be said of it is said."""
    text = (LESSONS[number].folder / "solution.py").read_text(encoding="utf-8")
    assert right in text
    path = tmp_path / "exercise.py"
    before, _, after = text.rpartition(right)  # above, its docstring tells of mistakes
    path.write_text(f"import numpy as np\n{before}{wrong}{after}", encoding="utf-8")
    verdict = check_exercise(LESSONS[number], path)
    assert not verdict.ok
    assert said in str(verdict), str(verdict)


def test_every_lesson_has_five():
    """At least."""
    assert sorted(WRONG) == sorted(LESSONS) and min(map(len, WRONG.values())) >= 5
