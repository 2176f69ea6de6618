"""The rules of recurrent cells and of attention's scores."""

from minisat.nn import (
    AdditiveScore,
    DotScore,
    GeneralScore,
    GRUCell,
    HardAttention,
    LSTMCell,
    Recurrent,
    RNNCell,
    Sentinel,
)
from minisat.trace.why.tables import Rules

_AFFINE = """
        dW_x[d,k] = Σ_n x[n,d]·da[n,k]
        dW_h[j,k] = Σ_n h_prev[n,j]·da[n,k]
        db[k] = Σ_n da[n,k]
        dx[n,d] = Σ_k da[n,k]·W_x[d,k]
        dh_prev[n,j] = Σ_k da[n,k]·W_h[j,k]"""

_SUM = "Σ_d x[n,d]·W_x[d,k] + Σ_j h_prev[n,j]·W_h[j,k] + b[k]"


def _width(layer):
    return {"H": layer.H}


def _gru(layer, call, inside):
    """The cache calls the proposed state n, so a caption is number i here."""
    gate = "a_{0}[i,j<H] := Σ_d x[i,d]·W_x[d,{1}·H+j] + Σ_k h_prev[i,k]·W_h[k,{1}·H+j] + b[{1}·H+j]"
    if layer.reset_after:
        forward = """
            inner[i,j] = Σ_k h_prev[i,k]·W_h[k,2·H+j] + b_h[j]
            a_n[i,j<H] := Σ_d x[i,d]·W_x[d,2·H+j] + b[2·H+j] + r[i,j]·inner[i,j]"""
        backward = """
            dproduct[i,j<H] := da_n[i,j]·r[i,j]
            da_r[i,j<H] := da_n[i,j]·inner[i,j]·r[i,j]·(1 − r[i,j])
            dW_h[k,2·H+j<H] = Σ_i h_prev[i,k]·dproduct[i,j]
            db_h[j] = Σ_i dproduct[i,j]"""
        third = "Σ_j dproduct[i,j]·W_h[k,2·H+j]"
    else:
        forward = """
            inner[i,j] = h_prev[i,j]
            a_n[i,j<H] := Σ_d x[i,d]·W_x[d,2·H+j] + Σ_k r[i,k]·inner[i,k]·W_h[k,2·H+j] + b[2·H+j]"""
        backward = """
            dgated[i,k<H] := Σ_j da_n[i,j]·W_h[k,2·H+j]
            da_r[i,k<H] := dgated[i,k]·inner[i,k]·r[i,k]·(1 − r[i,k])
            dW_h[k,2·H+j<H] = Σ_i r[i,k]·inner[i,k]·da_n[i,j]"""
        third = "dgated[i,k]·r[i,k]"
    return Rules("x, h_prev → h", f"""
            {gate.format("r", 0)}
            {gate.format("z", 1)}
            r[i,j] = σ(a_r[i,j])
            z[i,j] = σ(a_z[i,j])
            {forward}
            n[i,j] = tanh(a_n[i,j])
            h[i,j] = z[i,j]·h_prev[i,j] + (1 − z[i,j])·n[i,j]""", f"""
            da_n[i,j<H] := dh[i,j]·(1 − z[i,j])·(1 − n[i,j]²)
            da_z[i,j<H] := dh[i,j]·(h_prev[i,j] − n[i,j])·z[i,j]·(1 − z[i,j])
            {backward}
            da[i,j<H] := da_r[i,j]
            da[i,H+j<H] := da_z[i,j]
            da[i,2·H+j<H] := da_n[i,j]
            dW_h[k,j<H] = Σ_i h_prev[i,k]·da_r[i,j]
            dW_h[k,H+j<H] = Σ_i h_prev[i,k]·da_z[i,j]
            dW_x[d,k] = Σ_i x[i,d]·da[i,k]
            db[k] = Σ_i da[i,k]
            dx[i,d] = Σ_k da[i,k]·W_x[d,k]
            dh_prev[i,k] = dh[i,k]·z[i,k] + Σ_j da_r[i,j]·W_h[k,j] + Σ_j da_z[i,j]·W_h[k,H+j] + {third}""", _width)


