"""The client: one connection to one launcher."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from treadle_client._arguments import (
    WrongArgument,
    choices,
    shown,
    text,
    text_or_none,
    texts,
)
from treadle_client._arguments import run_id as given_run_id
from treadle_client._assets_client import AssetsClient
from treadle_client._errors import UnreachableError
from treadle_client._home_client import HomeClient
from treadle_client._messages import (
    Explanation,
    Graph,
    Isolation,
    Launcher,
    Location,
    Plan,
    ReexecutionKind,
    Reload,
    ReuseMode,
    Run,
    RunState,
    Siblings,
    UnrecordedLoads,
    UnselectedOutputs,
)
from treadle_client._partitions_client import PartitionsClient
from treadle_client._plan_options import plan_options
from treadle_client._requests import RunRequest, pinned, selection_of
from treadle_client._run_handle import RunHandle
from treadle_client._run_limits import run_limits
from treadle_client.calls._rpc import LauncherRpc
from treadle_client.calls._token import token_of
from treadle_client.calls._translate import START_OR_NAME_ONE

E = TypeVar("E", bound=StrEnum)

#: How long a launcher that went away may stay away before a watch gives up, and connecting may take.
PATIENCE_SECONDS = 30.0
CONNECT_SECONDS = 10.0


class Client(AssetsClient, PartitionsClient, HomeClient):
    """A connection to a launcher, made by `Client.connect` or `local`; closed at the end of a with.

    Every method raises UnreachableError when the launcher does not answer, and RequestError,
    mostly one of its named kinds, when it refuses. One client may be used by several threads.
    """

    def __init__(self, rpc: LauncherRpc, *, patience: float) -> None:
        self._rpc = rpc
        self._patience = patience

    @classmethod
    def connect(
        cls,
        address: str,
        *,
        token: str | None = None,
        token_file: str | Path | None = None,
        timeout: float = CONNECT_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> Self:
        """Connect to the launcher at "unix:/path" or "host:port".

        `token`, or what `token_file` holds, is what a launcher on TCP asks for.
        `timeout` is how many seconds connecting may take; `patience` how many seconds a launcher
        may be gone while a run is watched.

        Raises:
            UnreachableError: nobody answers there.
            AccessError: the token is missing or wrong, or others may read its file.
        """
        if token_file is not None:
            token = token_of(token_file)
        if not text(address, name="address"):
            # gRPC would take it for a name, and find a fault of its own.
            message = f"Nobody answers at an empty address.\n{START_OR_NAME_ONE}"
            raise UnreachableError(message, address=address)
        rpc = LauncherRpc(address, token)
        try:
            rpc.get_launcher(timeout)
        except BaseException:
            rpc.close()
            raise
        return cls(rpc, patience=patience)

    @property
    def address(self) -> str:
        """The launcher's address."""
        return self._rpc.address

    def close(self) -> None:
        """Close the connection. Runs go on."""
        self._rpc.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def launcher(self) -> Launcher:
        """Return what the launcher is."""
        return self._rpc.get_launcher(CONNECT_SECONDS)

    def locations(self) -> tuple[Location, ...]:
        """Return the code locations, sorted by name, those that cannot be reached included."""
        return self._rpc.list_locations()

    def reload(self, location: str | None = None) -> Reload:
        """Load a location's code anew; None: the only one.

        Code that does not load raises nothing by itself, and what was served before is served
        still: `.swapped` of what is returned is False, `.location.modules` say why, and its
        `.raise_for_failure()` raises LoadError.
        """
        return self._rpc.reload_location(text_or_none(location, name="location"))

    def graph(self, location: str | None = None) -> Graph:
        """Return a location's graph; None: the only one.

        Raises:
            LocationNotReadyError: its code never loaded, or differs at each import.
        """
        return self._rpc.stream_graph(text_or_none(location, name="location"))

    def plan(  # noqa: PLR0913 - what a caller may choose, each by name
        self,
        selection: str | Sequence[str] | None = None,
        *,
        job: str | None = None,
        op_selection: str | Sequence[str] | None = None,
        location: str | None = None,
        unselected_outputs: UnselectedOutputs | str | None = None,
        siblings: Siblings | str | None = None,
        unrecorded_loads: UnrecordedLoads | str | None = None,
        isolation: Isolation | str | None = None,
        reuse: ReuseMode | str | None = None,
        partition: str | None = None,
        partitions: str | Sequence[str] | None = None,
        config: object = None,
        allow_empty: bool = False,
    ) -> Plan:
        """Return what would run for a selection, a list of them (their union), or a job.

        None of them: every asset. Nothing is run. `partition` is the key of the one that is made,
        `partitions` several keys, or ranges, "FIRST..LAST". `op_selection` are the ops of a job of ops that
        run: "a", "*a", "a*", "+a", "a+", "inner.a". `config` is what ops are told: a `RunConfig`, or a
        mapping, {"ops": {block: {"config": …}}}. With `reuse` "unchanged", a step is not run if an earlier
        run did the same: each step that runs says what changed (`PlannedStep.changes`).

        Raises:
            ConfigError: the config is wrong.
            PartitionError: there is no such partition, or it is to be named.
            SelectionError: the selection is wrong, or cannot be made as it stands.
            ValueError: the list is empty, or an option's value is none of its values.
        """
        return self._rpc.plan_run(
            text_or_none(location, name="location"),
            selection_of(selection, job, op_selection, allow_empty=allow_empty),
            plan_options(
                unselected_outputs=unselected_outputs,
                siblings=siblings,
                unrecorded_loads=unrecorded_loads,
                isolation=isolation,
                reuse=reuse,
                partition=partition,
                partitions=partitions,
                config=config,
            ),
        )

    def explain(  # noqa: PLR0913 - what a caller may choose, each by name
        self,
        selection: str | Sequence[str] | None = None,
        *,
        job: str | None = None,
        op_selection: str | Sequence[str] | None = None,
        location: str | None = None,
        unselected_outputs: UnselectedOutputs | str | None = None,
        siblings: Siblings | str | None = None,
        partition: str | None = None,
        config: object = None,
    ) -> Explanation:
        """Return why each op of the location is in the plan of a selection, or not, and each asset is selected.

        Nothing is run, and what would be loaded need not have been stored.

        Raises:
            SelectionError: as `plan`.
        """
        return self._rpc.explain_selection(
            text_or_none(location, name="location"),
            selection_of(selection, job, op_selection),
            plan_options(
                unselected_outputs=unselected_outputs,
                siblings=siblings,
                partition=partition,
                config=config,
            ),
        )

    def materialize(  # noqa: PLR0913 - what a caller may choose, each by name
        self,
        selection: str | Sequence[str] | None = None,
        *,
        plan: Plan | None = None,
        job: str | None = None,
        op_selection: str | Sequence[str] | None = None,
        location: str | None = None,
        unselected_outputs: UnselectedOutputs | str | None = None,
        siblings: Siblings | str | None = None,
        unrecorded_loads: UnrecordedLoads | str | None = None,
        isolation: Isolation | str | None = None,
        reuse: ReuseMode | str | None = None,
        partition: str | None = None,
        partitions: str | Sequence[str] | None = None,
        config: object = None,
        allow_empty: bool = False,
        tags: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        retry_lost: int | None = None,
    ) -> RunHandle:
        """Launch a run of a selection, as `plan` takes it, or of exactly a plan, and return it.

        With an `idempotency_key` the call may be repeated: the same key and request name the same run.
        `timeout` is how many seconds the run may take once it has started, before it is ended and fails
        (math.inf: any time). `retry_lost` is how often a step whose host was lost while its code ran
        is tried again, whatever its policy says. Of a plan of `plan_rerun`, both are the parent's.

        Raises:
            SelectionError: as `plan`.
            StalePlanError: the plan is another now than the one given.
            IdempotencyConflictError: the key was used for another request.
            ValueError: a plan was given together with what it holds itself.
        """
        request = RunRequest(
            location=text_or_none(location, name="location"),
            selection=selection_of(selection, job, op_selection, allow_empty=allow_empty),
            options=plan_options(
                unselected_outputs=unselected_outputs,
                siblings=siblings,
                unrecorded_loads=unrecorded_loads,
                isolation=isolation,
                reuse=reuse,
                partition=partition,
                partitions=partitions,
                config=config,
            ),
            tags=texts(tags, name="tags"),
            idempotency_key=text_or_none(idempotency_key, name="idempotency_key"),
            limits=run_limits(timeout, retry_lost),
        )
        if plan is not None:
            if not isinstance(plan, Plan):
                raise WrongArgument(f"plan is {shown(plan)}; give what client.plan(…) returned.")
            request = pinned(request, plan)
        return RunHandle.launched(self._rpc, request, patience=self._patience)

    def plan_rerun(  # noqa: PLR0913 - what a caller may choose, each by name
        self,
        run_id: str,
        kind: ReexecutionKind | str | None = None,
        *,
        steps: str | Sequence[str] | None = None,
        rerun_changed: bool = False,
        same_code: bool = False,
        config: object = None,
    ) -> Plan:
        """Return what `rerun` would run, what it would reuse, and why. Nothing is run.

        Raises:
            RequestError: as `rerun`.
        """
        return RunHandle(self._rpc, given_run_id(run_id), patience=self._patience).plan_rerun(
            kind, steps=steps, rerun_changed=rerun_changed, same_code=same_code, config=config
        )

    def rerun(  # noqa: PLR0913 - what a caller may choose, each by name
        self,
        run_id: str,
        kind: ReexecutionKind | str | None = None,
        *,
        steps: str | Sequence[str] | None = None,
        rerun_changed: bool = False,
        same_code: bool = False,
        config: object = None,
        plan: Plan | None = None,
        tags: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
        retry_lost: int | None = None,
    ) -> RunHandle:
        """Go on from a run that has ended, as `RunHandle.rerun` does.

        Raises:
            RequestError: as there.
            NotFoundError: there is no such run.
        """
        handle = RunHandle(self._rpc, given_run_id(run_id), patience=self._patience)
        return handle.rerun(
            kind,
            steps=steps,
            rerun_changed=rerun_changed,
            same_code=same_code,
            config=config,
            plan=plan,
            tags=tags,
            idempotency_key=idempotency_key,
            timeout=timeout,
            retry_lost=retry_lost,
        )

    def run(self, run_id: str) -> RunHandle:
        """Return the handle of a run.

        Raises:
            NotFoundError: there is no such run.
        """
        run = self._rpc.get_run(given_run_id(run_id))
        return RunHandle(self._rpc, run.run_id, patience=self._patience)

    def runs(
        self, *, states: Iterable[RunState | str] = (), location: str | None = None
    ) -> Iterator[Run]:
        """Yield runs, newest first; of some states, of one location, or all."""
        return self._rpc.list_runs(
            choices(RunState, states, name="states"), text_or_none(location, name="location")
        )

    def __repr__(self) -> str:
        return f"Client({self.address!r})"
