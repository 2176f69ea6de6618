"""What an earlier minisat wrote into recipes and runs, in today's words. This is the one place that knows it."""

from minisat.errors import UserError


def as_today(values):
    """{field: value} of a recipe of any version → the same in today's fields. UserError where that makes no sense.

    `hard_temperature` multiplied the attention's scores; `attention_temperature` divides them. `penalty_target` is
    dropped: it changed the loss by a constant, and nothing that was learnt.
    """
    values = {name: value for name, value in values.items() if name != "penalty_target"}
    if "hard_temperature" in values:
        old = values.pop("hard_temperature")
        if isinstance(old, bool) or not isinstance(old, (int, float)) or not old > 0:
            raise UserError(f"The recipe's hard_temperature must be a positive number, not {old!r}.")
        if "attention_temperature" in values:
            raise UserError("The recipe's hard_temperature is the inverse of attention_temperature: give only the "
                            "latter.")
        values["attention_temperature"] = 1.0 / old
    return values
