"""Two traces side by side: which frames are in only one, and where their numbers part."""

import numpy as np

FIELDS = ("inputs", "outputs", "cache", "upstream", "downstream", "parameters")


def compare(one, other, tolerance=1e-3):
    """[{"frame", "other", "path", "phase", "t", "what", "name", "difference"}] of two documents, in order of calling.

    Frames are paired by path, phase and how many such came before. `what` is "only in A", "only in B", or the list in
    which a value differs; `difference` is the larger relative one of norm and mean, against `tolerance`, or the shapes.
    """
    pairs, found = _paired(one["frames"], other["frames"]), []
    for a, b in pairs:
        frame = a or b
        row = {"frame": a and a["index"], "other": b and b["index"], "path": frame["path"], "phase": frame["phase"],
               "t": frame["t"]}
        if a is None or b is None:
            found.append(row | {"what": "only in B" if a is None else "only in A", "name": "", "difference": ""})
            continue
        for field in FIELDS:
            values = dict((name, numbers) for name, *numbers in b.get(field, ()))
            for name, *numbers in a.get(field, ()):
                difference = _difference(one, other, numbers, values.get(name))
                if isinstance(difference, str) or difference > tolerance:
                    found.append(row | {"what": field, "name": name, "difference": difference})
    return found


def _paired(ours, theirs):
    """[(frame or None, frame or None)]: ours in order, then what only they have."""
    def keyed(frames):
        counts, keys = {}, {}
        for frame in frames:
            key = frame["path"], frame["phase"]
            keys[(*key, counts.setdefault(key, 0))] = frame
            counts[key] += 1
        return keys
    a, b = keyed(ours), keyed(theirs)
    return [(frame, b.get(key)) for key, frame in a.items()] + [(None, b[key]) for key in b if key not in a]


def _difference(one, other, numbers, others):
    """The largest relative difference of the tensors' norms and means, or a few words where they have no common."""
    if others is None:
        return "missing"
    worst = 0.0
    for number, its in zip(numbers, others):
        if isinstance(number, str) or isinstance(its, str):
            if number != its:
                return f"{number} / {its}"
            continue
        a, b = one["tensors"][number], other["tensors"][its]
        if a["shape"] != b["shape"]:
            return f"shape {tuple(a['shape'])} / {tuple(b['shape'])}"
        if a["bad"] != b["bad"]:
            return f"{a['bad']} / {b['bad']} not finite"
        scale = max(float(a.get("norm", 0.0)), float(b.get("norm", 0.0))) / max(np.sqrt(np.prod(a["shape"])), 1.0)
        gaps = [_gap(float(a.get(key, 0.0)), float(b.get(key, 0.0))) for key in ("mean", "std")]
        worst = max(worst, *(gap / scale if scale else 0.0 for gap in gaps))
    return float(worst)


def _gap(a, b):
    return 0.0 if a == b else abs(a - b)  # also of infinities: a norm may overflow
