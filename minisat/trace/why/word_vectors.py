"""The rules of word2vec and its relatives."""

from minisat.trace.why.tables import Rules
from minisat.word2vec.bag import Bag
from minisat.word2vec.cbow import CBOW
from minisat.word2vec.full_softmax import FullSoftmax
from minisat.word2vec.glove import GloVe
from minisat.word2vec.hierarchical_softmax import HierarchicalSoftmax
from minisat.word2vec.negative_sampling import NegativeSampling
from minisat.word2vec.skip_gram import SkipGram
from minisat.word2vec.subword import SubwordSkipGram


def _bag(layer, call, inside):
    share = "share[n,0]·" if layer.exact else ""
    return Rules("ids, mask → h", """
        share[n,0] = 1/max(Σ_b mask[n,b], 1)
        h[n,m] = Σ_b mask[n,b]·share[n,0]·W[ids[n,b],m]""",
                 f"dW[v,m] = Σ_{{n,b}} [ids[n,b] = v]·mask[n,b]·{share}dh[n,m]")


_ALONG_IDS = """
        dW[v,m] = Σ_{n,k} [ids[n,k] = v]·ds[n,k]·h[n,m]
        dh[n,m] = Σ_k ds[n,k]·rows[n,k,m]"""

_OUTPUT = """output.noise[n,k] = noise[n,k]
        loss = output.loss"""

RULES = {
    Bag: _bag,
    NegativeSampling: Rules("h, targets → loss", """
        ids[n,0] = targets[n]
        ids[n,1+k] = noise[n,k]
        rows[n,k,m] = W[ids[n,k],m]
        scores[n,k] = Σ_m rows[n,k,m]·h[n,m]
        loss = −Σ_{n,k} weight[n,k]·log(σ(sign[k]·scores[n,k]))""", f"""
        ds[n,k] := −dloss·sign[k]·weight[n,k]·σ(−sign[k]·scores[n,k]){_ALONG_IDS}"""),
    HierarchicalSoftmax: Rules("h, targets → loss", """
        rows[n,k,m] = W[nodes[n,k],m]
        scores[n,k] = Σ_m rows[n,k,m]·h[n,m]
        loss = −Σ_{n,k} abs(turns[n,k])·log(σ(turns[n,k]·scores[n,k]))""",
        "ds[n,k] := −dloss·turns[n,k]·σ(−turns[n,k]·scores[n,k])" + _ALONG_IDS.replace("ids", "nodes")),
    FullSoftmax: Rules("h, targets → loss", """
        score[n,v] := Σ_m h[n,m]·W[v,m]
        top[n] := max_v score[n,v]
        e[n,v] := exp(score[n,v] − top[n])
        p[n,v] = e[n,v] / Σ_u e[n,u]
        loss = −Σ_n log(p[n,targets[n]])""", """
        e[n,v] := dloss·(p[n,v] − [targets[n] = v])
        dW[v,m] = Σ_n e[n,v]·h[n,m]
        dh[n,m] = Σ_v e[n,v]·W[v,m]"""),
    SkipGram: Rules("centres, contexts → loss", f"""
        embedding.ids[n] = centres[n]
        output.h[n,m] = embedding.y[n,m]
        output.targets[n] = contexts[n]
        {_OUTPUT}""", "output.dloss = dloss\nembedding.dy[n,m] = output.dh[n,m]"),
    CBOW: Rules("contexts, mask, centres → loss", f"""
        bag.ids[n,b] = contexts[n,b]
        bag.mask[n,b] = mask[n,b]
        output.h[n,m] = bag.h[n,m]
        output.targets[n] = centres[n]
        {_OUTPUT}""", "output.dloss = dloss\nbag.dh[n,m] = output.dh[n,m]"),
    SubwordSkipGram: Rules("centres, contexts → loss", f"""
        bag.ids[n,b] = ids[centres[n],b]
        bag.mask[n,b] = mask[centres[n],b]
        output.h[n,m] = bag.h[n,m]
        output.targets[n] = contexts[n]
        {_OUTPUT}""", "output.dloss = dloss\nbag.dh[n,m] = output.dh[n,m]"),
    GloVe: Rules("rows, columns → loss", """
        w[n,m] = W[rows[n],m]
        w_tilde[n,m] = W_tilde[columns[n],m]
        error[n] = Σ_m w[n,m]·w_tilde[n,m] + b[rows[n],0] + b_tilde[columns[n],0] − log(counts[n])
        weight[n] = min(1, (counts[n]/100)^0.75)
        loss = Σ_n 0.5·weight[n]·error[n]²""", """
        de[n] := dloss·weight[n]·error[n]
        dW[v,m] = Σ_n [rows[n] = v]·de[n]·w_tilde[n,m]
        dW_tilde[v,m] = Σ_n [columns[n] = v]·de[n]·w[n,m]
        db[v,i] = Σ_n [rows[n] = v]·de[n]
        db_tilde[v,i] = Σ_n [columns[n] = v]·de[n]"""),
}
