"""What `minisat train` looks at: its flags --features, --encoder, --tune, --start and what a resumed run keeps."""

from pathlib import Path

from minisat.captioner import PhotoCaptioner
from minisat.errors import UserError
from minisat.nn import Frozen
from minisat.training import Run, features_config, photos_config, rest_config, start_config


def add_input_flags(parser):
    """The flags that say what the captioner looks at and how much of the encoder learns."""
    inputs = parser.add_mutually_exclusive_group()
    inputs.add_argument("--features", metavar="STORE", help="train on this feature store")
    inputs.add_argument("--encoder", metavar="NAME", help="train on the photos, this encoder along with the captioner")
    parser.add_argument("--weights", metavar="FILE", help="pretrained weights for --encoder (see `minisat weights`)")
    parser.add_argument("--grid", metavar="NAME", help="which feature map of --encoder; default: its own")
    parser.add_argument("--tune", metavar="BLOCKS",
                        help="how much of the encoder learns: a number of last blocks, names (layer4 or features.17,"
                             "features.18), all or none (default all). With --features, the rest of the network goes "
                             "on from the store's grid")
    parser.add_argument("--start", metavar="RUN",
                        help="begin with the captioner of this run, its words and its recipe, such as one trained on "
                             "stored features of the same encoder and grid")


def chosen_inputs(arguments, old):
    """What to look at, for `assemble`. A resumed run keeps its inputs; only its store or weights may have moved."""
    if old is not None:
        return _kept(arguments, old)
    start = start_config(arguments.start) if arguments.start else {}
    seen = Run.open(arguments.start).config if arguments.start else {}
    same = arguments.encoder in (None, seen.get("encoder"))  # another encoder will be refused: it is not asked for more
    grid = arguments.grid or (seen.get("grid") if same else None)
    weights = arguments.weights or (seen.get("weights") if same else None)
    if arguments.features and arguments.tune:
        return rest_config(arguments.features, arguments.tune, grid, weights) | start
    name = arguments.encoder or (arguments.tune and not arguments.features and seen.get("encoder"))
    if name:
        return photos_config(name, grid, weights, arguments.tune or "all") | start
    if arguments.weights or arguments.grid or (arguments.tune and not arguments.features):
        raise UserError("--weights, --grid and --tune go with --encoder, or with --features and --tune; a feature "
                        "store has its own grid.")
    if arguments.features:
        return features_config(arguments.features) | start
    raise UserError("Say what to train on: --features STORE, or --encoder NAME for the photos themselves.")


def described(model):
    """What of the model's encoder learns, in one sentence; None for a captioner on stored features."""
    if not isinstance(model, PhotoCaptioner):
        return None
    encoder = model.encoder
    learning = sum(parameter.data.size for parameter in encoder.parameters())
    total = sum(array.size for array in encoder.state_dict().values())
    live = any(not isinstance(buffer, Frozen) for _, buffer in encoder.named_buffers())
    sentence = (f"Of {encoder.name}'s {total:,} numbers {learning:,} are trained too"
                f"{'; its BatchNorms there measure each batch' if live else ''}.")
    if model.after is None and encoder.first_tuned:
        last = encoder.stages()[encoder.first_tuned - 1][0]
        sentence += (f" The rest runs anew in each step: a store of its output (minisat features --grid {last}) and "
                     "--features with --tune spare that.")
    return sentence


def _kept(arguments, old):
    """The config of a run to resume; UserError where a flag contradicts it."""
    config, folder = old.config, arguments.folder
    if arguments.encoder and config["inputs"] == "features" or arguments.features and "features" not in config:
        raise UserError(f"The run in {folder} learns from {config['inputs']}: resuming cannot change that.")
    if arguments.start and str(Path(arguments.start).resolve()) != config.get("start", {}).get("run"):
        raise UserError(f"The run in {folder} did not begin with {arguments.start}: resuming cannot change that.")
    if arguments.features:
        config = config | {"features": features_config(arguments.features)["features"]}
    if config["inputs"] == "photos" and (arguments.encoder or arguments.grid or arguments.weights or arguments.tune):
        wanted = photos_config(arguments.encoder or config["encoder"], arguments.grid or config["grid"],
                               arguments.weights or config["weights"], arguments.tune or "all")
        for key in ("encoder", "grid", "weights_hash", *(["tune"] if arguments.tune else [])):
            if wanted[key] != config.get(key, wanted[key]):
                raise UserError(f"The run in {folder} has {key} = {config[key]}: resuming cannot change it "
                                f"to {wanted[key]}.")
    return config
