"""From the names in a file to torchvision's: wrappers opened, prefixes removed, timm's names translated."""

from dataclasses import replace
from typing import NamedTuple

from minisat.errors import UserError
from minisat.vision.weights.stored import StoredTensor

WRAPPERS = ("state_dict", "model_state_dict", "model_state", "model", "net", "params")
MAX_WRAPPERS = 3   # one in another
PREFIXES = ("module.", "_orig_mod.", "model.", "encoder.", "backbone.")   # DataParallel, torch.compile, wrappers


class NamedWeights(NamedTuple):
    """The weights of a network under torchvision's names."""

    tensors: dict     # {name: StoredTensor}
    wrapper: str      # where in the file they were, "" when at the top
    prefix: str       # what stood before every name
    naming: str       # torchvision or timm: how the file named them


def named_weights(value, path):
    """Find the weights in what a file held; UserError naming `path` when there are none."""
    wrappers = []
    while key := next((key for key in WRAPPERS if isinstance(value, dict) and isinstance(value.get(key), dict)), None):
        if len(wrappers) == MAX_WRAPPERS:
            break
        wrappers.append(key)
        value = value[key]
    tensors = {name: tensor for name, tensor in value.items()
               if isinstance(name, str) and isinstance(tensor, StoredTensor)} if isinstance(value, dict) else {}
    if not tensors:
        raise UserError(f"{path} holds no named tensors: it is not the weights of a network.")
    if not all(name.isprintable() for name in tensors):
        raise UserError(f"{path} has control characters in its names.")
    prefix = ""
    while found := next((start for start in PREFIXES if all(name.startswith(start) for name in tensors)), None):
        prefix += found
        tensors = {name.removeprefix(found): tensor for name, tensor in tensors.items()}
    for to_torchvision in (_mobilenet_v2_from_timm, _vgg_from_timm):
        translated = to_torchvision(tensors)
        if translated is not None:
            return NamedWeights(translated, ".".join(wrappers), prefix, "timm")
    return NamedWeights(tensors, ".".join(wrappers), prefix, "torchvision")


def _rename(tensors, modules):
    """Names with their module part exchanged, where `modules` knows it."""
    renamed = {}
    for name, tensor in tensors.items():
        module, _, last = name.rpartition(".")
        renamed[f"{modules.get(module, module)}.{last}"] = tensor
    return renamed


def _mobilenet_modules():
    """timm's mobilenetv2_100 → torchvision's mobilenet_v2, module by module (table 2 of the paper has the blocks)."""
    modules = {"conv_stem": "features.0.0", "bn1": "features.0.1", "conv_head": "features.18.0",
               "bn2": "features.18.1", "classifier": "classifier.1"}
    first = {"conv_dw": "0.0", "bn1": "0.1", "conv_pw": "1", "bn2": "2"}   # the one block that does not expand
    others = {"conv_pw": "0.0", "bn1": "0.1", "conv_dw": "1.0", "bn2": "1.1", "conv_pwl": "2", "bn3": "3"}
    blocks = [(stage, block) for stage, count in enumerate((1, 2, 3, 4, 3, 3, 1)) for block in range(count)]
    for number, (stage, block) in enumerate(blocks, start=1):
        for theirs, ours in (first if number == 1 else others).items():
            modules[f"blocks.{stage}.{block}.{theirs}"] = f"features.{number}.conv.{ours}"
    return modules


_MOBILENET = _mobilenet_modules()
_VGG = {"pre_logits.fc1": "classifier.0", "pre_logits.fc2": "classifier.3", "head.fc": "classifier.6"}


def _mobilenet_v2_from_timm(tensors):
    """None unless every name is one of timm's mobilenetv2_100."""
    if "conv_stem.weight" in tensors and all(name.rpartition(".")[0] in _MOBILENET for name in tensors):
        return _rename(tensors, _MOBILENET)
    return None


def _vgg_from_timm(tensors):
    """None unless it is one of timm's VGGs, whose first two linear layers are convolutions."""
    if "pre_logits.fc1.weight" not in tensors:
        return None
    flat = {name: replace(tensor, raw=tensor.raw.reshape(len(tensor.raw), -1))
            if name.startswith("pre_logits.") and tensor.raw.ndim == 4 else tensor for name, tensor in tensors.items()}
    return _rename(flat, _VGG)
