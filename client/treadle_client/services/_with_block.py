"""What is opened by `with` alone, and says so when it is used without."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from types import TracebackType
from typing import Generic, NoReturn, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class WithBlock(AbstractContextManager[T], Generic[T]):
    """A context manager whose attributes are those of what `with` gives: it has none itself."""

    def __init__(self, called: str, opened: AbstractContextManager[T]) -> None:
        self._called = called
        self._opened = opened

    def __enter__(self) -> T:
        return self._opened.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool | None:
        return self._opened.__exit__(kind, error, traceback)

    def __getattr__(self, name: str) -> NoReturn:
        raise AttributeError(
            f"{self._called}(…) is for a with block, and nothing runs before it:"
            f" with {self._called}(…) as client: client.{name}…"
        )

    def __repr__(self) -> str:
        return f"with {self._called}(…) as client: …"


def for_with(
    called: str,
) -> Callable[[Callable[P, AbstractContextManager[T]]], Callable[P, WithBlock[T]]]:
    """Wrap what a function returns, a context manager, in one that says how it is used."""

    def decorate(function: Callable[P, AbstractContextManager[T]]) -> Callable[P, WithBlock[T]]:
        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> WithBlock[T]:
            return WithBlock(called, function(*args, **kwargs))

        return call

    return decorate
