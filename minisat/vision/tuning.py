"""Which part of an encoder is trained with the captioner: its last blocks; the rest stays as it is, bit for bit."""

from minisat.errors import UserError
from minisat.nn import Buffer, Conv2d, Sequential, freeze


def tuned_blocks(encoder, blocks, grid=None):
    """What a user says of `encoder`'s blocks → the names of those that learn, in forward order.

    A block begins at each stage with a convolution and reaches to the next one; those up to `grid` count. `blocks` is
    "all", "none", how many of the last ones, or names between commas, a stage's own or what several stages' names
    begin with (layer4 for layer4.0 to layer4.2). UserError for an unknown name, a wrong number, or a gap: what
    lies behind a block that learns must learn too.
    """
    grid = encoder.check_grid(grid)
    found = [name for _, name, stage in encoder.stages_between(grid=grid)
             if any(array.ndim == 4 for array in stage.state_dict().values())]
    if blocks in ("all", "none"):
        return found if blocks == "all" else []
    if blocks.isdecimal():
        if not 1 <= int(blocks) <= len(found):
            raise UserError(f"{encoder.name} has {len(found)} blocks up to {grid}: {blocks} of them cannot be tuned.")
        return found[-int(blocks):]
    chosen = []
    for name in blocks.split(","):
        matching = [block for block in found if block == name or block.startswith(f"{name}.")]
        if not matching:
            raise UserError(f"{encoder.name} has no block {name!r} up to {grid}: choose from {', '.join(found)}.")
        chosen += matching
    behind = found[min(map(found.index, chosen)):]
    if gap := [block for block in behind if block not in chosen]:
        raise UserError(f"Tuning {behind[0]} means tuning all blocks behind it: add {', '.join(gap)}.")
    return behind


def tune(encoder, names, grid=None, batchnorm="frozen"):
    """Freeze all of `encoder` but its blocks `names` (as `tuned_blocks` gives them), up to `grid`; returns it.

    `batchnorm` is for the blocks that learn: "frozen" keeps the running statistics and normalises by them in
    training too (right for a pretrained encoder and small batches); "live" measures each batch (a random encoder
    needs that). gamma and beta learn either way. To be done before an optimiser is built.
    """
    numbers = {name: i for i, name, _ in encoder.stages_between(grid=grid)}
    encoder.first_tuned = numbers[names[0]] if names else len(numbers)
    for i, (_, stage) in enumerate(encoder.stages()):
        if not encoder.first_tuned <= i < len(numbers):
            freeze(stage)
        elif batchnorm == "frozen":
            freeze(stage, Buffer)
    if names and (first := _first_convolution(encoder.stages()[encoder.first_tuned][1])):
        first.input_gradient = False
    return encoder


def _first_convolution(stage):
    """The convolution that alone sees the stage's input; None where several layers do, a shortcut for one."""
    while isinstance(stage, Sequential):
        stage = stage.layers[0]
    return stage if isinstance(stage, Conv2d) else None
