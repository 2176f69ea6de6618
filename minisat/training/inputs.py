"""What a run learns from, as the part of its config.json: a feature store, photos, or what a store has of them."""

from pathlib import Path

from minisat.errors import UserError
from minisat.vision import FeatureStore, build, file_hash, tuned_blocks


def features_config(path):
    """The part of config.json that says: features from the store at `path`."""
    return {"inputs": "features", "features": str(Path(path).resolve())}


def photos_config(name, grid=None, weights=None, blocks="all"):
    """The part of config.json that says: photos, through the encoder `name`, whose last blocks are trained too.

    `grid`: which of its maps (its own choice unless given); `weights`: file to start from (random unless given);
    `blocks`: which of them learn, as `vision.tuned_blocks` reads it.
    """
    encoder = build(name)
    grid = encoder.check_grid(grid)
    tuned = tuned_blocks(encoder, blocks, grid)
    L, D = encoder.grid_shape(grid)
    return {"inputs": "photos", "encoder": name, "grid": grid, "L": L, "D": D, "tune": tuned,
            "weights": str(Path(weights).resolve()) if weights else None,
            "weights_hash": file_hash(weights) if weights else None,
            "preprocessing": encoder.preprocessing.to_dict()}


def rest_config(path, blocks, grid=None, weights=None):
    """As `photos_config`, but the frozen part of the way is taken from the store at `path`, which ends where it ends.

    The encoder is the store's, and so are its weights, which may have moved to `weights`. UserError when the store's
    grid does not lie before the blocks that learn.
    """
    store = FeatureStore.open(path)
    after = store.header["grid"]
    config = photos_config(store.header["encoder"], grid, weights or store.header["weights"], blocks)
    store.check_compatible(needed_of_stores(config | {"after": after}), "The encoder")
    names = [name for _, name, _ in build(config["encoder"]).stages_between(grid=config["grid"])]
    before = names[:names.index(config["tune"][0])] if config["tune"] else names
    if after not in before:
        cure = f"make a store with --grid {before[-1]}" if before else "train on the photos, with --encoder"
        raise UserError(f"{path} holds the grid {after}, which does not lie before what shall learn "
                        f"({', '.join(config['tune']) or 'nothing'}): {cure}.")
    return {**config, **features_config(path), "inputs": "photos", "after": after}


def needed_of_stores(config):
    """What a store must be for a run with `config`: its identity, or that of the frozen part of its encoder."""
    if config["inputs"] == "features":
        return config
    return {"grid": config["after"]} | {key: config[key] for key in ("encoder", "weights_hash", "preprocessing")}
