"""Resources: how an op says that an argument is one.

A parameter is a resource when it is annotated `ResourceParam[T]`, or with a class that derives
from `Resource`; its name is the resource's key. Every other parameter is an input.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar, get_args, get_origin

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
    if isinstance(annotation, type) and issubclass(annotation, Resource):
        return annotation
    return None
