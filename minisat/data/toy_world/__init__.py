"""The toy world: pictures of coloured things with true captions and masks, made here, nothing to download."""

from minisat.data.toy_world.grammar import speak
from minisat.data.toy_world.listening import Claim, understand
from minisat.data.toy_world.scenes import Scene, Thing, ToyWorld, oracle_captions, things_named
from minisat.data.toy_world.things import COLOURS, NOUNS
from minisat.data.toy_world.truth import MISTAKES, Mistake, mistake
from minisat.data.toy_world.writing import write_flickr8k

__all__ = ["COLOURS", "MISTAKES", "NOUNS", "Claim", "Mistake", "Scene", "Thing", "ToyWorld", "mistake",
           "oracle_captions", "speak", "things_named", "understand", "write_flickr8k"]
