"""What an earlier minisat wrote into recipes and runs, in today's words. This is the one place that knows it."""

from minisat.errors import UserError
from minisat.rules import Rule


def as_today(values):
    """{field: value} of a recipe of any version → the same in today's fields. UserError where that makes no sense.

    `hard_temperature` multiplied the attention's scores; `attention_temperature` divides them. `penalty_target` is
    dropped: it changed the loss by a constant, and nothing that was learnt.
    """
    values = {name: value for name, value in values.items() if name != "penalty_target"}
    if "hard_temperature" in values:
        old = values.pop("hard_temperature")
        if said := Rule(float, above=0).problem(old):
            raise UserError(f"The recipe's hard_temperature {said}.")
        if "attention_temperature" in values:
            raise UserError("The recipe's hard_temperature is the inverse of attention_temperature: give only the "
                            "latter.")
        values["attention_temperature"] = 1.0 / old
    return values
