"""Config of a job as a function of the partition that is run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from treadle._arguments import checked, checked_init, refuse_unsupported
from treadle._errors import ArgumentError
from treadle._source import user_line
from treadle._value_words import in_words
from treadle.partitions._given import checked_partitions

if TYPE_CHECKING:
    from datetime import datetime

    from treadle.partitions._definition import PartitionsDefinition
    from treadle.partitions._time_windows import TimeWindowPartitionsDefinition

#: Makes config of a key.
OfKey: TypeAlias = Callable[[str], Any]
#: Makes config of the begin and the end of a window.
OfWindow: TypeAlias = "Callable[[datetime, datetime], Any]"


@checked_init
class PartitionedConfig:
    """Config that a function makes of the key of the partition that is run.

    Give it as the `config` of a job; its partitions are those of the job. The function is called in
    a process that imported your code, when a run is planned. A run of several partitions has no one
    key, and is refused.

    Raises:
        ArgumentError: there is no function, or no definition of partitions.
    """

    def __init__(  # noqa: PLR0913, PLR0917 -- Dagster's parameters, in Dagster's order
        self,
        partitions_def: PartitionsDefinition,
        run_config_for_partition_fn: object = None,
        decorated_fn: Callable[..., Any] | None = None,
        tags_for_partition_fn: object = None,
        run_config_for_partition_key_fn: OfKey | None = None,
        tags_for_partition_key_fn: object = None,
    ) -> None:
        older = {
            "run_config_for_partition_fn": run_config_for_partition_fn,
            "tags_for_partition_fn": tags_for_partition_fn,
            "tags_for_partition_key_fn": tags_for_partition_key_fn,
        }
        refuse_unsupported("PartitionedConfig", older)
        found = checked_partitions(partitions_def, "PartitionedConfig")
        if found is None or not callable(run_config_for_partition_key_fn):
            lacking = "partitions_def" if found is None else "run_config_for_partition_key_fn"
            raise ArgumentError(
                f"PartitionedConfig has no {lacking}.",
                fix="Give PartitionedConfig(partitions_def=…, run_config_for_partition_key_fn=…), or write"
                " @daily_partitioned_config(…) over a function.",
                source=user_line(),
            )
        self._partitions_def = found
        self._of_key = run_config_for_partition_key_fn
        self._decorated = decorated_fn

    @property
    def partitions_def(self) -> PartitionsDefinition:
        """The partitions that it makes config for."""
        return self._partitions_def

    def get_partition_keys(self, current_time: datetime | None = None) -> Sequence[str]:
        """Return the keys that there are at a time, now unless it is given."""
        return self._partitions_def.get_partition_keys(current_time)

    def get_run_config_for_partition_key(self, partition_key: str) -> Any:
        """Return the config of a run of a partition, as the function makes it."""
        return self._of_key(partition_key)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function that a decorator was written over."""
        return (self._decorated or self._of_key)(*args, **kwargs)


@checked
def partitioned_config(
    partitions_def: PartitionsDefinition, tags_for_partition_key_fn: object = None
) -> Callable[[OfKey], PartitionedConfig]:
    """Make config of a function of a key.

    Raises:
        ArgumentError: there is no definition of partitions.
    """
    refuse_unsupported(
        "partitioned_config", {"tags_for_partition_key_fn": tags_for_partition_key_fn}
    )
    return lambda fn: _config(partitions_def, fn, fn)


@checked
def static_partitioned_config(
    partition_keys: Sequence[str],
    tags_for_partition_fn: object = None,
    tags_for_partition_key_fn: object = None,
) -> Callable[[OfKey], PartitionedConfig]:
    """Make config of a function of a key, one of those that are listed.

    Raises:
        ArgumentError: a key cannot be one.
    """
    from treadle.partitions._listed import StaticPartitionsDefinition  # noqa: PLC0415 -- this alone needs it

    tags = {
        "tags_for_partition_fn": tags_for_partition_fn,
        "tags_for_partition_key_fn": tags_for_partition_key_fn,
    }
    refuse_unsupported("static_partitioned_config", tags)
    partitions_def = StaticPartitionsDefinition(partition_keys)
    return lambda fn: _config(partitions_def, fn, fn)


@checked
def hourly_partitioned_config(  # noqa: PLR0913, PLR0917 -- Dagster's parameters
    start_date: datetime | str,
    minute_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: object = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Callable[[OfWindow], PartitionedConfig]:
    """Make config of a function of the begin and the end of an hour.

    Raises:
        ArgumentError: an argument cannot work.
    """
    return _of_windows("Hourly", dict(locals()))


@checked
def daily_partitioned_config(  # noqa: PLR0913, PLR0917 -- Dagster's parameters
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: object = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Callable[[OfWindow], PartitionedConfig]:
    """Make config of a function of the begin and the end of a day.

    Raises:
        ArgumentError: an argument cannot work.
    """
    return _of_windows("Daily", dict(locals()))


@checked
def weekly_partitioned_config(  # noqa: PLR0913, PLR0917 -- Dagster's parameters
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 0,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: object = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Callable[[OfWindow], PartitionedConfig]:
    """Make config of a function of the begin and the end of a week.

    Raises:
        ArgumentError: an argument cannot work.
    """
    return _of_windows("Weekly", dict(locals()))


@checked
def monthly_partitioned_config(  # noqa: PLR0913, PLR0917 -- Dagster's parameters
    start_date: datetime | str,
    minute_offset: int = 0,
    hour_offset: int = 0,
    day_offset: int = 1,
    timezone: str | None = None,
    fmt: str | None = None,
    end_offset: int = 0,
    tags_for_partition_fn: object = None,
    exclusions: Sequence[str | datetime] | None = None,
) -> Callable[[OfWindow], PartitionedConfig]:
    """Make config of a function of the begin and the end of a month.

    Raises:
        ArgumentError: an argument cannot work.
    """
    return _of_windows("Monthly", dict(locals()))


def _of_windows(which: str, given: dict[str, Any]) -> Callable[[OfWindow], PartitionedConfig]:
    from treadle.partitions import _time_windows  # noqa: PLC0415 -- few modules have time windows

    owner = f"{which.lower()}_partitioned_config"
    refuse_unsupported(owner, {"tags_for_partition_fn": given.pop("tags_for_partition_fn")})
    made: TimeWindowPartitionsDefinition = getattr(_time_windows, f"{which}PartitionsDefinition")(
        **given
    )

    def over(fn: OfWindow) -> PartitionedConfig:
        return _config(made, lambda key: fn(*made.time_window_for_partition_key(key)), fn)

    return over


def _config(
    partitions_def: PartitionsDefinition, of_key: OfKey, fn: Callable[..., Any]
) -> PartitionedConfig:
    if not callable(fn):
        raise ArgumentError(
            f"The config of a partition is made by a function, and not by {in_words(fn)}.",
            fix="Decorate a function.",
            source=user_line(),
        )
    return PartitionedConfig(
        partitions_def, decorated_fn=fn, run_config_for_partition_key_fn=of_key
    )
