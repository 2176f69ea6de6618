"""Wrong answers that learners give: each is caught, and where its numbers show a pattern, the check names it."""

import pytest

from minisat.teaching.exercises import check_exercise
from minisat.teaching.shelf import all_lessons, with_transfers

LESSONS = {lesson.kept_as: lesson for lesson in with_transfers(all_lessons())}
WRONG = {  # lesson: what stands in its solution, what a learner may write, what the check says of it
    "nudge": [
        ("self.W.grad += x.T @ dy", "self.W.grad += x.T @ dy / len(x)", "W: everywhere it is 1/"),
        ("self.W.grad += x.T @ dy", "self.W.grad = x.T @ dy", "must be added (+=)"),
        ("x.T @ dy", "(dy.T @ x)", "shape"),
        ("dy.sum(axis=0)", "dy.mean(axis=0)", "b: everywhere it is 1/"),
        ("dy @ self.W.data.T", "-dy @ self.W.data.T", "x: it has the wrong sign everywhere.")],
    "surprise": [
        ("dlogits = p * counts[:, None]", "dlogits = p.copy()", "add up to 0"),
        ("counts = dloss * weight", "counts = dloss / len(p) + 0 * weight", "padding is counted: there it should be 0"),
        ("counts = dloss * weight", "counts = weight", "logits: everywhere it is "),
        ("dlogits[rows, targets] -= counts", "dlogits[rows, targets] += counts", "along axis 1 only number 3 is wrong"),
        ("dlogits[rows, targets] -= counts", "dlogits[:, targets] -= counts[0]", "add up to 0")],
    "words_into_numbers": [
        ("sorted(frequent, key=lambda word: (-counts[word], word))", "sorted(frequent)",
         "most frequent word comes first"),
        ("key=lambda word: (-counts[word], word)", "key=lambda word: -counts[word]", "equals by the alphabet"),
        ("count >= at_least", "count > at_least", ""),
        (" if word not in SPECIALS", "", "makes no second <end>"),
        ("if id >= len(SPECIALS)", "", "which nobody knows"),
        ("known.get(word, UNK)", "known[word]", "KeyError"),
        ("rows[:, :-1], rows[:, 1:]", "rows[:, :-1], rows[:, :-1]", "asked, of one caption,"),
        ("asked != PAD", "read != PAD", "real is not right"),
        (", END]", ", PAD]", "asked, of one caption,")],
    "words_into_numbers_transfer": [
        ("pairs[pair] += counts[word]", "pairs[pair] += 1", "as often as its words *occur*"),
        ("min(pairs, key=lambda pair: (-pairs[pair], pair))", "max(pairs, key=lambda pair: (pairs[pair], pair))",
         "the alphabet decides"),
        ("i += 2 if together else 1", "i += 1", "cut('lowest')"),
        ("        if not pairs:\n            break\n", "", "ValueError"),
        ("    for pair in joins:", "    for pair in joins[:1]:", "cut('lowest')"),
        ("zip(each, each[1:])", "zip(word, word[1:])", "a join changes what stands beside what")],
    "look_up": [
        ("for word, sent in zip(ids, dy):", "for word, sent in [(ids, dy)]:", "come more than once"),
        ("self.W.grad[word] += sent", "self.W.grad[word] = sent", "must be added (+=)"),
        ("self.W.grad[word] += sent", "self.W.grad[word] -= sent", "wrong sign"),
        ("self.W.grad[word] += sent", "self.W.grad[word] += sent / len(ids)", "everywhere it is 1/"),
        ("zip(ids, dy)", "zip(ids[::-1], dy)", "in the wrong places")],
    "context": [
        ("part = share * dh", "part = dh", "W: everywhere it is 3 times"),
        ("rows = mask[:, :, None] * part[:, None, :]", "rows = np.ones(mask.shape)[:, :, None] * part[:, None, :]",
         "words that stand for padding"),
        ("part = share * dh", "part = dh / ids.shape[1]", "only number 2 is wrong"),
        ("part = share * dh", "part = -share * dh", "W: it has the wrong sign everywhere."),
        ("scatter_add(self.W.grad, ids.reshape(-1), rows.reshape(-1, rows.shape[2]))",
         "self.W.grad[ids.reshape(-1)] += rows.reshape(-1, rows.shape[2])", "come more than once")],
    "negatives": [
        ("(sigmoid(scores) - label)", "(label - sigmoid(scores))", "it has the wrong sign everywhere."),
        ("(sigmoid(scores) - label)", "sigmoid(scores)", "W: along axis 0 only number 1 is wrong"),
        ("dloss * weight * (", "dloss * (", "W: along axis 0 only number 1 is wrong"),
        ("dh = (ds[:, :, None] * rows).sum(axis=1)", "dh = (ds[:, :, None] * rows)[:, 0]", "h"),
        ("scatter_add(self.W.grad, ids.reshape(-1), drows.reshape(-1, h.shape[1]))",
         "self.W.grad[ids.reshape(-1)] += drows.reshape(-1, h.shape[1])", "come more than once")],
    "filter": [
        ("dy.sum(axis=(0, 2, 3))", "dy.mean(axis=(0, 2, 3))", "b: everywhere it is 1/4"),
        ('np.einsum("nors,ncrs->oc", dy, seen)', 'np.einsum("nors,ncrs->co", dy, seen)', "shapes"),
        ("back += np.einsum", "back[...] = np.einsum", "x"),
        ("self.W.grad[:, :, i, j] += np", "self.W.grad[:, :, i, j] = np", "must be added (+=)"),
        ("return dwide[:, :, top:top + h, left:left + w]", "return dwide[:, :, :h, :w]",
         "shifted, by 1 along axis 2 and by 1 along axis 3")],
    "grid": [
        ("rows = da.reshape(N, h, w, D)", "rows = da.reshape(N, w, h, D).transpose(0, 2, 1, 3)", "in the wrong places"),
        ("dx = rows.transpose(0, 3, 1, 2)", "dx = da.reshape(N, D, h, w)", "in the wrong places"),
        ("dmean[:, None, :] / L", "dmean[:, None, :]", "one factor is missing, or one is too many"),
        ("dmean[:, None, :] / L", "dmean[:, None, :] / N", "everywhere it is"),
        ("da += dmean[:, None, :] / L", "da[:, 0] += dmean", "along axis 1 it is zero at [1, 2, 3, 4, 5]")],
    "forget": [
        ("da = dh * (1 - h**2)", "da = dh * (1 - h)", ""),
        ("self.W_h.grad += h_prev.T @ da", "self.W_h.grad += h.T @ da", "W_h"),
        ("da.sum(axis=0)", "da.mean(axis=0)", "b: everywhere it is 1/"),
        ("dh_prev = da @ self.W_h.data.T", "dh_prev = da @ self.W_h.data", "state.0: it is right if W_h is transposed"),
        ("dstate = (dstate[0] + doutputs[:, t],)", "dstate = (doutputs[:, t],)", "")],
    "gates": [
        ("da_i, da_f, da_g, da_o = di * i * (1 - i), df * f * (1 - f)", "da_i, da_f, da_g, da_o = di * i * (1 - i), df",
         "of its 4 gates only one is wrong: f."),
        ("dg * (1 - g**2)", "dg * g * (1 - g)", "of its 4 gates only one is wrong: g."),
        ("do = dh * tanh_c", "do = dh * c_prev", "of its 4 gates only one is wrong: o."),
        ("dc = dc + dh * o * (1 - tanh_c**2)", "dc = dh * o * (1 - tanh_c**2)", ""),
        ("dc_prev = dc * f", "dc_prev = dc", ""),
        ("self.b.grad += da.sum(axis=0)", "self.b.grad = da.sum(axis=0)", "must be added (+=)")],
    "will_it_train": [
        ("dy if mask is None else dy * mask", "dy", ""),
        ("dy * mask", "dy * (mask > 0)", "everywhere it is 1/2 times"),
        ("dy if mask is None else dy * mask", "dy * mask", "TypeError"),
        ('m = memory["m"] / (1 - 0.9 ** memory["t"])', 'm = memory["m"]', "after the first step"),
        ('m = memory["m"] /', 'm = memory["m"] = memory["m"] /', "w after six steps is not right"),
        ("w -= rate * m", "w = w - rate * m", "in place"),
        ("w *= 1 - rate * decay", "w *= 1 - decay", "with a decay of 0.5"),
        ('memory["m"] = 0.9 * memory["m"] + (1 - 0.9) * g\n',
         'g = g + decay * w\n    memory["m"] = 0.9 * memory["m"] + (1 - 0.9) * g\n    decay = 0\n',
         "with a decay of 0.5")],
    "will_it_train_transfer": [
        ("(f(z) ** 2 * density)", "((f(z) - (f(z) * density).sum() * (z[1] - z[0])) ** 2 * density)", "ReLU"),
        ("1 / np.sqrt(", "1 / (", "ReLU"),
        ("f(z) ** 2 * density", "np.abs(f(z)) * density", ""),
        ("np.sqrt(D_in)", "np.sqrt(D_out)", "The standard deviation"),
        ("rng.standard_normal((D_in, D_out))", "rng.uniform(-1, 1, (D_in, D_out))", "The standard deviation"),
        ("rng.standard_normal(", "np.random.standard_normal(", "draw from it alone")],
    "one_vector": [
        ("arrives = dh + dhs[:, t]", "arrives = dhs[:, t]", ""),
        ("(dh, dc), photo_step", "(dh, 0 * dc), photo_step", ""),
        ("np.repeat(dv[:, None, :] / L, L", "np.repeat(dv[:, None, :], L", "features: everywhere it is"),
        ("(arrives, dc), word_steps[t]", "(arrives, 0 * dc), word_steps[t]", ""),
        ("reversed(range(T))", "range(T)", "")],
    "match": [
        ("* hidden).sum(axis=(0, 1))", "* hidden).mean(axis=(0, 1))", "v: everywhere it is 1/"),
        ("* v * (1 - hidden**2)", "* (1 - hidden**2)", ""),
        ("* v * (1 - hidden**2)", "* v", ""),
        ("dquery = dkeys.sum(axis=1)", "dquery = dkeys.mean(axis=1)", "everywhere it is 1/"),
        ("self.v.grad += dv", "self.v.grad[...] = dv", "must be added (+=)")],
    "look_again": [
        ("(dalpha - mean)", "dalpha", "add up to 0"),
        ("sum(axis=-1, keepdims=True)", "sum()", "add up to 0"),
        ("dcontext[:, None, :]).sum(axis=2)", "dcontext[:, None, :]).mean(axis=2)", "alpha: everywhere it is 1/2"),
        ("alpha[:, :, None] * dcontext[:, None, :]", "0 * features + dcontext[:, None, :]",
         "summed over axis 1, which ought to stay"),
        ("alpha * (dalpha - mean)", "alpha * (mean - dalpha)", "wrong sign")],
    "everywhere": [
        ("-2 * k *", "2 * k *", "wrong sign"),
        ("-2 * k *", "-k *", "everywhere it is 1/2 times"),
        ("mask[:, :, None] * dsums[:, None, :]", "np.ones(mask.shape)[:, :, None] * dsums[:, None, :]",
         "wrong for the padding"),
        ("* dloss", "", "everywhere it is"),
        ("(1.0 - sums)", "np.sign(1.0 - sums)", "")],
    "pick": [
        ("(onehot - drawn * alpha)", "onehot", "add up to 0"),
        ("dalpha = dalpha + (1.0 - drawn) * dweights", "dalpha = dalpha + dweights",
         "along axis 0 only number 1 is right"),
        ("return de / self.temperature", "return de", "one factor is missing"),
        ("(log_alpha + entropy[:, None])", "log_alpha", "add up to 0"),
        ("de -= dentropy", "de += dentropy", "wrong sign")],
    "best_sentence": [
        ("(said - p)", "(p - said)", "wrong sign"),
        ("dscaled / self.temperature", "dscaled", "one factor is missing"),
        ("dscaled / self.temperature", "dscaled * self.temperature", "one factor is missing"),
        ("dlog_p[..., None] * (said - p)", "(said - p)", "one factor is missing"),
        ("(said - p)", "said", "add up to 0")],
    "any_good": [
        ("/ (K - 1)", "/ K", "add up to 0"),
        ("(rewards - others) / (N * K)", "(rewards - others) / N", "one factor is missing"),
        ("counts = dloss * weight", "counts = weight", "logits: everywhere it is "),
        ("dlogits = p * counts[:, None]", "dlogits = p * np.abs(counts)[:, None]",
         "along axis 0 only number 1 is wrong"),
        ("dlogits[rows, drawn] -= counts", "dlogits[rows, drawn] -= 1", "add up to 0")],
    "clinic": [
        ("self.b.grad += da.sum(axis=0)", "self.b.grad = da.sum(axis=0)", "must be added (+=)"),
        ("dy * y).sum(axis=-1, keepdims=True)", "dy * y).mean(axis=-1, keepdims=True)", "add up to 0"),
        ("dc * c_prev * f * (1 - f)", "dc * c_prev * f", "of its 4 gates only one is wrong: f."),
        ("counts = dloss * weight", "counts = dloss * np.full(len(weight), weight.max())",
         "wrong for the padding"),
        ("scatter_add(self.W.grad, ids.reshape(-1), dy.reshape(-1, dy.shape[-1]))",
         "self.W.grad[ids.reshape(-1)] += dy.reshape(-1, dy.shape[-1])", "come more than once"),
        ("dwords[:, t] += dword", "dwords[:, 0] += dword", "")],
    "whose_fault": [
        ('"eye" if thing in seen else "tongue" for thing in said - there', '"tongue" for thing in said - there',
         "The eye sees a cup where there is none"),
        ('"tongue" if thing in seen else "eye"', '"tongue" if seen == there else "eye"', "The eye is wrong"),
        ("{**made_up, **left_out}", "made_up", "The eye does not see the fish"),
        ("for thing in there - said", "for thing in there", "A true caption has no suspects"),
        ("copies[places, places] = 0", "copies[:, places] = 0", "missed, of a word to which every place"),
        ("log_p(features[None]) - log_p(copies)", "log_p(copies) - log_p(features[None])", "wrong sign"),
        ("log_p(features[None])", "log_p(features)", "it takes (N, L, D)")],
    "real_photos": [
        ("dy * x_hat).sum(axis=(0, 2, 3))", "dy * x_hat).mean(axis=(0, 2, 3))", "gamma: everywhere it is 1/12"),
        ("dx = dx - (dbeta / m)[:, None, None]", "dx = dx", "in each channel it should add up to 0"),
        ("if live:", "if True:", ""),
        ("self.gamma.data * inv_std", "inv_std", "along axis 1 each number is off by one factor of its own"),
        ("self.beta.grad += dbeta", "self.beta.grad += dbeta / m", "beta: everywhere it is")],
    "without_the_loop": [
        (" / keys.shape[-1]**0.5", "", "one factor is missing"),
        ("(dshares - mean)", "dshares", ""),
        ("weights.swapaxes(-1, -2) @ dy", "weights.sum(axis=-2)[..., None] * dy.mean(axis=-2, keepdims=True)", ""),
        ("dshares = dshares + dweights", "pass", "keys"),
        ("dscores.swapaxes(-1, -2) @ queries", "-dscores.swapaxes(-1, -2) @ queries", "keys: it has the wrong sign"),
        (".sum(axis=-1, keepdims=True)", ".sum()", "")],
    "nudge_transfer": [
        ("a[1] * b[0] + a[0] * b[1]", "a[1] * b[1]", "The move of times((2, 3), (5, 7)) is not right: it is 21"),
        ("a[1] * b[0] + a[0] * b[1]", "a[1] * b[0]", "The move of times((2, 3), (5, 7)) is not right: it is 15"),
        ("(a[1] - q * b[1])", "(a[1] + q * b[1])", "where only the divisor moves"),
        ("(a[1] - q * b[1])", "a[1]", "where only the divisor moves"),
        ("(1 - y**2) * a[1]", "1 - y**2", "The move of tanh((0.8, 2))"),
        ("(1 - y**2)", "(1 - a[0]**2)", "The move of tanh((0.8, 2))"),
        ("np.eye(len(at))", "np.ones((len(at), len(at)))", "It is summed over axis 0, which ought to stay.")],
    "surprise_transfer": [
        ("dlogits = (p - q)", "dlogits = (p - (q == q.max(axis=1, keepdims=True)))", ""),
        ("self.smoothing / p.shape[1]", "self.smoothing", "add up to 0"),
        ("[np.arange(len(targets)), targets] += 1", "[np.arange(len(targets)), targets] = 1", "add up to 0"),
        ("(dloss * weight)[:, None]", "dloss / len(p)", "padding is counted: there it should be 0"),
        ("(p - q)", "(q - p)", "wrong sign")],
    "look_up_transfer": [
        ('np.add.at(grads["W"], ids, dh @ p["A"].T)', 'grads["W"][ids] += dh @ p["A"].T',
         "W: only rows of words that come more than once"),
        ('grads["W"] += dlogits.T @ h ', "0 ", "W"),
        ('np.add.at(grads["W"], ids, dh @ p["A"].T)', "pass", "only rows of words that were looked up"),
        ("x.T @ dh ", "dh.T @ x ", "A: it is the transpose of what it should be."),
        ('dh @ p["A"].T)', 'dh @ p["A"])', "only rows of words that were looked up"),
        ('grads["A"] += x.T', 'grads["A"][...] = x.T', "must be added (+=)"),
        ('h = x @ p["A"]', "h = x", "logits of guess")],
    "context_transfer": [
        ('np.add.at(grads["W"], ids, part * p["c"])', 'grads["W"][ids] += part * p["c"]',
         "W: only rows of words that come more than once"),
        ("(part * rows).sum(axis=0)", "(part * rows).mean(axis=0)", "c: everywhere it is 1/2 times what it should be"),
        ("(part * rows).sum(axis=0)", "(dh[:, None, :] * rows).sum(axis=0) / len(rows[0])", "c"),
        ('part * p["c"])', "part)", "W"),
        ("mask / mask.sum(axis=1, keepdims=True)", "mask / mask.shape[1]", "h of bags with padding and c = 1"),
        ("mask / mask.sum(axis=1, keepdims=True)", "(mask >= 0) / mask.sum(axis=1, keepdims=True)",
         "h of bags with padding and c = 1"),
        ('share * p["c"] * rows', "share * rows", "3, 1 and 5")],
    "negatives_transfer": [
        ("height = len(p) * np.array(p)", "height = np.array(p)", "two words"),
        ("1 - height[poor]  ", "height[poor]  ", "hat of three words"),
        ("            low.append(high.pop())", "            high.pop()", "hat of 300 words"),
        ("own[poor], other[poor] = height[poor], donor", "own[poor] = height[poor]", "in the hat of two words"),
        ("own[poor], other[poor] = height[poor], donor", "own[poor], other[donor] = height[poor], poor",
         "in the hat of"),
        ("height < own[column], column, other[column]", "height < own[column], other[column], column",
         "below own it is the column's word"),
        ("len(p) * np.array(p)", "p\n    height *= len(p)", "read-only")],
    "filter_transfer": [
        ("dy / (self.kernel[0] * self.kernel[1])", "dy", "one factor is missing"),
        ("dy / (self.kernel[0] * self.kernel[1])", "dy / dy.shape[2]", "everywhere it is 2 times"),
        ("back += share", "back[...] = share", ""),
        ("range(self.kernel[1])", "range(self.kernel[1] - 1)", "along axis 3 it is zero at [1, 3]"),
        ("back += share", "back -= share", "wrong sign")],
    "grid_transfer": [
        ("first, last = max(first, 0), min(last, rows - 1)        #", "first = max(first, 0)  #", "arrives in rows"),
        ("last * S - P + k - 1", "last * S - P + k", "arrives in rows"),
        ("first * S - P, last * S - P + k - 1", "first * S, last * S + k - 1", "arrives in rows"),
        ("zip(layers[::-1], rows_of", "zip(layers, rows_of", "arrives in rows"),
        ("-(-(first + P - k + 1) // S)", "(first + P - k + 1) // S", "moves the places"),
        ("        if first > last:\n            return None\n", "", "No window sees that pixel: it should be None."),
        ("(last + P) // S", "last // S", "moves the places")],
    "forget_transfer": [
        ("        steps, caches =", "        state = cell.zero_state(N, x)\n        steps, caches =",
         "The state is to go on."),
        ("    for start in range(0, T, k)", "    k = T\n    for start in range(0, T, k)",
         "the gradient goes back from one piece to the one before"),
        ("        dh = np.zeros(state[0].shape) ", "        dh = np.zeros(state[0].shape) if start == 0 else dh ",
         "dx with pieces of one step"),
        ("(dh + doutputs[:, t],)", "(doutputs[:, t],)", "dx with one piece of all seven steps"),
        ("cell.backward((dh + doutputs[:, t],), cache)", "cell.backward((dh + doutputs[:, t],), caches[-1])",
         "dx with one piece"),
        ("range(0, T, k)", "range(0, T - k + 1, k)", "outputs with pieces of three steps, the last of one"),
        ("zip(reversed(steps), reversed(caches))", "zip(steps, caches)", "dx with one piece of all seven steps")],
    "gates_transfer": [
        ("(r * h_prev).T @ da_n", "h_prev.T @ da_n", "of its 3 gates only one is wrong: third."),
        ("dkept * h_prev * r * (1 - r)", "dkept * r * (1 - r)", "of its 3 gates only one is wrong: first."),
        ("dh * (h_prev - n) * z", "dh * h_prev * z", "of its 3 gates only one is wrong: second."),
        ("dh * z + dkept * r", "dh * z + dkept", "h"),
        (" + da_rz @ W_rz.T", "", "h")],
    "one_vector_transfer": [
        ("zip([START, *caption], [*caption, END])", "zip([START, *caption], caption)",
         "END comes next is part of the sentence"),
        ("columns.append(total)", "columns.append(total / (len(caption) + 1))", "these are means per word"),
        ("[START, *caption]", "[*caption, END]", "log p of chances"),
        ("np.full(len(photos), read))", "np.full(len(photos), read) if read == START else log_p.argmax(axis=1))",
         "log p of chances"),
        ("np.stack(columns, axis=1)", "np.stack(columns)", "its axes are swapped"),
        ("np.exp(log_p - log_p.max(axis=0))", "np.exp(log_p)", "whose gives numbers that are not finite"),
        ("likely / likely.sum(axis=0)", "likely / likely.sum(axis=1, keepdims=True)", "whose photo a caption is")],
    "match_transfer": [
        ("* query[:, None, :]", "* query[:1, None, :]", "keys: along axis 0 only number 0 is right"),
        ("* keys).sum(axis=1)", "* keys).mean(axis=1)", "everywhere it is 1/5 times"),
        ("h.T @ dquery", "h.T @ query", ""),
        ("self.W_h.grad += h", "self.W_h.grad = h", "must be added (+=)"),
        ("dquery @ self.W_h.data.T", "-dquery @ self.W_h.data.T", "h: it has the wrong sign")],
    "look_again_transfer": [
        ("-np.inf", "0.0", "A place that is not there gets a share of"),
        ('u = np.where(there, np.exp(p["t"]) * scores, -np.inf)\n    e = np.exp(u - u.max(axis=1, keepdims=True))',
         'u = np.exp(p["t"]) * scores\n    e = there * np.exp(u - u.max(axis=1, keepdims=True))',
         "subtract the largest of those that are there"),
        ('np.exp(p["t"]) * scores', 'p["t"] * scores', "alpha of look"),
        ("alpha * (dalpha - (alpha * dalpha).sum(axis=1, keepdims=True))", "alpha * dalpha", "add up to 0"),
        ("return s * du", "return du", "scores: everywhere it is"),
        ("(du * s * scores).sum()", "(du * scores).sum()", "t"),
        ("(du * s * scores).sum()", "(du * s * scores).mean()", "t: everywhere it is 1/12")],
    "everywhere_transfer": [
        ("np.cumsum(looks, axis=1) - looks", "np.cumsum(looks, axis=1)", "sharp looks that move"),
        ("looks = alphas * mask[:, :, None]", "looks = alphas", "with padding"),
        ("(own + later)", "own", "alphas"),
        ("np.cumsum(dbefore[:, ::-1], axis=1)[:, ::-1] - dbefore", "np.cumsum(dbefore, axis=1) - dbefore", "alphas"),
        ("[:, ::-1] - dbefore", "[:, ::-1]", "along axis 1 only number 4 is right"),
        ("(own + later) * mask[:, :, None]", "own + later", "wrong for the padding"),
        ("part = dloss / len(looks)", "part = dloss", "alphas: everywhere it is 3 times"),
        ("part * (looks < before), part * (looks >= before)", "part * (looks >= before), part * (looks < before)",
         "alphas")],
    "pick_transfer": [
        ("    weight = alpha * ((np", "    return alpha @ costs\n    weight = alpha * ((np",
         "is J, with a variance of 0.2389. There is a b with 0.1777."),
        ("weight @ costs / weight.sum()", "costs.mean()", "There is a b with"),
        ("weight = alpha * ((np", "weight = ((np", "There is a b with"),
        ("- alpha) ** 2).sum(axis=1)   #", "- alpha) ** 2).sum(axis=1) ** 0.5   #", "There is a b with"),
        ("((g - alpha @ g) ** 2)", "(g ** 2)", "The variance with b ="),
        ("alpha @ ((g - alpha @ g) ** 2).sum(axis=1)", "((g - alpha @ g) ** 2).sum(axis=1).mean()",
         "The variance with b ="),
        ("(costs - b)[:, None]", "(costs - b)", "g of 4 places"),
        ("(costs - b)[:, None] * (np.eye(len(alpha)) - alpha)", "(costs - b)[:, None] * (alpha - np.eye(len(alpha)))",
         "It has the wrong sign everywhere.")],
    "best_sentence_transfer": [
        ("totals[:, None] + log_p", "0 * totals[:, None] + log_p", "widen"),
        ("-scores", "scores", "widen"),
        ("[np.isfinite(scores.reshape(-1)[order])]", "[order >= 0]", "no way to go on"),
        ("[:width]", "[:width]\n    order = order[np.lexsort((-order, -scores.ravel()[order]))]",
         "the earlier beginning comes first"),
        ("divmod(order, log_p.shape[1])", "divmod(order, len(totals))", "IndexError")],
    "best_sentence_transfer_2": [
        ("before < p", "np.cumsum(ranked, axis=1) <= p", "The word with which p is reached stays too."),
        ("before < p", "before <= p", "These are more than it takes."),
        ("return kept / kept.sum(axis=1, keepdims=True)", "return kept", "divide by the sum"),
        ("np.argsort(-probabilities,", "np.argsort(probabilities,", "is to keep the words [1, 3]"),
        ("np.put_along_axis(stays, order, before < p, axis=1)", "stays = before < p", "not in their own places"),
        ("kept.sum(axis=1, keepdims=True)", "kept.sum()", "Each row alone is right"),
        ("np.argsort(-probabilities, axis=1, kind=\"stable\")",
         "np.argsort(probabilities, axis=1, kind=\"stable\")[:, ::-1]", "is to keep the words [0, 1, 2]"),
        ("np.where(stays, probabilities, 0.0)", "np.where(stays, 1.0, 0.0)", "is not right: at [0, 1]")],
    "any_good_transfer": [
        ("most |= ngrams", "most += ngrams", "A word that is repeated"),
        ("(mine & most).total()", "len(mine & most)", "A word that is repeated"),
        ("mine.total()", "len(mine)", "A word that is repeated"),
        ("(mine & most).total()", "sum(mine[each] for each in mine if each in most)", "A word that is repeated"),
        ("range(len(words) - n + 1)", "range(max(1, len(words) - n + 1))", "(1, 1) and should be (0, 0)")],
    "clinic_transfer": [
        ("rng.standard_normal(y.shape)", "np.ones(y.shape)", "with ones for dy the loss does not move"),
        ("if largest else 0.0", "", "(0 / 0 is nan: are both zero everywhere?)"),
        ("np.abs(a - n).max() / largest if largest else 0.0", "np.abs(a - n).max()", "0.01 / 1.01"),
        ("        x[place] = kept                                   #", "        x[place] = x[place] + h  #",
         "put the old number back"),
        ("        x[place] = kept - h\n", "        x[place] = kept\n", "is right, and your check calls it wrong"),
        ("np.abs(a - n).max() / largest", "np.abs(a - n).mean() / largest", "0.01 / 1.01"),
        ("for place in np.ndindex(x.shape):", "for place in [(0,) * x.ndim]:",
         "is right, and your check calls it wrong"),
        ("return np.abs(a - n).max()", "return np.abs(a[0] - n[0]).max()", "0.01 / 1.01")],
    "real_photos_transfer": [
        ("home[photo] == name", "hash((row, name)) % 3 == 0", "Every row belongs to a split"),
        ("sorted(set(photos))", "sorted(photos)", "they should get 14, 3 and 3"),
        ("sorted(set(photos))", "list(set(photos))", "In another run of Python"),
        ("rng.permutation(len(names))", "range(len(names))", "Every seed gives the same split"),
        ("end = len(names) if place == len(shares) - 1 else", "end =", "KeyError"),
        ("[row for row, photo in enumerate(photos) if home[photo] == name]",
         "[row for row in range(len(photos)) if list(shares)[row % 3] == name]", "have captions in two splits")],
    "whose_fault_transfer": [
        ("(p - q) / (1 - q) if q < 1 else 0.0", "(p - q)", "κ of t t t f and t t f f"),
        (" if q < 1 else 0.0", "", "κ of two who always say the same one thing"),
        ("    q = sum(", "    q = 1 / len({*first, *second})\n    0 * sum(", "κ with three verdicts"),
        ("(second == verdict).mean() for", "(first == verdict).mean() for", "κ of t t t f and t t f f"),
        ("{*first, *second}", "first", "κ of t t t f and t t f f"),
        ("(apart > 0) + 0.5 * (apart == 0)", "apart >= 0", "the same for all"),
        ("(apart > 0) + 0.5 * (apart == 0)", "apart > 0", "the same for all"),
        ("np.subtract.outer(true, false)", "np.array(true).mean() - np.array(false)", "in between")],
    "without_the_loop_transfer": [
        ("if kept is not None:", "if False:", "y of next_word for word 2"),
        ("np.concatenate([kept[1], value], axis=2)", "np.concatenate([value, kept[1]], axis=2)",
         "y of next_word for word 2"),
        ("attention.attention(query, key, value)", "attention.attention(query[:, ::-1], key, value)",
         "y of next_word for word 2"),
        ("return attention.W_o(merge_heads(looks))", "return merge_heads(looks)", "y of next_word for the first word"),
        ("(key, value)", "None", "y of next_word for word 2"),
        ("merge_heads(looks)", "looks.reshape(x.shape[0], 1, -1)[:, :, ::-1]", "y of next_word for the first word")],
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


def test_a_table_is_not_blamed_for_what_reaches_it(tmp_path):
    """Only rows of repeated words are wrong, but so is everything on the way to them: it is not their adding up."""
    text = (LESSONS["one_vector"].folder / "solution.py").read_text(encoding="utf-8")
    path = tmp_path / "exercise.py"
    path.write_text(text.replace("arrives = dh + dhs[:, t]", "arrives = dhs[:, t]"), encoding="utf-8")
    verdict = check_exercise(LESSONS["one_vector"], path)
    assert not verdict.ok and "more than once" not in str(verdict)


def test_every_lesson_has_five():
    """At least."""
    assert WRONG.keys() == LESSONS.keys() and min(map(len, WRONG.values())) >= 5