def _recurrent(layer, call, inside):
    """Where a step is padding the state is carried on: `all_h2` is what comes back to the state h behind step 2."""
    T, states = call.inputs[0].shape[1], ["h", "c"][:layer.cell.state_size]
    padded = len(call.inputs) > 1 and call.inputs[1] is not None or call.noise.get("mask") is not None
    real, pad = ("[mask[n,{0}] = 1]·", " + [mask[n,{0}] = 0]·") if padded else ("", "")

    def behind(name, t):
        return (f"{real.format(t)}cell[{t}].{name}[n,j]"
                + (f"{pad.format(t)}cell[{t}].{name}_prev[n,j]" if padded else ""))
    forward, backward = ["cell[t].x[n,d] = x[n,t,d]", f"outputs[n,t,j] = {behind('h', 't')}"], []
    for name in states:
        forward += [f"cell[t].{name}_prev[n,j] = {behind(name, 't−1')} + [t = 0]·{name}_first[n,j]",
                    f"{name}[n,j] = {behind(name, T - 1)}"]
        for t in reversed(range(T)):
            later = f"d{name}[n,j]" if t == T - 1 else f"cell[{t + 1}].d{name}_prev[n,j]"
            carried = f"{pad.format(t + 1)}all_{name}{t + 1}[n,j]" if padded and t < T - 1 else ""
            here = f"doutputs[n,{t},j] + " if name == "h" else ""
            backward += [f"all_{name}{t}[n,j<H] := {here}{later}{carried}",
                         f"cell[{t}].d{name}[n,j] = {real.format(t)}all_{name}{t}[n,j]"]
        carried = f"{pad.format(0)}all_{name}0[n,j]" if padded else ""
        backward.append(f"d{name}_first[n,j] = cell[0].d{name}_prev[n,j]{carried}")
    firsts = ", ".join(f"{name}_first" for name in states)
    return Rules(f"x, mask, {firsts} → outputs, {', '.join(states)}", "\n".join(forward),
                 "\n".join([*backward, "dx[n,t,d] = cell[t].dx[n,d]"]), lambda layer: {"H": layer.cell.H})


