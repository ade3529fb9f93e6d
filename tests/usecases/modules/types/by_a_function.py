"""A type that a function checks: for an output, for an input, and for a class of somebody else's."""

from fractions import Fraction

from dagster import (
    DagsterType,
    In,
    Out,
    TypeCheck,
    asset,
    graph_asset,
    make_python_type_usable_as_dagster_type,
    op,
)


def between_0_and_1(context, value):
    return TypeCheck(
        success=0 <= value <= 1,
        description="A share is between 0 and 1.",
        metadata={"parts": value.denominator},
    )


Share = DagsterType(between_0_and_1, name="Share")
make_python_type_usable_as_dagster_type(Fraction, Share)


@op(out=Out(Share))
def divide():
    return Fraction(1, 3)


@op(ins={"share": In(Share)})
def doubled(share) -> Fraction:
    return share * 2


@graph_asset
def two_thirds():
    return doubled(divide())


@graph_asset
def too_much():
    return doubled.alias("again")(doubled(divide()))


@asset(dagster_type=DagsterType(lambda _, value: "@" in value, name="Address"))
def address():
    return "nobody"
