"""The rules of the layers of one and two lines: elementwise, affine, those that join inputs, containers."""

from minisat.nn import (
    Add,
    Branches,
    Concatenate,
    Dropout,
    Embedding,
    LayerNorm,
    LeakyReLU,
    Linear,
    MeanOverLocations,
    Multiply,
    ReLU,
    ReLU6,
    Residual,
    Scale,
    Sequential,
    Sigmoid,
    Softmax,
    Sparsemax,
    Tanh,
    WeightedSum,
)
from minisat.nn.nested import leaves
from minisat.trace.why.tables import Rules

LETTERS = "abcdefghijklmnopqrstuvwx"


def _dropout(layer, call, inside):
    if not any(name == "mask" and not isinstance(value, str) for name, value in call.fields):
        return Rules("x → y", "y[…] = x[…]", "dx[…] = dy[…]")
    return Rules("x → y", "y[…] = x[…]·mask[…]", "dx[…] = dy[…]·mask[…]")


def _sparsemax(layer, call, inside):
    """The threshold is the largest of (Σ_{j ≤ k} of the k largest scores − 1)/k; `rank` counts the scores above one."""
    return Rules("z → p", """
        rank[…,i] := Σ_j [z[…,j] ≥ z[…,i]]
        bound[…,i] := (Σ_j [z[…,j] ≥ z[…,i]]·z[…,j] − 1)/rank[…,i]
        threshold[…] := max_i bound[…,i]
        p[…,i] = max(z[…,i] − threshold[…], 0)""", """
        above[…] := Σ_j [p[…,j] > 0]
        mean[…] := Σ_j [p[…,j] > 0]·dp[…,j]/above[…]
        dz[…,i] = [p[…,i] > 0]·dp[…,i] − [p[…,i] > 0]·mean[…]""")


def _layer_norm(layer, call, inside):
    D = call.inputs[0].shape[-1]
    y = "x_hat[…,d]" if layer.gain is None else "gain[d]·x_hat[…,d] + shift[d]"
    dx_hat = "dy[…,d]" if layer.gain is None else "dy[…,d]·gain[d]"
    return Rules("x → y", f"""
        mean[…] := Σ_d x[…,d]/D
        var[…] := Σ_d (x[…,d] − mean[…])²/D
        inv_std[…,0] = 1/√(var[…] + eps)
        x_hat[…,d] = (x[…,d] − mean[…])·inv_std[…,0]
        y[…,d] = {y}""", f"""
        dgain[d] = Σ_{{…}} dy[…,d]·x_hat[…,d]
        dshift[d] = Σ_{{…}} dy[…,d]
        dx_hat[…,d] := {dx_hat}
        shift_of[…] := Σ_d dx_hat[…,d]/D
        stretch[…] := Σ_d dx_hat[…,d]·x_hat[…,d]/D
        dx[…,d] = inv_std[…,0]·(dx_hat[…,d] − shift_of[…] − x_hat[…,d]·stretch[…])""",
                 lambda layer: {"D": D, "eps": layer.eps})


def _add(layer, call, inside):
    names = LETTERS[:len(call.inputs)]
    return Rules(f"{','.join(names)} → y", "y[…] = " + " + ".join(f"{name}[…]" for name in names),
                 "\n".join(f"d{name}[…] = dy[…]" for name in names))


def _multiply(layer, call, inside):
    """Along an axis where an input has length 1 its one entry meets all: its gradient is a sum over them."""
    letters = "nmijkl"[:call.outputs.ndim]
    y = ",".join(letters)
    shapes = dict(zip("ab", (leaf.shape for leaf in leaves(call.inputs))))
    place, backward = {}, []
    for name, shape in shapes.items():
        short = [letter for letter, size, full in zip(letters, shape, call.outputs.shape) if size != full]
        place[name] = ",".join("0" if letter in short else letter for letter in letters)
        backward.append((name, f"Σ_{{{','.join(short)}}} " if short else ""))
    lines = [f"d{name}[{place[name]}] = {total}dy[{y}]·{other}[{place[other]}]"
             for (name, total), other in zip(backward, "ba")]
    return Rules("a, b → y", f"y[{y}] = a[{place['a']}]·b[{place['b']}]", "\n".join(lines))


def _concatenate(layer, call, inside):
    forward, backward, start = [], [], 0
    for name, part in zip(LETTERS, call.inputs):
        width = part.shape[-1]
        forward.append(f"y[…,{start}+i<{width}] = {name}[…,i]")
        backward.append(f"d{name}[…,i] = dy[…,{start}+i]")
        start += width
    return Rules(f"{','.join(LETTERS[:len(call.inputs)])} → y", "\n".join(forward), "\n".join(backward))


