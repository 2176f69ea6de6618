"""The rules of the captioners and of what stands around them: which call inside a number came from, and where they add.

The state of a cell is (h, c) of an LSTM, (h,) of others.
"""

from minisat.captioner import GRUNotebook, ShowAttendTell, ShowTell, TeacherForcing, Through
from minisat.captioner.attention_step import AttentionStep
from minisat.captioner.hard_attention_step import HardAttentionStep
from minisat.captioner.sentinel_step import SentinelStep
from minisat.trace.why.tables import Rules

LOOKS = ("alpha", "log_p", "entropy")          # what a look tells of each word
OUTPUTS = ("alphas", "log_p", "entropies")     # the same of all words


def _state(cell):
    return ["h", "c"][:cell.state_size]


def _step_names(layer):
    looks = LOOKS if isinstance(layer, HardAttentionStep) else LOOKS[:1]
    before = [f"{name}_prev" for name in _state(layer.cell)]
    return f"word, features, keys, {', '.join(before)} → {', '.join([*_state(layer.cell), 'z', *looks])}"


def _asked(layer):
    """(forward, backward, what the score asks with): h, or [h, word]."""
    if layer.query is None:
        return "", "", "h_prev[n,j]", "score.dh[n,j]", ""
    forward = "query.a[n,j] = h_prev[n,j]\nquery.b[n,m] = word[n,m]"
    return forward, "query.dy[n,j] = score.dh[n,j]", "query.y[n,j]", "query.da[n,j]", "+ query.db[n,m]"


def _cell(layer, z):
    """What all steps end with: the cell is given the word and what was seen."""
    states = _state(layer.cell)
    forward = ["concatenate.a[n,m] = word[n,m]", f"concatenate.b[n,d] = {z}", "cell.x[n,i] = concatenate.y[n,i]",
               *(f"cell.{name}_prev[n,j] = {name}_prev[n,j]" for name in states),
               *(f"{name}[n,j] = cell.{name}[n,j]" for name in states), f"z[n,d] = {z}"]
    backward = [*(f"cell.d{name}[n,j] = d{name}[n,j]" for name in states), "concatenate.dy[n,i] = cell.dx[n,i]"]
    return "\n".join(forward), "\n".join(backward)


def _attention_step(layer, call, inside):
    hard = isinstance(layer, HardAttentionStep)
    scores, weights = inside.names_of("softmax")
    ask, ask_back, asked, dh_asked, dword_asked = _asked(layer)
    end, end_back = _cell(layer, "gate.y[n,d]")
    if hard:
        looks = "\n".join(["alpha[n,l] = softmax.alpha[n,l]", "log_p[n] = softmax.log_p[n]",
                           "entropy[n] = softmax.entropy[n]", "softmax.choice[n] = choice[n]"])
        looks_back = "\n".join(["softmax.dweights[n,l] = weighted_sum.dalpha[n,l]", "softmax.dalpha[n,l] = dalpha[n,l]",
                                "softmax.dlog_p[n] = dlog_p[n]", "softmax.dentropy[n] = dentropy[n]"])
    else:
        looks = f"alpha[n,l] = softmax.{weights}[n,l]"
        looks_back = f"softmax.d{weights}[n,l] = weighted_sum.dalpha[n,l] + dalpha[n,l]"
    return Rules(_step_names(layer), f"""
        {ask}
        score.keys[n,l,a] = keys[n,l,a]
        score.h[n,j] = {asked}
        softmax.{scores}[n,l] = score.scores[n,l]
        {looks}
        weighted_sum.alpha[n,l] = softmax.{weights}[n,l]
        weighted_sum.features[n,l,d] = features[n,l,d]
        f_beta.x[n,j] = h_prev[n,j]
        sigmoid.x[n,i] = f_beta.y[n,i]
        gate.a[n,i] = sigmoid.y[n,i]
        gate.b[n,d] = weighted_sum.context[n,d]
        beta[n,i] = sigmoid.y[n,i]
        {end}""", f"""
        {end_back}
        gate.dy[n,d] = dz[n,d] + concatenate.db[n,d]
        sigmoid.dy[n,i] = gate.da[n,i]
        f_beta.dy[n,i] = sigmoid.dx[n,i]
        weighted_sum.dcontext[n,d] = gate.db[n,d]
        {looks_back}
        score.dscores[n,l] = softmax.d{scores}[n,l]
        {ask_back}
        dword[n,m] = concatenate.da[n,m] {dword_asked}
        dfeatures[n,l,d] = weighted_sum.dfeatures[n,l,d]
        dkeys[n,l,a] = score.dkeys[n,l,a]
        dh_prev[n,j] = cell.dh_prev[n,j] + f_beta.dx[n,j] + {dh_asked}
        dc_prev[n,j] = cell.dc_prev[n,j]""")


