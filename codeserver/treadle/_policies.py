"""RetryPolicy and Limits as a user writes them: checked where they are written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, TypeGuard, TypeVar

from treadle._arguments import checked_init
from treadle._errors import ArgumentError, did_you_mean, listed
from treadle._source import user_line
from treadle._value_words import in_words
from treadle_contract import policy
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.message import ContractEnum
from treadle_contract.policy import Backoff, Jitter, RetryCause

Choice = TypeVar("Choice", bound=ContractEnum)

_INT32: Final = 2**31 - 1
_INT64: Final = 2**63 - 1
_MAX_SECONDS: Final = 100 * 365 * 24 * 3600
_MAX_VERSIONS: Final = 1_000_000_000
_MAX_NICENESS: Final = 19

DEFAULT_CAUSES: Final = frozenset(RetryCause) - {RetryCause.LOST}
"""What a policy covers that names nothing: an op with side effects is not run again unasked."""


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class RetryPolicy:
    """When a step that failed is tried again.

    `delay` is in seconds and may grow with `backoff` and vary with `jitter`. `on` are the
    causes that it covers: "user_error", "timeout", "oom", "signal", "exit", "lost"; all but
    "lost" unless it says otherwise.

    Raises:
        ArgumentError: an argument cannot work.
    """

    max_retries: int
    delay: float | None
    backoff: Backoff | None
    jitter: Jitter | None
    on: frozenset[RetryCause]

    def __init__(
        self,
        max_retries: int = 1,
        delay: float | None = None,
        backoff: Backoff | str | None = None,
        jitter: Jitter | str | None = None,
        on: AbstractSet[RetryCause | str] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "max_retries", _whole("RetryPolicy", "max_retries", max_retries, _INT32))
        put(self, "delay", None if delay is None else _seconds("RetryPolicy", "delay", delay))
        put(self, "backoff", _choice(Backoff, "backoff", backoff))
        put(self, "jitter", _choice(Jitter, "jitter", jitter))
        put(self, "on", _causes(on))
        for name in ("backoff", "jitter"):
            if getattr(self, name) is not None and not self.delay:
                raise ArgumentError(
                    f"RetryPolicy: {name} changes a delay, and there is none.",
                    fix=f"Give a delay in seconds, or leave {name} out.",
                    source=user_line(),
                )

    def as_data(self) -> policy.RetryPolicy:
        """Return it as it stands in a snapshot."""
        return policy.RetryPolicy(
            max_retries=self.max_retries,
            on=tuple(cause for cause in RetryCause if cause in self.on),
            delay_ms=milliseconds(self.delay or 0.0),
            backoff=self.backoff,
            jitter=self.jitter,
        )


@checked_init
@dataclass(frozen=True, slots=True, init=False)
class Limits:
    """What one attempt may use: bytes of memory, seconds of CPU time, open files, niceness.

    Each process of the attempt may use so much; children are counted by themselves.
    None: no limit.

    Raises:
        ArgumentError: an argument cannot work.
    """

    memory: int | None
    cpu_seconds: int | None
    open_files: int | None
    niceness: int

    def __init__(
        self,
        memory: int | None = None,
        cpu_seconds: int | None = None,
        open_files: int | None = None,
        niceness: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, "memory", _limit("memory", memory, _INT64))
        put(self, "cpu_seconds", _limit("cpu_seconds", cpu_seconds, _MAX_SECONDS))
        put(self, "open_files", _limit("open_files", open_files, _INT32))
        put(self, "niceness", _whole("Limits", "niceness", niceness, _MAX_NICENESS))

    def as_data(self) -> policy.Limits:
        """Return it as it stands in a snapshot."""
        return policy.Limits(
            memory_bytes=self.memory or 0,
            cpu_seconds=self.cpu_seconds or 0,
            open_files=self.open_files or 0,
            niceness=self.niceness,
        )


def checked_retry_policy(value: object, *, owner: str, name: str) -> RetryPolicy | None:
    """Return a policy that was given, None if none was.

    Raises:
        ArgumentError: it is something else.
    """
    if value is None or isinstance(value, RetryPolicy):
        return value
    raise ArgumentError(
        f"{owner}: {name}={in_words(value)} is no RetryPolicy.",
        fix=f"Write {name}=RetryPolicy(max_retries=…).",
        source=user_line(),
    )


def checked_limits(value: object, *, owner: str) -> Limits | None:
    """Return limits that were given, None if none were.

    Raises:
        ArgumentError: it is something else.
    """
    if value is None or isinstance(value, Limits):
        return value
    raise ArgumentError(
        f"{owner}: limits={in_words(value)} is no Limits.",
        fix="Write limits=Limits(memory=…).",
        source=user_line(),
    )


def checked_timeout(value: object, *, owner: str) -> float | None:
    """Return how many seconds one attempt may take, None if that was not said.

    Raises:
        ArgumentError: it is not a number of seconds above 0.
    """
    if value is None:
        return None
    seconds = _seconds(owner, "timeout", value)
    if seconds:
        return seconds
    raise ArgumentError(
        f"{owner}: timeout=0 leaves no time.",
        fix="Give the seconds that one attempt may take, or leave timeout out.",
        source=user_line(),
    )


def checked_keep_versions(value: object, *, owner: str) -> int | None:
    """Return how many versions of an asset are kept, None if that was not said.

    Raises:
        ArgumentError: it is no whole number from 1 on.
    """
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= _MAX_VERSIONS:
        return value
    raise ArgumentError(
        f"{owner}: keep_versions={in_words(value)} is no whole number from 1 to {_MAX_VERSIONS}.",
        fix="Give how many versions of the asset are to stay, or leave keep_versions out: the"
        " launcher's own number holds then.",
        source=user_line(),
    )


def milliseconds(seconds: float) -> int:
    """Return whole milliseconds; some time is never none."""
    return max(1, round(seconds * 1000)) if seconds else 0


def refuse_negative(value: object, *, what: str) -> None:
    """Refuse what an op asks for while it runs, if it is no number from 0 on.

    Raises:
        ValueError: it is none.
    """
    if not _is_number(value) or not 0 <= value <= _MAX_SECONDS:
        raise ValueError(f"{what} must be a number from 0 on, not {in_words(value)}")


def _whole(owner: str, name: str, value: object, most: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
        return value
    raise ArgumentError(
        f"{owner}: {name}={in_words(value)} is no whole number from 0 to {most}.",
        fix="Give such a number.",
        source=user_line(),
    )


def _limit(name: str, value: object, most: int) -> int | None:
    if value is None:
        return None
    number = _whole("Limits", name, value, most)
    if number:
        return number
    raise ArgumentError(
        f"Limits: {name}=0 lets nothing run.",
        fix=f"Give a number from 1 on, or leave {name} out for no limit.",
        source=user_line(),
    )


def _seconds(owner: str, name: str, value: object) -> float:
    if _is_number(value) and 0 <= value <= _MAX_SECONDS:
        return float(value)
    raise ArgumentError(
        f"{owner}: {name}={in_words(value)} is not a number of seconds.",
        fix="Give seconds as a number from 0 on.",
        source=user_line(),
    )


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and not math.isnan(value)


def _choice(kind: type[Choice], name: str, value: object) -> Choice | None:
    if value is None:
        return None
    chosen = kind(str(value))
    if chosen.is_known:
        return chosen
    raise ArgumentError(
        f"RetryPolicy: {name}={in_words(value)} means nothing.{did_you_mean(str(value), kind)}",
        fix=f"It is one of {listed(kind)}.",
        source=user_line(),
    )


def _causes(on: object) -> frozenset[RetryCause]:
    if on is None:
        return DEFAULT_CAUSES
    if isinstance(on, str | Mapping) or not isinstance(on, Iterable):
        raise ArgumentError(
            f"RetryPolicy: on={in_words(on)} is no set of causes.",
            fix='Give a set, even of one: on={"user_error"}.',
            source=user_line(),
        )
    causes = frozenset(map(_cause, on))
    if not causes:
        raise ArgumentError(
            "RetryPolicy: on is empty, so that it covers nothing.",
            fix="Name what is to be tried again, or leave the policy out.",
            source=user_line(),
        )
    return causes


def _cause(given: object) -> RetryCause:
    cause = RetryCause(str(given))
    if cause.is_known:
        return cause
    raise ArgumentError(
        f"RetryPolicy: on has {in_words(given)}, which is no cause."
        + did_you_mean(str(given), RetryCause),
        fix=f"The causes are {listed(cause.value for cause in RetryCause if cause.is_known)}.",
        source=user_line(),
    )