RULES = {
    Recurrent: _recurrent,
    RNNCell: Rules("x, h_prev → h", f"""
        a[n,k] := {_SUM}
        h[n,k] = tanh(a[n,k])""", f"""
        da[n,k] := dh[n,k]·(1 − h[n,k]²){_AFFINE}"""),
    LSTMCell: Rules("x, h_prev, c_prev → h, c", f"""
        a[n,k] := {_SUM}
        gates[n,j<H] = σ(a[n,j])
        gates[n,H+j<H] = σ(a[n,H+j])
        gates[n,2·H+j<H] = tanh(a[n,2·H+j])
        gates[n,3·H+j<H] = σ(a[n,3·H+j])
        i[n,j<H] := gates[n,j]
        f[n,j<H] := gates[n,H+j]
        g[n,j<H] := gates[n,2·H+j]
        o[n,j<H] := gates[n,3·H+j]
        c[n,j] = f[n,j]·c_prev[n,j] + i[n,j]·g[n,j]
        tanh_c[n,j] = tanh(c[n,j])
        h[n,j] = o[n,j]·tanh_c[n,j]""", f"""
        i[n,j<H] := gates[n,j]
        f[n,j<H] := gates[n,H+j]
        g[n,j<H] := gates[n,2·H+j]
        o[n,j<H] := gates[n,3·H+j]
        do[n,j] := dh[n,j]·tanh_c[n,j]
        dc_all[n,j] := dc[n,j] + dh[n,j]·o[n,j]·(1 − tanh_c[n,j]²)
        di[n,j] := dc_all[n,j]·g[n,j]
        df[n,j] := dc_all[n,j]·c_prev[n,j]
        dg[n,j] := dc_all[n,j]·i[n,j]
        da[n,j<H] := di[n,j]·i[n,j]·(1 − i[n,j])
        da[n,H+j<H] := df[n,j]·f[n,j]·(1 − f[n,j])
        da[n,2·H+j<H] := dg[n,j]·(1 − g[n,j]²)
        da[n,3·H+j<H] := do[n,j]·o[n,j]·(1 − o[n,j]){_AFFINE}
        dc_prev[n,j] = dc_all[n,j]·f[n,j]""", _width),
    GRUCell: _gru,
    AdditiveScore: Rules("keys, h → scores", """
        query[n,a] := Σ_j h[n,j]·W_h[j,a] + b[a]
        hidden[n,l,a] = tanh(keys[n,l,a] + query[n,a])
        scores[n,l] = Σ_a hidden[n,l,a]·v[a]""", """
        dkeys[n,l,a] = dscores[n,l]·v[a]·(1 − hidden[n,l,a]²)
        dquery[n,a] := Σ_l dkeys[n,l,a]
        dv[a] = Σ_{n,l} dscores[n,l]·hidden[n,l,a]
        dW_h[j,a] = Σ_n h[n,j]·dquery[n,a]
        db[a] = Σ_n dquery[n,a]
        dh[n,j] = Σ_a dquery[n,a]·W_h[j,a]"""),
    Sentinel: Rules("word, h, memory → s", """
        a[n,k] := Σ_m word[n,m]·W_x[m,k] + Σ_j h[n,j]·W_h[j,k] + b[k]
        gate[n,k] = σ(a[n,k])
        tanh_memory[n,k] = tanh(memory[n,k])
        s[n,k] = gate[n,k]·tanh_memory[n,k]""", """
        da[n,k] := ds[n,k]·tanh_memory[n,k]·gate[n,k]·(1 − gate[n,k])
        dW_x[m,k] = Σ_n word[n,m]·da[n,k]
        dW_h[j,k] = Σ_n h[n,j]·da[n,k]
        db[k] = Σ_n da[n,k]
        dword[n,m] = Σ_k da[n,k]·W_x[m,k]
        dh[n,j] = Σ_k da[n,k]·W_h[j,k]
        dmemory[n,k] = ds[n,k]·gate[n,k]·(1 − tanh_memory[n,k]²)"""),
    DotScore: Rules("keys, h → scores", "scores[n,l] = Σ_a keys[n,l,a]·h[n,a]", """
        dkeys[n,l,a] = dscores[n,l]·h[n,a]
        dh[n,a] = Σ_l dscores[n,l]·keys[n,l,a]"""),
    GeneralScore: Rules("keys, h → scores", """
        query[n,a] = Σ_j h[n,j]·W_h[j,a]
        scores[n,l] = Σ_a keys[n,l,a]·query[n,a]""", """
        dkeys[n,l,a] = dscores[n,l]·query[n,a]
        dquery[n,a] := Σ_l dscores[n,l]·keys[n,l,a]
        dW_h[j,a] = Σ_n h[n,j]·dquery[n,a]
        dh[n,j] = Σ_a dquery[n,a]·W_h[j,a]"""),
    HardAttention: Rules("scores → weights, alpha, log_p, entropy", """
        e[n,l] := scores[n,l]/tau
        top[n] := max_l e[n,l]
        total[n] := Σ_l exp(e[n,l] − top[n])
        log_alpha[n,l] = e[n,l] − top[n] − log(total[n])
        alpha[n,l] = exp(log_alpha[n,l])
        drawn[n] := Σ_l onehot[n,l]
        weights[n,l] = onehot[n,l] + (1 − drawn[n])·alpha[n,l]
        log_p[n] = Σ_l onehot[n,l]·log_alpha[n,l]
        entropy[n] = −Σ_l alpha[n,l]·log_alpha[n,l]""", """
        drawn[n] := Σ_l onehot[n,l]
        dsum[n,l] := dalpha[n,l] + (1 − drawn[n])·dweights[n,l]
        mean[n] := Σ_l dsum[n,l]·alpha[n,l]
        de[n,l] := alpha[n,l]·(dsum[n,l] − mean[n]) + dlog_p[n]·(onehot[n,l] − drawn[n]·alpha[n,l]) \
− dentropy[n]·alpha[n,l]·(log_alpha[n,l] + entropy[n])
        dscores[n,l] = de[n,l]/tau""", lambda layer: {"tau": layer.temperature}),
}
