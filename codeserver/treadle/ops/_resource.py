"""Resources: how an op says that an argument is one.

A parameter is a resource when it is annotated `ResourceParam[T]`, or with a class that derives
from `Resource`; its name is the resource's key. Every other parameter is an input.
"""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

T = TypeVar("T")

_MARK = "treadle resource"

#: `ResourceParam[T]`: this parameter is the resource of its name, which is a T.
ResourceParam = Annotated[T, _MARK]


class Resource:
    """Derive from this to have every parameter annotated with the class be a resource."""


def resource_type(annotation: object) -> Any | None:
    """Return the type of the resource that an annotation asks for, None if it asks for none."""
    if get_origin(annotation) is Annotated:
        inner, *marks = get_args(annotation)
        return inner if _MARK in marks else None
    if get_origin(annotation) in (Union, UnionType):
        # `db: Db | None = None`: a habit of type hints, which makes no input of a resource.
        others = [each for each in get_args(annotation) if each is not NoneType]
        return resource_type(others[0]) if len(others) == 1 else None
    if isinstance(annotation, type) and issubclass(annotation, Resource):
        return annotation
    return None
