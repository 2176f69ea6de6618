"""The rules of attention without a loop: scaled dot products, heads, positions, blocks, and their captioner."""

from minisat.captioner import Transformer
from minisat.nn import MultiHeadAttention, Positions, ScaledDotProduct, TransformerBlock
from minisat.trace.why.tables import Rules


def _scaled_dot_product(layer, call, inside):
    """Of a causal layer what comes later is nothing, which sums and maxima pass over."""
    queries, keys, _ = call.inputs
    seen = "[s ≤ t + before]·" if layer.causal else ""
    constants = {"root": keys.shape[-1]**0.5, "before": keys.shape[-2] - queries.shape[-2]}
    return Rules("queries, keys, values → y, weights", f"""
        score[…,t,s] := Σ_i queries[…,t,i]·keys[…,s,i]/root
        top[…,t] := max_s {seen}score[…,t,s]
        e[…,t,s] := {seen}exp(score[…,t,s] − top[…,t])
        weights[…,t,s] = e[…,t,s]/Σ_v e[…,t,v]
        y[…,t,j] = Σ_s weights[…,t,s]·values[…,s,j]""", """
        dvalues[…,s,j] = Σ_t weights[…,t,s]·dy[…,t,j]
        dweight[…,t,s] := dweights[…,t,s] + Σ_j dy[…,t,j]·values[…,s,j]
        mean[…,t] := Σ_s weights[…,t,s]·dweight[…,t,s]
        dscore[…,t,s] := weights[…,t,s]·(dweight[…,t,s] − mean[…,t])/root
        dqueries[…,t,i] = Σ_s dscore[…,t,s]·keys[…,s,i]
        dkeys[…,s,i] = Σ_t dscore[…,t,s]·queries[…,t,i]""", lambda layer: constants)


def _block(layer, call, inside):
    """Three steps that each add to x; `asked` and `looked` are x behind the first and the second."""
    return Rules("x, places → y, weights", """
        norm_words.x[n,t,m] = x[n,t,m]
        words.x[n,t,m] = norm_words.y[n,t,m]
        words.memory[n,t,m] = norm_words.y[n,t,m]
        dropout[0].x[n,t,m] = words.y[n,t,m]
        asked[n,t,m] := x[n,t,m] + dropout[0].y[n,t,m]
        norm_look.x[n,t,m] = asked[n,t,m]
        look.x[n,t,m] = norm_look.y[n,t,m]
        look.memory[n,l,c] = places[n,l,c]
        dropout[1].x[n,t,m] = look.y[n,t,m]
        looked[n,t,m] := asked[n,t,m] + dropout[1].y[n,t,m]
        norm_think.x[n,t,m] = looked[n,t,m]
        think.x[n,t,m] = norm_think.y[n,t,m]
        dropout[2].x[n,t,m] = think.y[n,t,m]
        y[n,t,m] = looked[n,t,m] + dropout[2].y[n,t,m]
        weights[n,h,t,l] = look.weights[n,h,t,l]""", """
        dropout[2].dy[n,t,m] = dy[n,t,m]
        think.dy[n,t,m] = dropout[2].dx[n,t,m]
        norm_think.dy[n,t,m] = think.dx[n,t,m]
        dlooked[n,t,m] := dy[n,t,m] + norm_think.dx[n,t,m]
        dropout[1].dy[n,t,m] = dlooked[n,t,m]
        look.dy[n,t,m] = dropout[1].dx[n,t,m]
        look.dweights[n,h,t,l] = dweights[n,h,t,l]
        norm_look.dy[n,t,m] = look.dx[n,t,m]
        dasked[n,t,m] := dlooked[n,t,m] + norm_look.dx[n,t,m]
        dropout[0].dy[n,t,m] = dasked[n,t,m]
        words.dy[n,t,m] = dropout[0].dx[n,t,m]
        norm_words.dy[n,t,m] = words.dx[n,t,m] + words.dmemory[n,t,m]
        dx[n,t,m] = dasked[n,t,m] + norm_words.dx[n,t,m]
        dplaces[n,l,c] = look.dmemory[n,l,c]""")


