"""The rules of what ends in one number: cross-entropy, the penalty on looks, REINFORCE."""

from minisat.captioner.reinforce import Reinforce
from minisat.nn import CrossEntropy, DoublyStochasticPenalty, LogProb, OneSidedPenalty, SmoothedCrossEntropy
from minisat.trace.why.tables import Rules


def _cross_entropy(layer, call, inside):
    """The cache counts positions k = n·T + t through all captions. Smoothing adds ε times how far the right logit is
    above the mean.
    """
    T = call.inputs[0].shape[1] if call.inputs[0].ndim == 3 else 1
    place, k = ("k//T,k%T", "n·T+t") if call.inputs[0].ndim == 3 else ("k", "n")
    nt = "n,t" if call.inputs[0].ndim == 3 else "n"
    real = f"mask[{place}]" if call.noise.get("mask") is not None else "1"
    if call.noise.get("weight") is not None:
        across = place if call.noise["weight"].shape == call.inputs[1].shape else "k//T,0"
        weight = f"weight[k] = {real}·given_weight[{across}]"
    else:
        total = f"max(Σ_{{{nt}}} mask[{nt}], 1)" if real != "1" else str(call.inputs[1].size)
        weight = f"weight[k] = {real}/{total}"
    smoothing = getattr(layer, "smoothing", 0.0) if layer.training else 0.0
    above = dabove = ""
    if smoothing:
        above = (f" + Σ_k [weight[k] ≠ 0]·smoothing·weight[k]·(logits[{place},targets[{place}]]"
                 f" − Σ_v logits[{place},v]/V)")
        dabove = f" + smoothing·dloss·weight[{k}]·([targets[{k}] = v] − 1/V)"
    return Rules("logits, targets → loss", f"""
        {weight}
        top[k<K] := max_v logits[{place},v]
        e[k<K,v] := exp(logits[{place},v] − top[k])
        p[k,v] = e[k,v] / Σ_u e[k,u]
        loss = −Σ_k [weight[k] ≠ 0]·weight[k]·log(p[k,targets[{place}]]){above}""", f"""
        dlogits[{nt},v] = dloss·weight[{k}]·(p[{k},v] − [targets[{k}] = v]){dabove}""",
                 lambda layer: {"T": T, "K": call.inputs[1].size, "V": call.inputs[0].shape[-1],
                                "smoothing": smoothing})


def _log_prob(layer, call, inside):
    return Rules("logits, targets → log_p", """
        e[…,v] := logits[…,v]/tau
        top[…] := max_v e[…,v]
        total[…] := Σ_v exp(e[…,v] − top[…])
        log_p[…] = logits[…,targets[…]]/tau − top[…] − log(total[…])""",
                 "dlogits[…,v] = dlog_p[…]·([targets[…] = v] − p[…,v])/tau",
                 lambda layer: {"tau": layer.temperature})


def _penalty(square, slope):
    """A penalty on each location's sum of looks: its `square`, and the `slope` of that."""
    def rules(layer, call, inside):
        N, _, L = call.inputs[0].shape
        return Rules("alphas, mask → loss", f"""
            sums[n,l] = Σ_t mask[n,t]·alphas[n,t,l]
            loss = Σ_{{n,l}} factor·{square}²""", f"""
            dalphas[n,t,l] = {slope}·mask[n,t]·dloss""",
                     lambda layer: {"factor": layer.factor((N, L)), "share": getattr(layer, "share", 1.0)})
    return rules


RULES = {
    CrossEntropy: _cross_entropy,
    SmoothedCrossEntropy: _cross_entropy,
    LogProb: _log_prob,
    DoublyStochasticPenalty: _penalty("(1 − sums[n,l])", "−2·factor·(1 − sums[n,l])"),
    OneSidedPenalty: _penalty("max(0, sums[n,l] − share)", "2·factor·max(0, sums[n,l] − share)"),
    Reinforce: Rules("costs, log_p, entropies, mask, greedy, advantage → term", """
        term = Σ_{n,t} scale·weight·advantage[n]·mask[n,t]·log_p[n,t] \
− Σ_{n,t} scale·entropy·mask[n,t]·entropies[n,t]""", """
        dlog_p[n,t] = dterm·scale·weight·advantage[n]·mask[n,t]
        dentropies[n,t] = −dterm·scale·entropy·mask[n,t]""",
        lambda layer: {"weight": layer.weight, "entropy": layer.entropy}),
}