def _sentinel_step(layer, call, inside):
    """The score is called twice, for the photo's places and for the sentinel's; so its gradients are two."""
    ask, ask_back, asked, dh_asked, dword_asked = _asked(layer)
    end, end_back = _cell(layer, "weighted_sum.context[n,d] + portion.y[n,d]")
    scores, weights = inside.names_of("softmax")
    memory = f"{_state(layer.cell)[-1]}_prev"
    dasked = "score[0].dh[n,j] + score[1].dh[n,j]"
    dstate = f"dh_prev[n,j] = cell.dh_prev[n,j] + {dh_asked if layer.query else dasked} + sentinel.dh[n,j]"
    dmemory = "dc_prev[n,j] = cell.dc_prev[n,j] + sentinel.dmemory[n,j]" if memory == "c_prev" else ""
    return Rules(_step_names(layer), f"""
        {ask}
        score[0].keys[n,l,a] = keys[n,l,a]
        score[0].h[n,j] = {asked}
        sentinel.word[n,m] = word[n,m]
        sentinel.h[n,j] = h_prev[n,j]
        sentinel.memory[n,j] = {memory}[n,j]
        sentinel_key.x[n,j] = sentinel.s[n,j]
        score[1].keys[n,0,a] = sentinel_key.y[n,a]
        score[1].h[n,j] = {asked}
        join.a[n,l] = score[0].scores[n,l]
        join.b[n,i] = score[1].scores[n,i]
        softmax.{scores}[n,l] = join.y[n,l]
        weighted_sum.alpha[n,l] = softmax.{weights}[n,l]
        weighted_sum.features[n,l,d] = features[n,l,d]
        alpha[n,l] = softmax.{weights}[n,l]
        sentinel_value.x[n,j] = sentinel.s[n,j]
        portion.a[n,0] = softmax.{weights}[n,L]
        portion.b[n,d] = sentinel_value.y[n,d]
        beta[n,0] = 1 − softmax.{weights}[n,L]
        {end}""", f"""
        {end_back}
        portion.dy[n,d] = dz[n,d] + concatenate.db[n,d]
        weighted_sum.dcontext[n,d] = dz[n,d] + concatenate.db[n,d]
        sentinel_value.dy[n,d] = portion.db[n,d]
        join_forward.a[n,l] = weighted_sum.dalpha[n,l] + dalpha[n,l]
        join_forward.b[n,i] = portion.da[n,i]
        softmax.d{weights}[n,l] = join_forward.y[n,l]
        join.dy[n,l] = softmax.d{scores}[n,l]
        score[0].dscores[n,l] = join.da[n,l]
        score[1].dscores[n,i] = join.db[n,i]
        sentinel_key.dy[n,a] = score[1].dkeys[n,0,a]
        sentinel.ds[n,j] = sentinel_value.dx[n,j] + sentinel_key.dx[n,j]
        {ask_back.replace("score.dh[n,j]", dasked)}
        dword[n,m] = concatenate.da[n,m] {dword_asked} + sentinel.dword[n,m]
        dfeatures[n,l,d] = weighted_sum.dfeatures[n,l,d]
        dkeys[n,l,a] = score[0].dkeys[n,l,a]
        {dstate + (" + sentinel.dmemory[n,j]" if not dmemory else "")}
        {dmemory}""", lambda layer: {"L": call.inputs[1].shape[1]})


