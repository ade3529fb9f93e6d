"""Which declared types are ones that users have made: a DagsterType, or a class that stands for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, get_args, get_origin

if TYPE_CHECKING:
    from treadle.types._dagster_type import DagsterType

#: By class, the type that it stands for.
_STANDING_FOR: Final[dict[type, DagsterType]] = {}


def own_type(declared: Any) -> DagsterType | None:
    """Return the DagsterType that a declared type is, or stands for, None if it is none.

    `Annotated[int, my_type]` is my_type.
    """
    if isinstance(declared, type):
        return _STANDING_FOR.get(declared)
    if is_own(declared):
        return declared  # type: ignore[no-any-return]  # just looked at
    if get_origin(declared) is Annotated:
        return next((each for each in get_args(declared)[1:] if is_own(each)), None)
    return None


def is_own(declared: object) -> bool:
    """Whether it is a DagsterType; who has none does not wait for the class."""
    return hasattr(type(declared), "type_check_with")


def let_stand_for(python_type: type, dagster_type: DagsterType) -> None:
    """Have a class stand for a type wherever it is declared, from now on."""
    _STANDING_FOR[python_type] = dagster_type
