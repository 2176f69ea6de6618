"""Which trained run speaks, on the command line: its weights, where it computes, who speaks with it, how it decodes."""

from minisat.cli.setting_flags import add_setting_flags, flag_of, given_settings
from minisat.nn import HardAttention
from minisat.trained import Decoding, TrainedCaptioner


class AskedFor(Decoding):
    """A Decoding whose complaints name flags."""

    called = staticmethod(flag_of)


def add_run_flags(parser):
    """The flags that say which weights caption, where, and how: those of `Decoding`."""
    parser.add_argument("--ensemble", metavar="RUN", nargs="+", default=[], dest="others",
                        help="further runs, trained on the same features and words: the mean of all their word "
                             "probabilities is decoded")
    parser.add_argument("--which", default="best", choices=("best", "last"),
                        help="the run's best weights on dev, or its last (default best)")
    parser.add_argument("--weights", metavar="FILE",
                        help="the encoder's weights, where they are not at the place that the run remembers")
    parser.add_argument("--look", choices=tuple(HardAttention.DECODING),
                        help="where a run with hard attention looks (default: as its recipe says)")
    parser.add_argument("--device", default="auto", choices=("auto", "cpu", "cuda"), help="where to compute")
    add_setting_flags(parser.add_argument_group("decoding"), Decoding)


def chosen_captioner(arguments):
    """The TrainedCaptioner that RUN and the flags of `add_run_flags` ask for."""
    return TrainedCaptioner(arguments.run_folder, arguments.which, arguments.device, arguments.weights, arguments.look,
                            arguments.others)


def chosen_decoding(arguments, **defaults):
    """The Decoding that the flags ask for; `defaults` where they say nothing."""
    return AskedFor(**defaults | given_settings(arguments, Decoding))