def _show_attend_tell(layer, call, inside):
    """The recurrence: the state of a step is that of the step before, its gradient comes from the step behind too."""
    firsts = list(zip(_state(layer.attend.cell), ("init_h", "init_c")))
    forward, backward = [], []
    for i, (name, first) in enumerate(firsts):
        forward += [f"{first}.x[n,d] = mean.y[n,d]", f"tanh[{i}].x[n,j] = {first}.y[n,j]",
                    f"attend[t].{name}_prev[n,j] = attend[t−1].{name}[n,j] + [t = 0]·tanh[{i}].y[n,j]"]
        from_logits = "L_h.dx[n,t,j] + " if name == "h" else ""
        backward += [f"attend[t].d{name}[n,j] = {from_logits}attend[t+1].d{name}_prev[n,j]",
                     f"tanh[{i}].dy[n,j] = attend[0].d{name}_prev[n,j]", f"{first}.dy[n,j] = tanh[{i}].dx[n,j]"]
    for look, output in zip(LOOKS, OUTPUTS[:len(call.outputs) - 1]):
        place = "[n,{}l]" if look == "alpha" else "[n{}]"
        one, all_ = place.format(""), place.format("t," if look == "alpha" else ",t")
        forward.append(f"{output}{all_} = attend[t].{look}{one}")
        backward.append(f"attend[t].d{look}{one} = d{output}{all_}")
    seen, dseen = ("normalise.y", "normalise.dy") if layer.normalise else ("scale.y", "scale.dy")
    forward, backward = "\n".join(forward), "\n".join(backward)
    return Rules(f"features, ids → logits, {', '.join(OUTPUTS[:len(call.outputs) - 1])}", f"""
        scale.x[n,l,d] = features[n,l,d]
        normalise.x[n,l,d] = scale.y[n,l,d]
        mean.features[n,l,d] = {seen}[n,l,d]
        keys.x[n,l,d] = {seen}[n,l,d]
        embedding.ids[n,t] = ids[n,t]
        attend[t].word[n,m] = embedding.y[n,t,m]
        attend[t].features[n,l,d] = {seen}[n,l,d]
        attend[t].keys[n,l,a] = keys.y[n,l,a]
        attend[t].choice[n] = choice[n,t]
        {forward}
        L_h.x[n,t,j] = attend[t].h[n,j]
        L_z.x[n,t,d] = attend[t].z[n,d]
        add.a[n,t,m] = embedding.y[n,t,m]
        add.b[n,t,m] = L_h.y[n,t,m]
        add.c[n,t,m] = L_z.y[n,t,m]
        dropout.x[n,t,m] = add.y[n,t,m]
        dropout.given_mask[n,t,m] = mask[n,t,m]
        L_o.x[n,t,m] = dropout.y[n,t,m]
        logits[n,t,v] = L_o.y[n,t,v]""", f"""
        L_o.dy[n,t,v] = dlogits[n,t,v]
        dropout.dy[n,t,m] = L_o.dx[n,t,m]
        add.dy[n,t,m] = dropout.dx[n,t,m]
        L_h.dy[n,t,m] = add.db[n,t,m]
        L_z.dy[n,t,m] = add.dc[n,t,m]
        {backward}
        attend[t].dz[n,d] = L_z.dx[n,t,d]
        embedding.dy[n,t,m] = add.da[n,t,m] + attend[t].dword[n,m]
        keys.dy[n,l,a] = Σ_t attend[t].dkeys[n,l,a]
        mean.dy[n,d] = init_h.dx[n,d] + init_c.dx[n,d]
        {dseen}[n,l,d] = Σ_t attend[t].dfeatures[n,l,d] + keys.dx[n,l,d] + mean.dfeatures[n,l,d]
        {"scale.dy[n,l,d] = normalise.dx[n,l,d]" if layer.normalise else ""}
        dfeatures[n,l,d] = scale.dx[n,l,d]""")


