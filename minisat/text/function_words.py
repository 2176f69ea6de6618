"""The small words of English that carry grammar rather than content."""

FUNCTION_WORDS = frozenset("""
a an the this that these those some any no each every all both either neither another other such
i me my mine you your yours he him his she her hers it its we us our ours they them their theirs
who whom whose which what one ones something someone himself herself itself themselves
and or but nor so yet if while as than because though although when where whilst whether
of in on at by to for from with without into onto over under above below up down out off through across
along around about near between among against toward towards behind beside besides before after during
inside outside beneath beyond past within upon per via
is are was were be been being am do does did done doing has have had having can could will would shall
should may might must not n't s 's t
there here then very too also just only more most much many few several while how why again
""".split())
"""Articles, pronouns, prepositions, conjunctions, auxiliaries: `data stats` shows captions with and without them."""
