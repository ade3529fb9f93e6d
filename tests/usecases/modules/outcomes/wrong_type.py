"""A value of another type than the op says fails the step where it is made."""

from treadle import asset


@asset
def promised_number() -> int:
    return "twelve"


@asset
def promised_reader(promised_number: int) -> int:
    return promised_number