def _show_tell(layer, call, inside):
    """The cell's first call reads the photo, so word t is read by its call t + 1."""
    every, states = layer.image_every_step, _state(layer.cell)
    forward = [f"cell[t].{name}_prev[n,j] = cell[t−1].{name}[n,j]" for name in states]
    backward = [f"cell[t].d{name}[n,j] = {'dropout.dx[n,t−1,j] + ' if name == 'h' else ''}cell[t+1].d{name}_prev[n,j]"
                for name in states]
    if every:
        forward += ["add[t].a[n,m] = embedding.y[n,t,m]", "add[t].b[n,m] = image.y[n,m]",
                    "cell[t].x[n,m] = [t = 0]·image.y[n,m] + add[t−1].y[n,m]"]
        backward += ["add[t].dy[n,m] = cell[t+1].dx[n,m]", "embedding.dy[n,t,m] = add[t].da[n,m]",
                     "image.dy[n,m] = cell[0].dx[n,m] + Σ_t add[t].db[n,m]"]
    else:
        forward.append("cell[t].x[n,m] = [t = 0]·image.y[n,m] + embedding.y[n,t−1,m]")
        backward += ["embedding.dy[n,t,m] = cell[t+1].dx[n,m]", "image.dy[n,m] = cell[0].dx[n,m]"]
    forward, backward = "\n".join(forward), "\n".join(backward)
    return Rules("features, ids → logits, alphas", f"""
        scale.x[n,l,d] = features[n,l,d]
        mean.features[n,l,d] = scale.y[n,l,d]
        image.x[n,d] = mean.y[n,d]
        embedding.ids[n,t] = ids[n,t]
        {forward}
        dropout.x[n,t,j] = cell[t+1].h[n,j]
        W_o.x[n,t,j] = dropout.y[n,t,j]
        logits[n,t,v] = W_o.y[n,t,v]""", f"""
        W_o.dy[n,t,v] = dlogits[n,t,v]
        dropout.dy[n,t,j] = W_o.dx[n,t,j]
        {backward}
        mean.dy[n,d] = image.dx[n,d]
        scale.dy[n,l,d] = mean.dfeatures[n,l,d]
        dfeatures[n,l,d] = scale.dx[n,l,d]""")


_GRU_NOTEBOOK = Rules("features, ids → logits, alphas", """
        scale.x[n,l,d] = features[n,l,d]
        dense.x[n,l,d] = scale.y[n,l,d]
        leaky.x[n,l,m] = dense.y[n,l,m]
        keys.x[n,l,m] = leaky.y[n,l,m]
        embedding.ids[n,t] = ids[n,t]
        score[t].keys[n,l,a] = keys.y[n,l,a]
        score[t].h[n,j] = cell[t−1].h[n,j]
        softmax[t].x[n,l] = score[t].scores[n,l]
        weighted_sum[t].alpha[n,l] = softmax[t].y[n,l]
        weighted_sum[t].features[n,l,m] = leaky.y[n,l,m]
        concatenate[t].a[n,m] = weighted_sum[t].context[n,m]
        concatenate[t].b[n,m] = embedding.y[n,t,m]
        cell[t].x[n,i] = concatenate[t].y[n,i]
        cell[t].h_prev[n,j] = cell[t−1].h[n,j]
        fc1.x[n,t,j] = cell[t].h[n,j]
        dropout.x[n,t,j] = fc1.y[n,t,j]
        fc2.x[n,t,j] = dropout.y[n,t,j]
        logits[n,t,v] = fc2.y[n,t,v]
        alphas[n,t,l] = softmax[t].y[n,l]""", """
        fc2.dy[n,t,v] = dlogits[n,t,v]
        dropout.dy[n,t,j] = fc2.dx[n,t,j]
        fc1.dy[n,t,j] = dropout.dx[n,t,j]
        cell[t].dh[n,j] = fc1.dx[n,t,j] + cell[t+1].dh_prev[n,j] + score[t+1].dh[n,j]
        concatenate[t].dy[n,i] = cell[t].dx[n,i]
        weighted_sum[t].dcontext[n,m] = concatenate[t].da[n,m]
        softmax[t].dy[n,l] = weighted_sum[t].dalpha[n,l] + dalphas[n,t,l]
        score[t].dscores[n,l] = softmax[t].dx[n,l]
        embedding.dy[n,t,m] = concatenate[t].db[n,m]
        keys.dy[n,l,a] = Σ_t score[t].dkeys[n,l,a]
        leaky.dy[n,l,m] = Σ_t weighted_sum[t].dfeatures[n,l,m] + keys.dx[n,l,m]
        dense.dy[n,l,m] = leaky.dx[n,l,m]
        scale.dy[n,l,d] = dense.dx[n,l,d]
        dfeatures[n,l,d] = scale.dx[n,l,d]""")


