"""Which part of an encoder is trained with the captioner: its last blocks, by what a user says of them."""

from minisat.errors import UserError, did_you_mean


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
            raise UserError(f"{encoder.name} has no block {name!r} up to {grid}: choose from {', '.join(found)}."
                            f"{did_you_mean(name, found)}")
        chosen += matching
    behind = found[min(map(found.index, chosen)):]
    if gap := [block for block in behind if block not in chosen]:
        raise UserError(f"Tuning {behind[0]} means tuning all blocks behind it: add {', '.join(gap)}.")
    return behind
