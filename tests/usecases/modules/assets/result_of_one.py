"""An asset that returns no value says what it made."""

from treadle import MaterializeResult, asset


@asset
def refreshed_view() -> MaterializeResult:
    return MaterializeResult(metadata={"seconds": 1.5, "tables": ["a", "b"]})


@asset(deps=[refreshed_view])
def view_user() -> str:
    return "used"