def _teacher_forcing(layer, call, inside):
    """Word t is read, word t + 1 asked for; with several samples every caption stands in the batch as often."""
    copies = layer.samples if layer.training else 1
    n = "n" if copies == 1 else "n//copies"
    back = "captioner.dfeatures[n,l,d]" if copies == 1 else "Σ_{i<copies} captioner.dfeatures[n·copies+i,l,d]"
    read = f"ids[{n},t]" if call.noise.get("read") is None else "read[n,t]"
    return Rules("features, ids, lengths → loss", f"""
        captioner.features[n,l,d] = features[{n},l,d]
        captioner.ids[n,t] = {read}
        captioner.choice[n,t] = choice[n,t]
        captioner.mask[n,t,m] = mask[n,t,m]
        cross_entropy.logits[n,t,v] = captioner.logits[n,t,v]
        cross_entropy.targets[n,t] = ids[{n},t+1]
        cross_entropy.mask[n,t] = [t < lengths[{n}]]
        cross_entropy.given_weight[n,0] = weights[n]
        penalty.alphas[n,t,l] = captioner.alphas[n,t,l]
        penalty.mask[n,t] = [t < lengths[{n}]]
        reinforce.costs[n,t] = −log(cross_entropy.p[n·T+t,cross_entropy.targets[n,t]])
        reinforce.log_p[n,t] = captioner.log_p[n,t]
        reinforce.entropies[n,t] = captioner.entropies[n,t]
        reinforce.mask[n,t] = [t < lengths[{n}]]
        reinforce.advantage[n] = advantage[n]
        loss = cross_entropy.loss + penalty.loss + reinforce.term""", f"""
        cross_entropy.dloss = dloss
        penalty.dloss = dloss
        reinforce.dterm = dloss
        captioner.dlogits[n,t,v] = cross_entropy.dlogits[n,t,v]
        captioner.dalphas[n,t,l] = penalty.dalphas[n,t,l]
        captioner.dlog_p[n,t] = reinforce.dlog_p[n,t]
        captioner.dentropies[n,t] = reinforce.dentropies[n,t]
        dfeatures[n,l,d] = {back}""", lambda layer: {"copies": copies, "T": call.inputs[1].shape[1] - 1})


RULES = {
    AttentionStep: _attention_step,
    SentinelStep: _sentinel_step,
    ShowAttendTell: _show_attend_tell,
    ShowTell: _show_tell,
    GRUNotebook: _GRU_NOTEBOOK,
    TeacherForcing: _teacher_forcing,
    Through: Rules("inputs, ids, lengths → loss", """
        sight.x[…] = inputs[…]
        objective.features[n,l,d] = sight.features[n,l,d]
        objective.ids[n,t] = ids[n,t]
        objective.lengths[n] = lengths[n]
        objective.choice[n,t] = choice[n,t]
        objective.advantage[n] = advantage[n]
        objective.weights[n] = weights[n]
        objective.read[n,t] = read[n,t]
        loss = objective.loss""", """
        objective.dloss = dloss
        sight.dfeatures[n,l,d] = objective.dfeatures[n,l,d]
        dinputs[…] = sight.dx[…]"""),
}
