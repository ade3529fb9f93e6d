"""A type with a function that checks values stands at the outputs and inputs of ops."""

from treadle import DagsterType, In, Out, TypeCheck, graph_asset, op


def _is_share(_, value: object) -> TypeCheck:
    good = isinstance(value, float) and 0 <= value <= 1
    return TypeCheck(
        success=good, description=f"{value} is no share", metadata={"value": str(value)}
    )


Share = DagsterType(name="Share", type_check_fn=_is_share, description="From nothing to all.")


@op(out=Out(Share))
def good_share():
    return 0.5


@op(out=Out(Share))
def bad_share():
    return 1.5


@op(ins={"share": In(Share)})
def as_percent(share) -> str:
    return f"{share:.0%}"


@graph_asset
def good_percent():
    return as_percent(good_share())


@graph_asset
def bad_percent():
    return as_percent(bad_share())
