from treadle import (
    ArgumentError,
    AssetSpec,
    CompositionError,
    ConflictError,
    CycleError,
    DefinitionError,
    Definitions,
    DuplicateError,
    InvalidNameError,
    LocationError,
    MissingError,
    NoSuchResultError,
    StepFailedError,
    TreadleError,
    UnusedError,
    asset,
    graph_asset,
    materialize,
    op,
)


@op
def one():
    return 1


@asset
def orders():
    return 1


@asset
def total(orders):
    return orders


def refused(error, write):
    """Every mistake in a definition is a DefinitionError, with its line and what to write."""
    assert issubclass(error, DefinitionError)
    assert issubclass(error, TreadleError)
    try:
        write()
    except error:
        return
    raise AssertionError(error)


refused(ArgumentError, lambda: asset(colour="red"))
refused(InvalidNameError, lambda: asset(name="a b")(lambda: 1))
refused(MissingError, lambda: Definitions(assets=[total]))
refused(DuplicateError, lambda: Definitions(assets=[orders, AssetSpec("orders")]))
refused(ConflictError, lambda: asset(key="a", name="b")(lambda: 1))
refused(CompositionError, lambda: graph_asset(name="g")(lambda: 5))
for kind in (CycleError, UnusedError):
    assert issubclass(kind, DefinitionError)
assert issubclass(LocationError, TreadleError)


@asset
def broken():
    raise KeyError("day")


result = materialize([broken, orders], raise_on_error=False)
try:
    result.asset_value("broken")
except NoSuchResultError as error:
    assert isinstance(error, TreadleError)
assert issubclass(StepFailedError, TreadleError)

from treadle import PlanRefused, StepInterrupted  # noqa: E402

# What cannot be planned, with what may have been meant.
try:
    materialize([orders], selection="ordrs")
except PlanRefused as error:
    assert error.suggestions == ("orders",)


@op
def careful():
    """`except Exception:` lets it pass, and `finally:` has a moment."""
    try:
        return 1
    except StepInterrupted:
        raise
    finally:
        pass


assert issubclass(StepInterrupted, KeyboardInterrupt)
assert StepInterrupted("timeout").reason == "timeout"