def _transformer(layer, call, inside):
    names = [f"blocks.{k}" for k in range(len(layer.blocks))]
    forward = [f"{name}.places[n,l,m] = norm_places.y[n,l,m]" for name in names]
    forward += [f"{name}.x[n,t,m] = {before}.y[n,t,m]" for before, name in zip(["dropout", *names], names)]
    backward = [f"{name}.dy[n,t,m] = {behind}.dx[n,t,m]" for name, behind in zip(names, [*names[1:], "norm"])]
    forward, backward, last = "\n".join(forward), "\n".join(backward), names[-1]
    return Rules("features, ids → logits, alphas", f"""
        scale.x[n,l,d] = features[n,l,d]
        places.x[n,l,d] = scale.y[n,l,d]
        norm_places.x[n,l,m] = places.y[n,l,m]
        embedding.ids[n,t] = ids[n,t]
        positions.x[n,t,m] = embedding.y[n,t,m]
        dropout.x[n,t,m] = positions.y[n,t,m]
        {forward}
        norm.x[n,t,m] = {last}.y[n,t,m]
        L_o.x[n,t,m] = norm.y[n,t,m]
        logits[n,t,v] = L_o.y[n,t,v]
        alphas[n,t,l] = Σ_h {last}.weights[n,h,t,l]/heads""", f"""
        L_o.dy[n,t,v] = dlogits[n,t,v]
        norm.dy[n,t,m] = L_o.dx[n,t,m]
        {last}.dweights[n,h,t,l] = dalphas[n,t,l]/heads
        {backward}
        dropout.dy[n,t,m] = blocks.0.dx[n,t,m]
        positions.dy[n,t,m] = dropout.dx[n,t,m]
        embedding.dy[n,t,m] = positions.dx[n,t,m]
        norm_places.dy[n,l,m] = {" + ".join(f"{name}.dplaces[n,l,m]" for name in names)}
        places.dy[n,l,m] = norm_places.dx[n,l,m]
        scale.dy[n,l,d] = places.dx[n,l,d]
        dfeatures[n,l,d] = scale.dx[n,l,d]""", lambda layer: {"heads": layer.heads})


RULES = {
    ScaledDotProduct: _scaled_dot_product,
    MultiHeadAttention: lambda layer, call, inside: Rules("x, memory → y, weights", """
        W_q.x[n,t,m] = x[n,t,m]
        W_k.x[n,s,m] = memory[n,s,m]
        W_v.x[n,s,m] = memory[n,s,m]
        attention.queries[n,h,t,i] = W_q.y[n,t,d·h+i]
        attention.keys[n,h,s,i] = W_k.y[n,s,d·h+i]
        attention.values[n,h,s,i] = W_v.y[n,s,d·h+i]
        W_o.x[n,t,a] = attention.y[n,a//d,t,a%d]
        y[n,t,m] = W_o.y[n,t,m]
        weights[n,h,t,s] = attention.weights[n,h,t,s]""", """
        W_o.dy[n,t,m] = dy[n,t,m]
        attention.dy[n,h,t,i] = W_o.dx[n,t,d·h+i]
        attention.dweights[n,h,t,s] = dweights[n,h,t,s]
        W_q.dy[n,t,a] = attention.dqueries[n,a//d,t,a%d]
        W_k.dy[n,s,a] = attention.dkeys[n,a//d,s,a%d]
        W_v.dy[n,s,a] = attention.dvalues[n,a//d,s,a%d]
        dx[n,t,m] = W_q.dx[n,t,m]
        dmemory[n,s,m] = W_k.dx[n,s,m] + W_v.dx[n,s,m]""", lambda layer: {"d": layer.W_q.W.shape[1] // layer.heads}),
    Positions: lambda layer, call, inside: Rules(
        "x → y", "y[…,t,m] = x[…,t,m]·root + waves[t,m]", "dx[…,t,m] = dy[…,t,m]·root",
        lambda layer: {"root": call.inputs[0].shape[-1]**0.5}),
    TransformerBlock: _block,
    Transformer: _transformer,
}
