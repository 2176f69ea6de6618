"""What `minisat train` looks at: its flags --features, --encoder, --tune, --start and what a resumed run keeps."""

LOOKED_AT = ("features", "encoder", "grid", "weights", "tune", "start")  # as `prepare` takes them


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
