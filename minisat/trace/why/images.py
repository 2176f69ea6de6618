"""The rules of the layers that see images, and of the encoders that are made of them."""

from minisat.nn import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Flatten,
    GlobalAvgPool2d,
    Grid,
    LocalResponseNorm,
    MaxPool2d,
)
from minisat.trace.why.tables import Rules
from minisat.vision import Sight
from minisat.vision.encoders.base import Encoder
from minisat.vision.encoders.toy_cnn import Coordinates
from minisat.vision.encoders.transform_input import TransformInput
from minisat.vision.preprocess import IMAGENET_MEAN

_SEEN = "x[n,{c},r·sh+i−ph,s·sw+j−pw]"                     # what entry (i, j) of window (r, s) sees
_SEEING = "[n,{o},(p+ph−i)/sh,(q+pw−j)/sw]"                # the window that sees place (p, q) at its entry (i, j)


def _geometry(layer, **more):
    (kh, kw), (sh, sw), (ph, pw) = layer.kernel, layer.stride, layer.padding
    return {"kh": kh, "kw": kw, "sh": sh, "sw": sw, "ph": ph, "pw": pw} | more


def _convolution(layer, call, inside):
    """Of several groups, output o sees its own part of the channels, and channel c is seen by its own part of them."""
    C_out, C_in = layer.W.shape[0] // layer.groups, layer.W.shape[1]
    c = "c" if layer.groups == 1 else f"o//{C_out}·{C_in}+c"
    o, u, within = ("o", "o", "c") if layer.groups == 1 else (f"c//{C_in}·{C_out}+u", f"u<{C_out}", f"c%{C_in}")
    seen, seeing = _SEEN.format(c=c), _SEEING.format(o=o)
    return Rules("x → y", f"y[n,o,r,s] = Σ_{{c,i,j}} W[o,c,i,j]·{seen} + b[o]", f"""
        dx[n,c,p,q] = Σ_{{{u},i,j}} W[{o},{within},i,j]·dy{seeing}
        dW[o,c,i,j] = Σ_{{n,r,s}} dy[n,o,r,s]·{seen}
        db[o] = Σ_{{n,r,s}} dy[n,o,r,s]""", _geometry)


def _batch_norm(layer, call, inside):
    count = call.inputs[0].size // call.inputs[0].shape[1]
    live = dict(call.fields)["live"] == "True"
    if live:
        measured = """
        mean[c] := Σ_{n,r,s} x[n,c,r,s]/count
        var[c] := Σ_{n,r,s} (x[n,c,r,s] − mean[c])²/count"""
        dx = "gamma[c]·inv_std[c]·(dy[n,c,r,s] − dbeta[c]/count − x_hat[n,c,r,s]·dgamma[c]/count)"
    else:
        measured = """
        mean[c] := running_mean[c]
        var[c] := running_var[c]"""
        dx = "gamma[c]·inv_std[c]·dy[n,c,r,s]"
    return Rules("x → y", f"""{measured}
        inv_std[c] = 1/√(var[c] + eps)
        x_hat[n,c,r,s] = (x[n,c,r,s] − mean[c])·inv_std[c]
        y[n,c,r,s] = gamma[c]·x_hat[n,c,r,s] + beta[c]""", f"""
        dgamma[c] = Σ_{{n,r,s}} dy[n,c,r,s]·x_hat[n,c,r,s]
        dbeta[c] = Σ_{{n,r,s}} dy[n,c,r,s]
        dx[n,c,r,s] = {dx}""", lambda layer: {"count": count, "eps": layer.eps})