def _sequential(layer, call, inside):
    """One layer's output is the next one's input, and its gradient the one's before it."""
    chain = inside.in_order()
    if not chain:
        return Rules("x → y", "y[…] = x[…]", "dx[…] = dy[…]")
    forward, backward = chained(chain, "x[…]", "dy[…]")
    last, first = chain[-1], chain[0]
    return Rules("x → y", "\n".join([*forward, f"y[…] = {last.at}.{last.output}[…]"]),
                 "\n".join([*backward, f"dx[…] = {first.at}.d{first.input}[…]"]))


def chained(chain, x, dy):
    """(forward, backward) lines of layers one after the other, from `x` and back from `dy`."""
    forward = [f"{part.at}.{part.input}[…] = {before}" for part, before in
               zip(chain, [x, *(f"{part.at}.{part.output}[…]" for part in chain)])]
    backward = [f"{part.at}.d{part.output}[…] = {after}" for part, after in
                zip(chain, [*(f"{part.at}.d{part.input}[…]" for part in chain[1:]), dy])]
    return forward, backward


def _branches(layer, call, inside):
    forward, backward, start = [], [], 0
    for part in inside.in_order():
        width = part.call.outputs.shape[1]
        forward += [f"{part.at}.{part.input}[…] = x[…]", f"y[n,{start}+i<{width},…] = {part.at}.{part.output}[n,i,…]"]
        backward.append(f"{part.at}.d{part.output}[n,i,…] = dy[n,{start}+i,…]")
        start += width
    total = " + ".join(f"{part.at}.d{part.input}[…]" for part in inside.in_order())
    return Rules("x → y", "\n".join(forward), "\n".join([*backward, f"dx[…] = {total}"]))


def _residual(layer, call, inside):
    parts = inside.in_order()
    ways = [f"{part.at}.{part.output}[…]" for part in parts] + ["x[…]"] * (len(parts) == 1)
    back = [f"{part.at}.d{part.input}[…]" for part in parts] + ["dy[…]"] * (len(parts) == 1)
    return Rules("x → y", "\n".join([*(f"{part.at}.{part.input}[…] = x[…]" for part in parts),
                                     f"y[…] = {' + '.join(ways)}"]),
                 "\n".join([*(f"{part.at}.d{part.output}[…] = dy[…]" for part in parts),
                            f"dx[…] = {' + '.join(back)}"]))


RULES = {
    Linear: Rules("x → y", "y[…,m] = Σ_d x[…,d]·W[d,m] + b[m]", """
        dx[…,d] = Σ_m dy[…,m]·W[d,m]
        dW[d,m] = Σ_{…} x[…,d]·dy[…,m]
        db[m] = Σ_{…} dy[…,m]"""),
    ReLU: Rules("x → y", "y[…] = max(x[…], 0)", "dx[…] = [y[…] > 0]·dy[…]"),
    LeakyReLU: Rules("x → y", "y[…] = [x[…] > 0]·x[…] + [x[…] ≤ 0]·slope·x[…]",
                     "dx[…] = [x[…] > 0]·dy[…] + [x[…] ≤ 0]·slope·dy[…]", lambda layer: {"slope": layer.slope}),
    ReLU6: Rules("x → y", "y[…] = min(max(x[…], 0), 6)", "dx[…] = [y[…] > 0]·[y[…] < 6]·dy[…]"),
    Tanh: Rules("x → y", "y[…] = tanh(x[…])", "dx[…] = dy[…]·(1 − y[…]²)"),
    Sigmoid: Rules("x → y", "y[…] = σ(x[…])", "dx[…] = dy[…]·y[…]·(1 − y[…])"),
    Softmax: Rules("x → y", """
        top[…] := max_j x[…,j]
        e[…,i] := exp(x[…,i] − top[…])
        y[…,i] = e[…,i] / Σ_j e[…,j]""", """
        mean[…] := Σ_j dy[…,j]·y[…,j]
        dx[…,i] = y[…,i]·(dy[…,i] − mean[…])"""),
    Sparsemax: _sparsemax,
    LayerNorm: _layer_norm,
    Dropout: _dropout,
    Embedding: Rules("ids → y", "y[…,m] = W[ids[…],m]", "dW[v,m] = Σ_{…} [ids[…] = v]·dy[…,m]"),
    Add: _add,
    Multiply: _multiply,
    Concatenate: _concatenate,
    WeightedSum: Rules("alpha, features → context", "context[n,d] = Σ_l alpha[n,l]·features[n,l,d]", """
        dalpha[n,l] = Σ_d features[n,l,d]·dcontext[n,d]
        dfeatures[n,l,d] = alpha[n,l]·dcontext[n,d]"""),
    MeanOverLocations: lambda layer, call, inside: Rules(
        "features → y", "y[n,d] = Σ_l features[n,l,d]/L", "dfeatures[n,l,d] = dy[n,d]/L",
        lambda layer: {"L": call.inputs[0].shape[1]}),
    Scale: Rules("x → y", "y[…] = x[…]/scale", "dx[…] = dy[…]/scale"),
    Sequential: _sequential,
    Branches: _branches,
    Residual: _residual,
}
