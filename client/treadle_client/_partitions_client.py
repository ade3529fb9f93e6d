"""What a client asks of partitions: a part of `Client`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from treadle_client._arguments import (
    WrongArgument,
    text,
    text_or_none,
    texts,
    texts_in,
    whole_or_none,
)
from treadle_client._backfill import BackfillHandle
from treadle_client._backfill_request import (
    BackfillAsked,
    BackfillLimits,
    Partitions,
    ranges_of,
)
from treadle_client._messages import (
    AssetPartitions,
    Backfill,
    BackfillPlan,
    Isolation,
    ReuseMode,
    Siblings,
    UnrecordedLoads,
    UnselectedOutputs,
)
from treadle_client._plan_options import plan_options
from treadle_client._requests import selection_of
from treadle_client.calls._rpc import LauncherRpc


class PartitionsClient:
    """The methods of `Client` about partitions."""

    _rpc: LauncherRpc
    _patience: float

    def add_partitions(self, name: str, partition_keys: str | Sequence[str]) -> tuple[str, ...]:
        """Add keys to the dynamic partitions definition `name`, and return those that are new.

        They come behind the keys that it has, in this order; a key that is there stays where it is.

        Raises:
            ValueError: the name or a key is empty, or no key is given.
        """
        keys = _keys(partition_keys)
        return self._rpc.partitions.add_dynamic(_name(name), keys)

    def remove_partitions(self, name: str, partition_keys: str | Sequence[str]) -> tuple[str, ...]:
        """Remove keys of the dynamic partitions definition `name`, and return those that it had.

        What was made of them stays on record.

        Raises:
            ValueError: the name or a key is empty, or no key is given.
        """
        keys = _keys(partition_keys)
        return self._rpc.partitions.remove_dynamic(_name(name), keys)

    def dynamic_partitions(self, name: str) -> Iterator[str]:
        """Yield the keys of the dynamic partitions definition `name`, in the order of their addition.

        Raises:
            ValueError: the name is empty.
        """
        return self._rpc.partitions.list_dynamic(_name(name))

    def partitions(self, asset_key: str) -> AssetPartitions:
        """Return which partitions of an asset were made, failed and are missing: counts and ranges.

        Raises:
            NotFoundError: no location has the asset.
            SelectionError: the asset has no partitions.
        """
        return self._rpc.partitions.asset_partitions(text(asset_key, name="asset_key"))

    def plan_backfill(  # noqa: PLR0913 - what a caller may choose, each by name
        self,
        selection: str | Sequence[str] | None = None,
        *,
        partitions: Partitions = None,
        missing: bool = False,
        failed: bool = False,
        partitions_per_run: int | None = None,
        job: str | None = None,
        location: str | None = None,
        unselected_outputs: UnselectedOutputs | str | None = None,
        siblings: Siblings | str | None = None,
        unrecorded_loads: UnrecordedLoads | str | None = None,
        isolation: Isolation | str | None = None,
        reuse: ReuseMode | str | None = None,
        config: object = None,
    ) -> BackfillPlan:
        """Return which runs `backfill` would launch. Nothing is run, and nothing recorded.

        Raises:
            NothingToBackfillError: no partition is missing, or failed, or there is none.
            SelectionError: the selection or a partition is wrong, or what is selected has no
                partitions, or several definitions of them.
            ValueError: the list of partitions is empty, or an option's value is none of its values.
        """
        return self._rpc.partitions.plan_backfill(
            _asked(
                selection,
                partitions=partitions,
                missing=missing,
                failed=failed,
                partitions_per_run=partitions_per_run,
                job=job,
                location=location,
                unselected_outputs=unselected_outputs,
                siblings=siblings,
                unrecorded_loads=unrecorded_loads,
                isolation=isolation,
                reuse=reuse,
                config=config,
            )
        )

    def backfill(  # noqa: PLR0913 - what a caller may choose, each by name
        self,
        selection: str | Sequence[str] | None = None,
        *,
        partitions: Partitions = None,
        missing: bool = False,
        failed: bool = False,
        partitions_per_run: int | None = None,
        job: str | None = None,
        location: str | None = None,
        unselected_outputs: UnselectedOutputs | str | None = None,
        siblings: Siblings | str | None = None,
        unrecorded_loads: UnrecordedLoads | str | None = None,
        isolation: Isolation | str | None = None,
        reuse: ReuseMode | str | None = None,
        config: object = None,
        tags: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        max_runs: int | None = None,
        priority: int = 0,
    ) -> BackfillHandle:
        """Launch runs that make partitions of a selection, a few at once, and return the backfill.

        `partitions` are keys, and ranges as "first..last"; None: all that there are. `missing` and
        `failed` leave only those of them that no run made, and that the last run failed to make. A
        run makes one of them, or as many as the backfill policies of the assets, or
        `partitions_per_run`, say. `max_runs` is how many may be under way at once, None: as many as the
        launcher has places for; of several backfills, the larger `priority` goes first. The other
        arguments are as of `materialize`.

        Raises:
            SelectionError, NothingToBackfillError: as `plan_backfill`.
            IdempotencyConflictError: the key was used for another request.
            ValueError: as `plan_backfill`.
        """
        asked = _asked(
            selection,
            partitions=partitions,
            missing=missing,
            failed=failed,
            partitions_per_run=partitions_per_run,
            job=job,
            location=location,
            unselected_outputs=unselected_outputs,
            siblings=siblings,
            unrecorded_loads=unrecorded_loads,
            isolation=isolation,
            reuse=reuse,
            config=config,
        )
        limits = BackfillLimits(
            tags=texts(tags, name="tags"),
            idempotency_key=text_or_none(idempotency_key, name="idempotency_key"),
            max_runs=whole_or_none(max_runs, name="max_runs", give="a number from 1 on"),
            priority=whole_or_none(priority, name="priority", give="a whole number"),
        )
        backfill, existed = self._rpc.partitions.launch_backfill(asked, limits)
        return self._handle(backfill.backfill_id, existed=existed)

    def get_backfill(self, backfill_id: str) -> BackfillHandle:
        """Return the handle of a backfill.

        Raises:
            NotFoundError: there is no such backfill.
        """
        found = self._rpc.partitions.get_backfill(text(backfill_id, name="backfill_id"))
        return self._handle(found.backfill_id)

    def backfills(self) -> Iterator[Backfill]:
        """Yield backfills, newest first."""
        return self._rpc.partitions.list_backfills()

    def _handle(self, backfill_id: str, *, existed: bool = True) -> BackfillHandle:
        return BackfillHandle(self._rpc, backfill_id, patience=self._patience, existed=existed)


def _asked(  # noqa: PLR0913 - what a caller chose, each by name
    selection: str | Sequence[str] | None,
    *,
    partitions: Partitions,
    missing: bool,
    failed: bool,
    partitions_per_run: int | None,
    job: str | None,
    location: str | None,
    config: object,
    **options: str | None,
) -> BackfillAsked:
    per_run = whole_or_none(
        partitions_per_run, name="partitions_per_run", give="a number from 1 on"
    )
    return BackfillAsked(
        selection=selection_of(selection, job),
        options=plan_options(config=config, **options),
        location=text_or_none(location, name="location"),
        partitions=ranges_of(partitions),
        missing=missing,
        failed=failed,
        partitions_per_run=per_run,
    )


def _name(name: object) -> str:
    if not text(name, name="name"):
        raise WrongArgument("name is empty; give the name of a DynamicPartitionsDefinition.")
    return str(name)


def _keys(given: object) -> tuple[str, ...]:
    keys = texts_in(given, name="partition_keys")
    if not keys or not all(keys):
        problem = "partition_keys is empty" if not keys else "partition_keys has an empty key in it"
        raise WrongArgument(f"{problem}; give one or more partition keys.")
    return keys