def _max_pool(layer, call, inside):
    """`winner` is the first largest entry of a window in reading order, i·kw + j: it alone gets the gradient."""
    rows, columns = call.outputs.shape[2:]
    seeing = _SEEING.format(o="c")
    return Rules("x → y", f"y[n,c,r,s] = max_{{i<kh,j<kw}} {_SEEN.format(c='c')}", f"""
        winner[n,c,r<rows,s<columns] := argmax_{{i<kh,j<kw}} {_SEEN.format(c='c')}
        dx[n,c,p,q] = Σ_{{i<kh,j<kw}} [winner{seeing} = i·kw+j]·dy{seeing}""",
                 lambda layer: _geometry(layer, rows=rows, columns=columns))


def _average_pool(layer, call, inside):
    (h, w), (rows, columns) = call.inputs[0].shape[2:], call.outputs.shape[2:]
    (ph, pw), padded = layer.padding, layer.count_include_pad
    sides = {"low": 0 if padded else ph, "left": 0 if padded else pw,
             "high": h + (2 if padded else 1) * ph, "right": w + (2 if padded else 1) * pw}
    size = ("size[r<rows,s<columns] := (min(r·sh+kh, high) − max(r·sh, low))"
            "·(min(s·sw+kw, right) − max(s·sw, left))")
    place = "(p+ph−i)/sh,(q+pw−j)/sw"
    return Rules("x → y", f"{size}\ny[n,c,r,s] = Σ_{{i<kh,j<kw}} {_SEEN.format(c='c')}/size[r,s]",
                 f"{size}\ndx[n,c,p,q] = Σ_{{i<kh,j<kw}} dy[n,c,{place}]/size[{place}]",
                 lambda layer: _geometry(layer, rows=rows, columns=columns) | sides)


def _adaptive_pool(layer, call, inside):
    """Cell (r, s) covers rows r·h // rows to (r·h + h + rows − 1) // rows − 1, and columns likewise."""
    (h, w), (rows, columns) = call.inputs[0].shape[2:], call.outputs.shape[2:]
    first, last = "{0}·{1}//{2}", "({0}·{1}+{1}+{2}−1)//{2}"
    down, right = ("r", "h", "rows"), ("s", "w", "columns")
    inside_it = (f"[p ≥ {first.format(*down)}]·[p < {last.format(*down)}]"
                 f"·[q ≥ {first.format(*right)}]·[q < {last.format(*right)}]")
    area = (f"area[r<rows,s<columns] := ({last.format(*down)} − {first.format(*down)})"
            f"·({last.format(*right)} − {first.format(*right)})")
    return Rules("x → y", f"{area}\ny[n,c,r,s] = Σ_{{p,q}} {inside_it}·x[n,c,p,q]/area[r,s]",
                 f"{area}\ndx[n,c,p,q] = Σ_{{r,s}} {inside_it}·dy[n,c,r,s]/area[r,s]",
                 lambda layer: {"h": h, "w": w, "rows": rows, "columns": columns})


def _coordinates(layer, call, inside):
    C, h, w = call.inputs[0].shape[1:]
    return Rules("x → y", """
        y[n,c<C,r,s] = x[n,c,r,s]
        y[n,C,r,s] = 2·r/rows − 1
        y[n,C+1,r,s] = 2·s/columns − 1""", "dx[n,c,r,s] = dy[n,c,r,s]",
                 lambda layer: {"C": C, "rows": max(h - 1, 1), "columns": max(w - 1, 1)})


def _size_of_map(call):
    C, h, w = call.inputs[0].shape[1:]
    return lambda layer: {"h": h, "w": w, "places": h * w}


