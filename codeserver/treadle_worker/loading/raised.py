"""What an exception that the user's code raised is, and comes of, whatever its class says."""

from __future__ import annotations

from collections.abc import Iterator
from types import TracebackType

_CLASS_NAME_CHARACTERS = 512


def class_name(error: BaseException) -> str:
    """Return the full name of an exception's class, as `builtins.ValueError`, on one line.

    Of a name that is longer than a name can be, the ends are kept.
    """
    kind = type(error)
    # By what `type` itself says: a metaclass of the user's may raise for it.
    module: object = type.__dict__["__module__"].__get__(kind)
    qualified: str = type.__dict__["__qualname__"].__get__(kind)
    name = f"{module}.{qualified}" if type(module) is str else qualified
    if len(name) <= _CLASS_NAME_CHARACTERS:
        return name
    half = _CLASS_NAME_CHARACTERS // 2
    return f"{name[:half]}…{name[-half:]}"


def traceback_of(error: BaseException) -> TracebackType | None:
    """Return where it was raised."""
    found: TracebackType | None = BaseException.__dict__["__traceback__"].__get__(error)
    return found


def led_to(error: BaseException) -> BaseException | None:
    """Return what it was raised from, or else while handling what."""
    # Not as attributes: a class of the user's may have a property of that name, which raises.
    fields = BaseException.__dict__
    found: BaseException | None = fields["__cause__"].__get__(error)
    return found or fields["__context__"].__get__(error)


def members_of(error: BaseException) -> tuple[BaseException, ...]:
    """Return what a group holds; nothing for any other exception."""
    if not issubclass(type(error), BaseExceptionGroup):
        return ()
    found: tuple[BaseException, ...] = BaseExceptionGroup.__dict__["exceptions"].__get__(error)
    return found


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an exception, what led to it and what groups among them hold, each once."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is None or id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        waiting.extend((*reversed(members_of(each)), led_to(each)))