def _encoder(layer, call, inside):
    """Stage after stage, as far as the grid; then the map's places in reading order.

    A frozen stage may run without a call: what it gave is not recorded, and the next stage's input has no rule.
    """
    calls, stages = inside.in_order(), []
    for _, _, stage in layer.stages_between(call.noise.get("after"), call.noise.get("grid")):
        stages.append(calls.pop(0) if calls and calls[0].call.module is stage else None)
    if not stages or stages[-1] is None:
        return Rules("images → features")
    forward, backward, before = [], [], "images[…]"
    for stage, behind in zip(stages, [*stages[1:], None]):
        if stage and before:
            forward.append(f"{stage.at}.{stage.input}[…] = {before}")
        if stage and behind:
            backward.append(f"{stage.at}.d{stage.output}[…] = {behind.at}.d{behind.input}[…]")
        before = stage and f"{stage.at}.{stage.output}[…]"
    first, last = stages[0], stages[-1]
    h, w = last.call.outputs.shape[2:]
    if call.noise.get("grid") == "global":
        forward.append(f"features[n,l,d] = Σ_{{r,s}} {last.at}.{last.output}[n,d,r,s]/places")
        backward.append(f"{last.at}.d{last.output}[n,d,r,s] = dfeatures[n,0,d]/places")
    else:
        forward.append(f"features[n,l,d] = {last.at}.{last.output}[n,d,l//w,l%w]")
        backward.append(f"{last.at}.d{last.output}[n,d,r,s] = dfeatures[n,r·w+s,d]")
    if first:
        backward.append(f"dimages[…] = {first.at}.d{first.input}[…]")
    return Rules("images → features", "\n".join(forward), "\n".join(backward),
                 lambda layer: {"w": w, "places": h * w})


def _sight(layer, call, inside):
    if layer.encoder is None:
        return Rules("x → features", "features[…] = x[…]", "dx[…] = dfeatures[…]")
    return Rules("x → features", "encoder.images[…] = x[…]\nfeatures[…] = encoder.features[…]",
                 "encoder.dfeatures[…] = dfeatures[…]\ndx[…] = encoder.dimages[…]")


RULES = {
    Conv2d: _convolution,
    BatchNorm2d: _batch_norm,
    MaxPool2d: _max_pool,
    AvgPool2d: _average_pool,
    AdaptiveAvgPool2d: _adaptive_pool,
    GlobalAvgPool2d: lambda layer, call, inside: Rules(
        "x → y", "y[n,c] = Σ_{r,s} x[n,c,r,s]/places", "dx[n,c,r,s] = dy[n,c]/places", _size_of_map(call)),
    Flatten: lambda layer, call, inside: Rules(
        "x → y", "y[n,k] = x[n,k//places,k//w%h,k%w]", "dx[n,c,r,s] = dy[n,c·places+r·w+s]", _size_of_map(call)),
    Grid: lambda layer, call, inside: Rules(
        "x → features", "features[n,l,d] = x[n,d,l//w,l%w]", "dx[n,d,r,s] = dfeatures[n,r·w+s,d]",
        _size_of_map(call)),
    LocalResponseNorm: Rules("x → y", """
        base[n,c,r,s] = k + Σ_{i<size} share·x[n,c−before+i,r,s]²
        y[n,c,r,s] = x[n,c,r,s]·base[n,c,r,s]^(−beta)""", """
        blame[n,c,r,s] := dy[n,c,r,s]·x[n,c,r,s]·base[n,c,r,s]^(−beta−1)
        dx[n,c,r,s] = dy[n,c,r,s]·base[n,c,r,s]^(−beta) − 2·beta·share·x[n,c,r,s]·Σ_{i<size} blame[n,c−after+i,r,s]""",
        lambda layer: {"k": layer.k, "share": layer.alpha / layer.size, "beta": layer.beta, "size": layer.size,
                       "before": layer.size // 2, "after": (layer.size - 1) // 2}),
    Coordinates: _coordinates,
    TransformInput: Rules("x → y", "\n".join(
        f"y[n,{c},r,s] = slope[{c},0,0]·x[n,{c},r,s] + on·shift{c}" for c in range(3)),
        "dx[n,c,r,s] = dy[n,c,r,s]·slope[c,0,0]",
        lambda layer: {f"shift{c}": (mean - 0.5) / 0.5 for c, mean in enumerate(IMAGENET_MEAN)}),
    Encoder: _encoder,
    Sight: _sight,
}
