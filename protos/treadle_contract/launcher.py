"""The launcher: plans, runs, and what they made. The one address a client needs.

Generated from launcher.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations

from collections.abc import Mapping

from treadle_contract.backfill import AssetPartitions, Backfill, BackfillPartition, BackfillPlan, BackfillRequest
from treadle_contract.event import Event
from treadle_contract.graph import Asset, GraphPart, Location
from treadle_contract.ids import KeyText, RunId, StepKey, TextId
from treadle_contract.message import ContractEnum, ENUMS, EnumSchema, MESSAGES, Message, NO_ENTRIES
from treadle_contract.plan import ExplanationPart, PlanOptions, PlanPart, Reexecution, Selection
from treadle_contract.run import Materialization, Run, RunState, StepRun
from treadle_contract.worker import Task


class LogStream(ContractEnum):
    """What an attempt writes to."""

    STDOUT = "stdout"
    """File descriptor 1."""
    STDERR = "stderr"
    """File descriptor 2."""
    LOG = "log"
    """Records of context.log and of Python's logging, a line each."""


class GarbageReason(ContractEnum):
    """Why something may be removed."""

    UNCOMMITTED = "uncommitted"
    """No commit names it: its attempt failed, was cancelled or was lost."""
    SUPERSEDED = "superseded"
    """The asset has as many newer versions as are kept."""
    INTERMEDIATE = "intermediate"
    """An intermediate of a run that finished longer ago than intermediates are kept."""


class GetLauncherRequest(Message):
    """Asks what the launcher is."""

    __slots__ = __match_args__ = ()

    def __init__(self) -> None:
        pass

    FIELDS = (
    )


class GetLauncherResponse(Message):
    """What the launcher is."""

    __slots__ = __match_args__ = ('version', 'home_id', 'ephemeral', 'max_steps', 'max_runs', 'values_root')
    version: str
    """Treadle's version."""
    home_id: str
    """The id of its home, made with it."""
    ephemeral: bool
    """It ends with its starter."""
    max_steps: int
    """How many steps may run at once."""
    max_runs: int
    """How many runs may run at once."""
    values_root: str
    """The folder that ValueRef.key of the store "files" is a path below, on the launcher's
    machine."""

    def __init__(
        self,
        *,
        version: str = "",
        home_id: str = "",
        ephemeral: bool = False,
        max_steps: int = 0,
        max_runs: int = 0,
        values_root: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'version', version)
        put(self, 'home_id', home_id)
        put(self, 'ephemeral', ephemeral)
        put(self, 'max_steps', max_steps)
        put(self, 'max_runs', max_runs)
        put(self, 'values_root', values_root)

    FIELDS = (
        ('version', 1, 'version', 'text', 'one', '', 'version', False, 0),
        ('home_id', 2, 'homeId', 'text', 'one', '', 'home_id', False, 0),
        ('ephemeral', 3, 'ephemeral', 'flag', 'one', '', 'ephemeral', False, 0),
        ('max_steps', 4, 'maxSteps', 'whole', 'one', '', 'max_steps', False, 0),
        ('max_runs', 5, 'maxRuns', 'whole', 'one', '', 'max_runs', False, 0),
        ('values_root', 6, 'valuesRoot', 'text', 'one', '', 'values_root', False, 0),
    )


class ListLocationsRequest(Message):
    """Asks for the locations."""

    __slots__ = __match_args__ = ()

    def __init__(self) -> None:
        pass

    FIELDS = (
    )


class ListLocationsResponse(Message):
    """The locations."""

    __slots__ = __match_args__ = ('locations',)
    locations: tuple[Location, ...]
    """Sorted by name."""

    def __init__(
        self,
        *,
        locations: tuple[Location, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'locations', locations)

    FIELDS = (
        ('locations', 1, 'locations', 'message', 'many', 'Location', 'locations', False, 0),
    )


class ReloadLocationRequest(Message):
    """Asks for a reload of one location."""

    __slots__ = __match_args__ = ('location',)
    location: str
    """The location's name. Empty: the only one."""

    def __init__(
        self,
        *,
        location: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)

    FIELDS = (
        ('location', 1, 'location', 'text', 'one', '', 'location', False, 0),
    )


class ReloadLocationResponse(Message):
    """How the reload went."""

    __slots__ = __match_args__ = ('location', 'swapped')
    location: Location | None
    """The location after it."""
    swapped: bool
    """The new snapshot is served."""

    def __init__(
        self,
        *,
        location: Location | None = None,
        swapped: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'swapped', swapped)

    FIELDS = (
        ('location', 1, 'location', 'message', 'maybe', 'Location', 'location', False, 0),
        ('swapped', 2, 'swapped', 'flag', 'one', '', 'swapped', False, 0),
    )


class StreamGraphRequest(Message):
    """Asks for a location's graph."""

    __slots__ = __match_args__ = ('location',)
    location: str
    """The location's name. Empty: the only one."""

    def __init__(
        self,
        *,
        location: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)

    FIELDS = (
        ('location', 1, 'location', 'text', 'one', '', 'location', False, 0),
    )


class StreamGraphResponse(Message):
    """A part of the graph."""

    __slots__ = __match_args__ = ('part',)
    part: GraphPart | None
    """The part."""

    def __init__(
        self,
        *,
        part: GraphPart | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'part', part)

    FIELDS = (
        ('part', 1, 'part', 'message', 'maybe', 'GraphPart', 'part', False, 0),
    )


class PlanRunRequest(Message):
    """Asks for a resolved plan."""

    __slots__ = __match_args__ = ('location', 'selection', 'options', 'reexecution', 'block_selections')
    location: str
    """The location's name. Empty: the one that has the selected assets."""
    selection: Selection | None
    """What is to be made."""
    options: PlanOptions | None
    """Choices."""
    reexecution: Reexecution | None
    """Plan the re-execution of an earlier run; then nothing else is set but what follows."""
    block_selections: bool
    """As PlanRequest.block_selections."""

    def __init__(
        self,
        *,
        location: str = "",
        selection: Selection | None = None,
        options: PlanOptions | None = None,
        reexecution: Reexecution | None = None,
        block_selections: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'selection', selection)
        put(self, 'options', options)
        put(self, 'reexecution', reexecution)
        put(self, 'block_selections', block_selections)

    FIELDS = (
        ('location', 1, 'location', 'text', 'one', '', 'location', False, 1),
        ('selection', 2, 'selection', 'message', 'maybe', 'Selection', 'selection', False, 0),
        ('options', 3, 'options', 'message', 'maybe', 'PlanOptions', 'options', False, 0),
        ('reexecution', 4, 'reexecution', 'message', 'maybe', 'Reexecution', 'reexecution', False, 0),
        ('block_selections', 5, 'blockSelections', 'flag', 'one', '', 'block_selections', False, 0),
    )


class PlanRunResponse(Message):
    """A part of a resolved plan."""

    __slots__ = __match_args__ = ('part',)
    part: PlanPart | None
    """The part."""

    def __init__(
        self,
        *,
        part: PlanPart | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'part', part)

    FIELDS = (
        ('part', 1, 'part', 'message', 'maybe', 'PlanPart', 'part', False, 0),
    )


class ExplainSelectionRequest(Message):
    """Asks why ops are in a plan."""

    __slots__ = __match_args__ = ('location', 'selection', 'options')
    location: str
    """The location's name. Empty: the one that has the selected assets."""
    selection: Selection | None
    """What is to be made."""
    options: PlanOptions | None
    """Choices."""

    def __init__(
        self,
        *,
        location: str = "",
        selection: Selection | None = None,
        options: PlanOptions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'selection', selection)
        put(self, 'options', options)

    FIELDS = (
        ('location', 1, 'location', 'text', 'one', '', 'location', False, 1),
        ('selection', 2, 'selection', 'message', 'maybe', 'Selection', 'selection', False, 0),
        ('options', 3, 'options', 'message', 'maybe', 'PlanOptions', 'options', False, 0),
    )


class ExplainSelectionResponse(Message):
    """A part of an explanation."""

    __slots__ = __match_args__ = ('part',)
    part: ExplanationPart | None
    """The part."""

    def __init__(
        self,
        *,
        part: ExplanationPart | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'part', part)

    FIELDS = (
        ('part', 1, 'part', 'message', 'maybe', 'ExplanationPart', 'part', False, 0),
    )


class LaunchRunRequest(Message):
    """Asks for a run."""

    __slots__ = __match_args__ = ('location', 'selection', 'options', 'tags', 'idempotency_key', 'digest', 'fingerprint', 'reexecution', 'timeout_ms', 'retry_lost', 'no_timeout', 'no_retry_lost')
    location: str
    """The location's name. Empty: the one that has the selected assets."""
    selection: Selection | None
    """What is to be made."""
    options: PlanOptions | None
    """Choices."""
    tags: Mapping[str, str]
    """Tags of the run; they win over the job's, and over the earlier run's, which stay."""
    idempotency_key: str
    """Names this request among the caller's. Empty: none."""
    digest: str
    """The digest of the plan that the caller saw. Empty: nothing is pinned."""
    fingerprint: str
    """The fingerprint of the plan that the caller saw. Set with digest."""
    reexecution: Reexecution | None
    """Go on from an earlier run; then location, selection and options are not set."""
    timeout_ms: int
    """How long the run may take once it has started, in milliseconds; then it is ended as by a
    cancel and fails. 0: as the earlier run of a re-execution, else no limit."""
    retry_lost: int
    """How often a step whose host was lost after its code began is tried again, whatever its
    policy says. 0: as in the earlier run of a re-execution, else only as its policy says."""
    no_timeout: bool
    """There is no limit, whatever the earlier run of a re-execution had; timeout_ms is not set."""
    no_retry_lost: bool
    """Only as policies say, whatever the earlier run of a re-execution had; retry_lost is not set."""

    def __init__(
        self,
        *,
        location: str = "",
        selection: Selection | None = None,
        options: PlanOptions | None = None,
        tags: Mapping[str, str] = NO_ENTRIES,
        idempotency_key: str = "",
        digest: str = "",
        fingerprint: str = "",
        reexecution: Reexecution | None = None,
        timeout_ms: int = 0,
        retry_lost: int = 0,
        no_timeout: bool = False,
        no_retry_lost: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'location', location)
        put(self, 'selection', selection)
        put(self, 'options', options)
        put(self, 'tags', tags)
        put(self, 'idempotency_key', idempotency_key)
        put(self, 'digest', digest)
        put(self, 'fingerprint', fingerprint)
        put(self, 'reexecution', reexecution)
        put(self, 'timeout_ms', timeout_ms)
        put(self, 'retry_lost', retry_lost)
        put(self, 'no_timeout', no_timeout)
        put(self, 'no_retry_lost', no_retry_lost)

    FIELDS = (
        ('location', 1, 'location', 'text', 'one', '', 'location', False, 1),
        ('selection', 2, 'selection', 'message', 'maybe', 'Selection', 'selection', False, 0),
        ('options', 3, 'options', 'message', 'maybe', 'PlanOptions', 'options', False, 0),
        ('tags', 4, 'tags', 'text', 'map', '', 'tags', False, 10),
        ('idempotency_key', 5, 'idempotencyKey', 'text', 'one', '', 'idempotency_key', False, 11),
        ('digest', 6, 'digest', 'text', 'one', '', 'digest', False, 1),
        ('fingerprint', 7, 'fingerprint', 'text', 'one', '', 'fingerprint', False, 1),
        ('reexecution', 8, 'reexecution', 'message', 'maybe', 'Reexecution', 'reexecution', False, 0),
        ('timeout_ms', 9, 'timeoutMs', 'wide', 'one', '', 'timeout_ms', False, 19),
        ('retry_lost', 10, 'retryLost', 'whole', 'one', '', 'retry_lost', False, 23),
        ('no_timeout', 11, 'noTimeout', 'flag', 'one', '', 'no_timeout', False, 0),
        ('no_retry_lost', 12, 'noRetryLost', 'flag', 'one', '', 'no_retry_lost', False, 0),
    )


class LaunchRunResponse(Message):
    """The run."""

    __slots__ = __match_args__ = ('run', 'existed', 'notes')
    run: Run | None
    """As recorded."""
    existed: bool
    """The idempotency key was known: this is the earlier run."""
    notes: tuple[str, ...]
    """What a person should know of the plan, a sentence each. Empty if existed."""

    def __init__(
        self,
        *,
        run: Run | None = None,
        existed: bool = False,
        notes: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'run', run)
        put(self, 'existed', existed)
        put(self, 'notes', notes)

    FIELDS = (
        ('run', 1, 'run', 'message', 'maybe', 'Run', 'run', False, 0),
        ('existed', 2, 'existed', 'flag', 'one', '', 'existed', False, 0),
        ('notes', 3, 'notes', 'text', 'many', '', 'notes', False, 0),
    )


class GetRunRequest(Message):
    """Asks for a run."""

    __slots__ = __match_args__ = ('run_id',)
    run_id: RunId
    """The run's id."""

    def __init__(
        self,
        *,
        run_id: RunId = RunId(""),
    ) -> None:
        put = object.__setattr__
        put(self, 'run_id', run_id)

    FIELDS = (
        ('run_id', 1, 'runId', 'text', 'one', '', 'run_id', False, 0),
    )


class GetRunResponse(Message):
    """The run."""

    __slots__ = __match_args__ = ('run',)
    run: Run | None
    """The run."""

    def __init__(
        self,
        *,
        run: Run | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'run', run)

    FIELDS = (
        ('run', 1, 'run', 'message', 'maybe', 'Run', 'run', False, 0),
    )


class ListRunsRequest(Message):
    """Asks for runs."""

    __slots__ = __match_args__ = ('page_size', 'page_token', 'states', 'location')
    page_size: int
    """See the service."""
    page_token: str
    """See the service."""
    states: tuple[RunState, ...]
    """Only runs in one of these states. Empty: all."""
    location: str
    """Only runs of this location. Empty: all."""

    def __init__(
        self,
        *,
        page_size: int = 0,
        page_token: str = "",
        states: tuple[RunState, ...] = (),
        location: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'page_size', page_size)
        put(self, 'page_token', page_token)
        put(self, 'states', states)
        put(self, 'location', location)

    FIELDS = (
        ('page_size', 1, 'pageSize', 'whole', 'one', '', 'page_size', False, 0),
        ('page_token', 2, 'pageToken', 'text', 'one', '', 'page_token', False, 0),
        ('states', 3, 'states', 'enum', 'many', 'RunState', 'states', False, 0),
        ('location', 4, 'location', 'text', 'one', '', 'location', False, 0),
    )


class ListRunsResponse(Message):
    """Runs."""

    __slots__ = __match_args__ = ('runs', 'next_page_token')
    runs: tuple[Run, ...]
    """Newest first."""
    next_page_token: str
    """Empty: no more."""

    def __init__(
        self,
        *,
        runs: tuple[Run, ...] = (),
        next_page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'runs', runs)
        put(self, 'next_page_token', next_page_token)

    FIELDS = (
        ('runs', 1, 'runs', 'message', 'many', 'Run', 'runs', False, 0),
        ('next_page_token', 2, 'nextPageToken', 'text', 'one', '', 'next_page_token', False, 0),
    )


class ListRunStepsRequest(Message):
    """Asks for the steps of a run."""

    __slots__ = __match_args__ = ('run_id', 'page_size', 'page_token')
    run_id: RunId
    """The run's id."""
    page_size: int
    """See the service."""
    page_token: str
    """See the service."""

    def __init__(
        self,
        *,
        run_id: RunId = RunId(""),
        page_size: int = 0,
        page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'run_id', run_id)
        put(self, 'page_size', page_size)
        put(self, 'page_token', page_token)

    FIELDS = (
        ('run_id', 1, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('page_size', 2, 'pageSize', 'whole', 'one', '', 'page_size', False, 0),
        ('page_token', 3, 'pageToken', 'text', 'one', '', 'page_token', False, 0),
    )


class ListRunStepsResponse(Message):
    """Steps of a run."""

    __slots__ = __match_args__ = ('steps', 'next_page_token')
    steps: tuple[StepRun, ...]
    """In plan order."""
    next_page_token: str
    """Empty: no more."""

    def __init__(
        self,
        *,
        steps: tuple[StepRun, ...] = (),
        next_page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'steps', steps)
        put(self, 'next_page_token', next_page_token)

    FIELDS = (
        ('steps', 1, 'steps', 'message', 'many', 'StepRun', 'steps', False, 0),
        ('next_page_token', 2, 'nextPageToken', 'text', 'one', '', 'next_page_token', False, 0),
    )


class WatchRunRequest(Message):
    """Asks for a run's events."""

    __slots__ = __match_args__ = ('run_id', 'after_sequence', 'no_follow')
    run_id: RunId
    """The run's id."""
    after_sequence: int
    """Only events with a larger sequence. 0, or less: from the start."""
    no_follow: bool
    """End at the last event recorded now instead of following."""

    def __init__(
        self,
        *,
        run_id: RunId = RunId(""),
        after_sequence: int = 0,
        no_follow: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'run_id', run_id)
        put(self, 'after_sequence', after_sequence)
        put(self, 'no_follow', no_follow)

    FIELDS = (
        ('run_id', 1, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('after_sequence', 2, 'afterSequence', 'wide', 'one', '', 'after_sequence', False, 0),
        ('no_follow', 3, 'noFollow', 'flag', 'one', '', 'no_follow', False, 0),
    )


class WatchRunResponse(Message):
    """Events, at most 500 or 1 MiB. One event that is larger stands alone: at most 4 MiB, which a
    message holds by gRPC's own limit."""

    __slots__ = __match_args__ = ('events',)
    events: tuple[Event, ...]
    """In sequence order."""

    def __init__(
        self,
        *,
        events: tuple[Event, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'events', events)

    FIELDS = (
        ('events', 1, 'events', 'message', 'many', 'Event', 'events', False, 0),
    )


class ReadLogsRequest(Message):
    """Asks for what an attempt wrote."""

    __slots__ = __match_args__ = ('run_id', 'step_key', 'attempt', 'stream', 'offset', 'follow')
    run_id: RunId
    """The run's id."""
    step_key: StepKey
    """The step."""
    attempt: int
    """The attempt, from 1. 0: the last one that started."""
    stream: LogStream | None
    """Which stream. With UNSPECIFIED, offset and follow are ignored."""
    offset: int
    """The first byte wanted, from 0."""
    follow: bool
    """Go on until the attempt has ended; one that has not started is waited for."""

    def __init__(
        self,
        *,
        run_id: RunId = RunId(""),
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
        stream: LogStream | None = None,
        offset: int = 0,
        follow: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'run_id', run_id)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)
        put(self, 'stream', stream)
        put(self, 'offset', offset)
        put(self, 'follow', follow)

    FIELDS = (
        ('run_id', 1, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('step_key', 2, 'stepKey', 'text', 'one', '', 'step_key', False, 0),
        ('attempt', 3, 'attempt', 'whole', 'one', '', 'attempt', False, 0),
        ('stream', 4, 'stream', 'enum', 'maybe', 'LogStream', 'stream', False, 0),
        ('offset', 5, 'offset', 'wide', 'one', '', 'offset', False, 0),
        ('follow', 6, 'follow', 'flag', 'one', '', 'follow', False, 0),
    )


class ReadLogsResponse(Message):
    """Bytes that an attempt wrote, at most 64 KiB."""

    __slots__ = __match_args__ = ('stream', 'offset', 'data', 'omitted_bytes')
    stream: LogStream | None
    """Which stream."""
    offset: int
    """The offset of the first byte of data."""
    data: bytes
    """The bytes."""
    omitted_bytes: int
    """Bytes that were written between head and tail and not kept, before this data."""

    def __init__(
        self,
        *,
        stream: LogStream | None = None,
        offset: int = 0,
        data: bytes = b"",
        omitted_bytes: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'stream', stream)
        put(self, 'offset', offset)
        put(self, 'data', data)
        put(self, 'omitted_bytes', omitted_bytes)

    FIELDS = (
        ('stream', 1, 'stream', 'enum', 'maybe', 'LogStream', 'stream', False, 0),
        ('offset', 2, 'offset', 'wide', 'one', '', 'offset', False, 0),
        ('data', 3, 'data', 'bytes', 'one', '', 'data', False, 0),
        ('omitted_bytes', 4, 'omittedBytes', 'wide', 'one', '', 'omitted_bytes', False, 0),
    )


class ReadTextRequest(Message):
    """Asks for a long text."""

    __slots__ = __match_args__ = ('text_id',)
    text_id: TextId
    """Text.text_id."""

    def __init__(
        self,
        *,
        text_id: TextId = TextId(""),
    ) -> None:
        put = object.__setattr__
        put(self, 'text_id', text_id)

    FIELDS = (
        ('text_id', 1, 'textId', 'text', 'one', '', 'text_id', False, 0),
    )


class ReadTextResponse(Message):
    """A piece of the text, at most 64 KiB, cut between characters."""

    __slots__ = __match_args__ = ('piece',)
    piece: str
    """The piece."""

    def __init__(
        self,
        *,
        piece: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'piece', piece)

    FIELDS = (
        ('piece', 1, 'piece', 'text', 'one', '', 'piece', False, 0),
    )


class CancelRunRequest(Message):
    """Asks for a run's end."""

    __slots__ = __match_args__ = ('run_id', 'reason')
    run_id: RunId
    """The run's id."""
    reason: str
    """Why, for the log."""

    def __init__(
        self,
        *,
        run_id: RunId = RunId(""),
        reason: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'run_id', run_id)
        put(self, 'reason', reason)

    FIELDS = (
        ('run_id', 1, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('reason', 2, 'reason', 'text', 'one', '', 'reason', False, 12),
    )


class CancelRunResponse(Message):
    """The run."""

    __slots__ = __match_args__ = ('run',)
    run: Run | None
    """After the request was recorded."""

    def __init__(
        self,
        *,
        run: Run | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'run', run)

    FIELDS = (
        ('run', 1, 'run', 'message', 'maybe', 'Run', 'run', False, 0),
    )


class GetStepTaskRequest(Message):
    """Asks for a task."""

    __slots__ = __match_args__ = ('run_id', 'step_key', 'attempt')
    run_id: RunId
    """The run's id."""
    step_key: StepKey
    """The step."""
    attempt: int
    """The attempt, from 1. 0: the last one that started."""

    def __init__(
        self,
        *,
        run_id: RunId = RunId(""),
        step_key: StepKey = StepKey(""),
        attempt: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'run_id', run_id)
        put(self, 'step_key', step_key)
        put(self, 'attempt', attempt)

    FIELDS = (
        ('run_id', 1, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('step_key', 2, 'stepKey', 'text', 'one', '', 'step_key', False, 0),
        ('attempt', 3, 'attempt', 'whole', 'one', '', 'attempt', False, 0),
    )


class GetStepTaskResponse(Message):
    """The task."""

    __slots__ = __match_args__ = ('task',)
    task: Task | None
    """The task, as the host got it."""

    def __init__(
        self,
        *,
        task: Task | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'task', task)

    FIELDS = (
        ('task', 1, 'task', 'message', 'maybe', 'Task', 'task', False, 0),
    )


class PlanGarbageRequest(Message):
    """Asks for what may be removed."""

    __slots__ = __match_args__ = ('keep_intermediates_seconds',)
    keep_intermediates_seconds: int | None
    """How long intermediates of finished runs are kept, in seconds. Unset: the launcher's own."""

    def __init__(
        self,
        *,
        keep_intermediates_seconds: int | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'keep_intermediates_seconds', keep_intermediates_seconds)

    FIELDS = (
        ('keep_intermediates_seconds', 1, 'keepIntermediatesSeconds', 'wide', 'maybe', '', 'keep_intermediates_seconds', False, 21),
    )


class Garbage(Message):
    """One stored value that may be removed."""

    __slots__ = __match_args__ = ('key', 'reason', 'size_bytes', 'asset_key', 'run_id')
    key: str
    """Its name in the home's file store."""
    reason: GarbageReason | None
    """Why."""
    size_bytes: int
    """Its length."""
    asset_key: KeyText
    """The asset. Empty: an intermediate, or not known."""
    run_id: RunId
    """The run that wrote it. Empty: not known."""

    def __init__(
        self,
        *,
        key: str = "",
        reason: GarbageReason | None = None,
        size_bytes: int = 0,
        asset_key: KeyText = KeyText(""),
        run_id: RunId = RunId(""),
    ) -> None:
        put = object.__setattr__
        put(self, 'key', key)
        put(self, 'reason', reason)
        put(self, 'size_bytes', size_bytes)
        put(self, 'asset_key', asset_key)
        put(self, 'run_id', run_id)

    FIELDS = (
        ('key', 1, 'key', 'text', 'one', '', 'key', False, 0),
        ('reason', 2, 'reason', 'enum', 'maybe', 'GarbageReason', 'reason', False, 0),
        ('size_bytes', 3, 'sizeBytes', 'wide', 'one', '', 'size_bytes', False, 0),
        ('asset_key', 4, 'assetKey', 'text', 'one', '', 'asset_key', False, 0),
        ('run_id', 5, 'runId', 'text', 'one', '', 'run_id', False, 0),
    )


class PlanGarbageResponse(Message):
    """Some of what may be removed, at most 500."""

    __slots__ = __match_args__ = ('garbage',)
    garbage: tuple[Garbage, ...]
    """Sorted by key."""

    def __init__(
        self,
        *,
        garbage: tuple[Garbage, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'garbage', garbage)

    FIELDS = (
        ('garbage', 1, 'garbage', 'message', 'many', 'Garbage', 'garbage', False, 0),
    )


class CollectGarbageRequest(Message):
    """Asks for the removal."""

    __slots__ = __match_args__ = ('keep_intermediates_seconds',)
    keep_intermediates_seconds: int | None
    """As PlanGarbageRequest."""

    def __init__(
        self,
        *,
        keep_intermediates_seconds: int | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'keep_intermediates_seconds', keep_intermediates_seconds)

    FIELDS = (
        ('keep_intermediates_seconds', 1, 'keepIntermediatesSeconds', 'wide', 'maybe', '', 'keep_intermediates_seconds', False, 21),
    )


class CollectGarbageResponse(Message):
    """What was removed."""

    __slots__ = __match_args__ = ('removed_count', 'removed_bytes')
    removed_count: int
    """How many values."""
    removed_bytes: int
    """How many bytes."""

    def __init__(
        self,
        *,
        removed_count: int = 0,
        removed_bytes: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'removed_count', removed_count)
        put(self, 'removed_bytes', removed_bytes)

    FIELDS = (
        ('removed_count', 1, 'removedCount', 'wide', 'one', '', 'removed_count', False, 0),
        ('removed_bytes', 2, 'removedBytes', 'wide', 'one', '', 'removed_bytes', False, 0),
    )


class GetDiskUseRequest(Message):
    """Asks for the use of the disk."""

    __slots__ = __match_args__ = ()

    def __init__(self) -> None:
        pass

    FIELDS = (
    )


class DiskUse(Message):
    """What one asset or one run takes."""

    __slots__ = __match_args__ = ('asset_key', 'run_id', 'value_count', 'size_bytes')
    asset_key: KeyText | None
    """Values of an asset, all versions."""
    run_id: RunId | None
    """Values that a run wrote, assets and intermediates."""
    value_count: int
    """How many values."""
    size_bytes: int
    """How many bytes."""

    def __init__(
        self,
        *,
        asset_key: KeyText | None = None,
        run_id: RunId | None = None,
        value_count: int = 0,
        size_bytes: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'run_id', run_id)
        put(self, 'value_count', value_count)
        put(self, 'size_bytes', size_bytes)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'maybe', '', 'asset_key', False, 0),
        ('run_id', 2, 'runId', 'text', 'maybe', '', 'run_id', False, 0),
        ('value_count', 3, 'valueCount', 'wide', 'one', '', 'value_count', False, 0),
        ('size_bytes', 4, 'sizeBytes', 'wide', 'one', '', 'size_bytes', False, 0),
    )
    ONEOFS = (('of', ('asset_key', 'run_id'), False),)


class GetDiskUseResponse(Message):
    """Some of the use, at most 500."""

    __slots__ = __match_args__ = ('uses',)
    uses: tuple[DiskUse, ...]
    """Assets first, then runs, each largest first."""

    def __init__(
        self,
        *,
        uses: tuple[DiskUse, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'uses', uses)

    FIELDS = (
        ('uses', 1, 'uses', 'message', 'many', 'DiskUse', 'uses', False, 0),
    )


class ListAssetsRequest(Message):
    """Asks for assets."""

    __slots__ = __match_args__ = ('page_size', 'page_token', 'location')
    page_size: int
    """See the service."""
    page_token: str
    """See the service."""
    location: str
    """Only this location's. Empty: all."""

    def __init__(
        self,
        *,
        page_size: int = 0,
        page_token: str = "",
        location: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'page_size', page_size)
        put(self, 'page_token', page_token)
        put(self, 'location', location)

    FIELDS = (
        ('page_size', 1, 'pageSize', 'whole', 'one', '', 'page_size', False, 0),
        ('page_token', 2, 'pageToken', 'text', 'one', '', 'page_token', False, 0),
        ('location', 3, 'location', 'text', 'one', '', 'location', False, 0),
    )


class AssetEntry(Message):
    """An asset and its latest materialization."""

    __slots__ = __match_args__ = ('asset', 'location', 'latest')
    asset: Asset | None
    """The asset."""
    location: str
    """The location that makes it, or that declares it when none makes it."""
    latest: Materialization | None
    """Unset: never materialized."""

    def __init__(
        self,
        *,
        asset: Asset | None = None,
        location: str = "",
        latest: Materialization | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset', asset)
        put(self, 'location', location)
        put(self, 'latest', latest)

    FIELDS = (
        ('asset', 1, 'asset', 'message', 'maybe', 'Asset', 'asset', False, 0),
        ('location', 2, 'location', 'text', 'one', '', 'location', False, 0),
        ('latest', 3, 'latest', 'message', 'maybe', 'Materialization', 'latest', False, 0),
    )


class ListAssetsResponse(Message):
    """Assets."""

    __slots__ = __match_args__ = ('assets', 'next_page_token')
    assets: tuple[AssetEntry, ...]
    """Sorted by key."""
    next_page_token: str
    """Empty: no more."""

    def __init__(
        self,
        *,
        assets: tuple[AssetEntry, ...] = (),
        next_page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'assets', assets)
        put(self, 'next_page_token', next_page_token)

    FIELDS = (
        ('assets', 1, 'assets', 'message', 'many', 'AssetEntry', 'assets', False, 0),
        ('next_page_token', 2, 'nextPageToken', 'text', 'one', '', 'next_page_token', False, 0),
    )


class ListMaterializationsRequest(Message):
    """Asks for materializations."""

    __slots__ = __match_args__ = ('asset_key', 'run_id', 'page_size', 'page_token', 'partition_key')
    asset_key: KeyText
    """Only of this asset. Empty: of any."""
    run_id: RunId
    """Only by this run. Empty: by any."""
    page_size: int
    """See the service."""
    page_token: str
    """See the service."""
    partition_key: str
    """Only of this partition of the asset. Empty: of any."""

    def __init__(
        self,
        *,
        asset_key: KeyText = KeyText(""),
        run_id: RunId = RunId(""),
        page_size: int = 0,
        page_token: str = "",
        partition_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'run_id', run_id)
        put(self, 'page_size', page_size)
        put(self, 'page_token', page_token)
        put(self, 'partition_key', partition_key)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', False, 0),
        ('run_id', 2, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('page_size', 3, 'pageSize', 'whole', 'one', '', 'page_size', False, 0),
        ('page_token', 4, 'pageToken', 'text', 'one', '', 'page_token', False, 0),
        ('partition_key', 5, 'partitionKey', 'text', 'one', '', 'partition_key', False, 0),
    )


class ListMaterializationsResponse(Message):
    """Materializations."""

    __slots__ = __match_args__ = ('materializations', 'next_page_token')
    materializations: tuple[Materialization, ...]
    """Newest first."""
    next_page_token: str
    """Empty: no more."""

    def __init__(
        self,
        *,
        materializations: tuple[Materialization, ...] = (),
        next_page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'materializations', materializations)
        put(self, 'next_page_token', next_page_token)

    FIELDS = (
        ('materializations', 1, 'materializations', 'message', 'many', 'Materialization', 'materializations', False, 0),
        ('next_page_token', 2, 'nextPageToken', 'text', 'one', '', 'next_page_token', False, 0),
    )


class ListCheckEvaluationsRequest(Message):
    """Asks for results of checks."""

    __slots__ = __match_args__ = ('asset_key', 'check_name', 'run_id', 'page_size', 'page_token')
    asset_key: KeyText
    """Only of this asset. Empty: of any."""
    check_name: str
    """Only of the check of this name. Empty: of any."""
    run_id: RunId
    """Only of this run. Empty: of any."""
    page_size: int
    """See the service."""
    page_token: str
    """See the service."""

    def __init__(
        self,
        *,
        asset_key: KeyText = KeyText(""),
        check_name: str = "",
        run_id: RunId = RunId(""),
        page_size: int = 0,
        page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'check_name', check_name)
        put(self, 'run_id', run_id)
        put(self, 'page_size', page_size)
        put(self, 'page_token', page_token)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', False, 0),
        ('check_name', 2, 'checkName', 'text', 'one', '', 'check_name', False, 0),
        ('run_id', 3, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('page_size', 4, 'pageSize', 'whole', 'one', '', 'page_size', False, 0),
        ('page_token', 5, 'pageToken', 'text', 'one', '', 'page_token', False, 0),
    )


class ListObservationsRequest(Message):
    """Asks for observations of assets."""

    __slots__ = __match_args__ = ('asset_key', 'run_id', 'page_size', 'page_token')
    asset_key: KeyText
    """Only of this asset. Empty: of any."""
    run_id: RunId
    """Only of this run. Empty: of any."""
    page_size: int
    """See the service."""
    page_token: str
    """See the service."""

    def __init__(
        self,
        *,
        asset_key: KeyText = KeyText(""),
        run_id: RunId = RunId(""),
        page_size: int = 0,
        page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'run_id', run_id)
        put(self, 'page_size', page_size)
        put(self, 'page_token', page_token)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', False, 0),
        ('run_id', 2, 'runId', 'text', 'one', '', 'run_id', False, 0),
        ('page_size', 3, 'pageSize', 'whole', 'one', '', 'page_size', False, 0),
        ('page_token', 4, 'pageToken', 'text', 'one', '', 'page_token', False, 0),
    )


class ListObservationsResponse(Message):
    """Observations."""

    __slots__ = __match_args__ = ('observations', 'next_page_token')
    observations: tuple[Event, ...]
    """The events asset_observed, newest first."""
    next_page_token: str
    """Empty: no more."""

    def __init__(
        self,
        *,
        observations: tuple[Event, ...] = (),
        next_page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'observations', observations)
        put(self, 'next_page_token', next_page_token)

    FIELDS = (
        ('observations', 1, 'observations', 'message', 'many', 'Event', 'observations', False, 0),
        ('next_page_token', 2, 'nextPageToken', 'text', 'one', '', 'next_page_token', False, 0),
    )


class ListCheckEvaluationsResponse(Message):
    """Results of checks."""

    __slots__ = __match_args__ = ('evaluations', 'next_page_token')
    evaluations: tuple[Event, ...]
    """The events check_evaluated, newest first."""
    next_page_token: str
    """Empty: no more."""

    def __init__(
        self,
        *,
        evaluations: tuple[Event, ...] = (),
        next_page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'evaluations', evaluations)
        put(self, 'next_page_token', next_page_token)

    FIELDS = (
        ('evaluations', 1, 'evaluations', 'message', 'many', 'Event', 'evaluations', False, 0),
        ('next_page_token', 2, 'nextPageToken', 'text', 'one', '', 'next_page_token', False, 0),
    )


class AddDynamicPartitionsRequest(Message):
    """Asks for keys of a dynamic partitions definition to be added."""

    __slots__ = __match_args__ = ('name', 'partition_keys')
    name: str
    """The definition's name."""
    partition_keys: tuple[str, ...]
    """The keys, in the order in which they are added."""

    def __init__(
        self,
        *,
        name: str,
        partition_keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'partition_keys', partition_keys)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', True, 1),
        ('partition_keys', 2, 'partitionKeys', 'text', 'many', '', 'partition_keys', True, 1),
    )


class AddDynamicPartitionsResponse(Message):
    """What was added."""

    __slots__ = __match_args__ = ('added_keys',)
    added_keys: tuple[str, ...]
    """The keys that were not there before, in the order they were added."""

    def __init__(
        self,
        *,
        added_keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'added_keys', added_keys)

    FIELDS = (
        ('added_keys', 1, 'addedKeys', 'text', 'many', '', 'added_keys', False, 0),
    )


class RemoveDynamicPartitionsRequest(Message):
    """Asks for keys of a dynamic partitions definition to be removed."""

    __slots__ = __match_args__ = ('name', 'partition_keys')
    name: str
    """The definition's name."""
    partition_keys: tuple[str, ...]
    """The keys."""

    def __init__(
        self,
        *,
        name: str,
        partition_keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'partition_keys', partition_keys)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', True, 1),
        ('partition_keys', 2, 'partitionKeys', 'text', 'many', '', 'partition_keys', True, 1),
    )


class RemoveDynamicPartitionsResponse(Message):
    """What was removed."""

    __slots__ = __match_args__ = ('removed_keys',)
    removed_keys: tuple[str, ...]
    """The keys that were there, in the order they were asked for."""

    def __init__(
        self,
        *,
        removed_keys: tuple[str, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'removed_keys', removed_keys)

    FIELDS = (
        ('removed_keys', 1, 'removedKeys', 'text', 'many', '', 'removed_keys', False, 0),
    )


class ListDynamicPartitionsRequest(Message):
    """Asks for the keys of a dynamic partitions definition."""

    __slots__ = __match_args__ = ('name', 'page_size', 'page_token')
    name: str
    """The definition's name."""
    page_size: int
    """See the service."""
    page_token: str
    """See the service."""

    def __init__(
        self,
        *,
        name: str,
        page_size: int = 0,
        page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'name', name)
        put(self, 'page_size', page_size)
        put(self, 'page_token', page_token)

    FIELDS = (
        ('name', 1, 'name', 'text', 'one', '', 'name', True, 1),
        ('page_size', 2, 'pageSize', 'whole', 'one', '', 'page_size', False, 0),
        ('page_token', 3, 'pageToken', 'text', 'one', '', 'page_token', False, 0),
    )


class ListDynamicPartitionsResponse(Message):
    """Keys of a dynamic partitions definition."""

    __slots__ = __match_args__ = ('partition_keys', 'next_page_token')
    partition_keys: tuple[str, ...]
    """In the order they were added."""
    next_page_token: str
    """Empty: no more."""

    def __init__(
        self,
        *,
        partition_keys: tuple[str, ...] = (),
        next_page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'partition_keys', partition_keys)
        put(self, 'next_page_token', next_page_token)

    FIELDS = (
        ('partition_keys', 1, 'partitionKeys', 'text', 'many', '', 'partition_keys', False, 0),
        ('next_page_token', 2, 'nextPageToken', 'text', 'one', '', 'next_page_token', False, 0),
    )


class GetAssetPartitionsRequest(Message):
    """Asks for the partitions of an asset."""

    __slots__ = __match_args__ = ('asset_key', 'only_counts')
    asset_key: KeyText
    """The asset."""
    only_counts: bool
    """Only how many are in each state."""

    def __init__(
        self,
        *,
        asset_key: KeyText,
        only_counts: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'asset_key', asset_key)
        put(self, 'only_counts', only_counts)

    FIELDS = (
        ('asset_key', 1, 'assetKey', 'text', 'one', '', 'asset_key', True, 2),
        ('only_counts', 2, 'onlyCounts', 'flag', 'one', '', 'only_counts', False, 0),
    )


class GetAssetPartitionsResponse(Message):
    """A part of them; the first one holds all else."""

    __slots__ = __match_args__ = ('part',)
    part: AssetPartitions | None
    """The part."""

    def __init__(
        self,
        *,
        part: AssetPartitions | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'part', part)

    FIELDS = (
        ('part', 1, 'part', 'message', 'maybe', 'AssetPartitions', 'part', False, 0),
    )


class PlanBackfillRequest(Message):
    """Asks what a backfill would do."""

    __slots__ = __match_args__ = ('backfill',)
    backfill: BackfillRequest | None
    """The backfill."""

    def __init__(
        self,
        *,
        backfill: BackfillRequest | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill', backfill)

    FIELDS = (
        ('backfill', 1, 'backfill', 'message', 'maybe', 'BackfillRequest', 'backfill', False, 0),
    )


class PlanBackfillResponse(Message):
    """What it would do."""

    __slots__ = __match_args__ = ('plan',)
    plan: BackfillPlan | None
    """The plan."""

    def __init__(
        self,
        *,
        plan: BackfillPlan | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'plan', plan)

    FIELDS = (
        ('plan', 1, 'plan', 'message', 'maybe', 'BackfillPlan', 'plan', False, 0),
    )


class LaunchBackfillRequest(Message):
    """Asks for a backfill."""

    __slots__ = __match_args__ = ('backfill', 'tags', 'idempotency_key', 'max_runs', 'priority')
    backfill: BackfillRequest | None
    """What it makes."""
    tags: Mapping[str, str]
    """Tags of each run; they win over the job's."""
    idempotency_key: str
    """Names this request among the caller's. Empty: none."""
    max_runs: int
    """How many of its runs may be under way at once. 0: as many as the launcher has places for."""
    priority: int
    """See Backfill.priority."""

    def __init__(
        self,
        *,
        backfill: BackfillRequest | None = None,
        tags: Mapping[str, str] = NO_ENTRIES,
        idempotency_key: str = "",
        max_runs: int = 0,
        priority: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill', backfill)
        put(self, 'tags', tags)
        put(self, 'idempotency_key', idempotency_key)
        put(self, 'max_runs', max_runs)
        put(self, 'priority', priority)

    FIELDS = (
        ('backfill', 1, 'backfill', 'message', 'maybe', 'BackfillRequest', 'backfill', False, 0),
        ('tags', 2, 'tags', 'text', 'map', '', 'tags', False, 10),
        ('idempotency_key', 3, 'idempotencyKey', 'text', 'one', '', 'idempotency_key', False, 11),
        ('max_runs', 4, 'maxRuns', 'whole', 'one', '', 'max_runs', False, 23),
        ('priority', 5, 'priority', 'whole', 'one', '', 'priority', False, 0),
    )


class LaunchBackfillResponse(Message):
    """The backfill."""

    __slots__ = __match_args__ = ('backfill', 'existed')
    backfill: Backfill | None
    """As recorded."""
    existed: bool
    """The idempotency key was known: this is the earlier backfill."""

    def __init__(
        self,
        *,
        backfill: Backfill | None = None,
        existed: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill', backfill)
        put(self, 'existed', existed)

    FIELDS = (
        ('backfill', 1, 'backfill', 'message', 'maybe', 'Backfill', 'backfill', False, 0),
        ('existed', 2, 'existed', 'flag', 'one', '', 'existed', False, 0),
    )


class GetBackfillRequest(Message):
    """Asks for a backfill."""

    __slots__ = __match_args__ = ('backfill_id',)
    backfill_id: str
    """The backfill's id."""

    def __init__(
        self,
        *,
        backfill_id: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill_id', backfill_id)

    FIELDS = (
        ('backfill_id', 1, 'backfillId', 'text', 'one', '', 'backfill_id', False, 1),
    )


class GetBackfillResponse(Message):
    """The backfill."""

    __slots__ = __match_args__ = ('backfill',)
    backfill: Backfill | None
    """The backfill."""

    def __init__(
        self,
        *,
        backfill: Backfill | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill', backfill)

    FIELDS = (
        ('backfill', 1, 'backfill', 'message', 'maybe', 'Backfill', 'backfill', False, 0),
    )


class ListBackfillsRequest(Message):
    """Asks for backfills."""

    __slots__ = __match_args__ = ('page_size', 'page_token')
    page_size: int
    """See the service."""
    page_token: str
    """See the service."""

    def __init__(
        self,
        *,
        page_size: int = 0,
        page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'page_size', page_size)
        put(self, 'page_token', page_token)

    FIELDS = (
        ('page_size', 1, 'pageSize', 'whole', 'one', '', 'page_size', False, 0),
        ('page_token', 2, 'pageToken', 'text', 'one', '', 'page_token', False, 0),
    )


class ListBackfillsResponse(Message):
    """Backfills."""

    __slots__ = __match_args__ = ('backfills', 'next_page_token')
    backfills: tuple[Backfill, ...]
    """Newest first."""
    next_page_token: str
    """Empty: no more."""

    def __init__(
        self,
        *,
        backfills: tuple[Backfill, ...] = (),
        next_page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'backfills', backfills)
        put(self, 'next_page_token', next_page_token)

    FIELDS = (
        ('backfills', 1, 'backfills', 'message', 'many', 'Backfill', 'backfills', False, 0),
        ('next_page_token', 2, 'nextPageToken', 'text', 'one', '', 'next_page_token', False, 0),
    )


class ListBackfillPartitionsRequest(Message):
    """Asks for the partitions of a backfill."""

    __slots__ = __match_args__ = ('backfill_id', 'page_size', 'page_token')
    backfill_id: str
    """The backfill's id."""
    page_size: int
    """See the service."""
    page_token: str
    """See the service."""

    def __init__(
        self,
        *,
        backfill_id: str = "",
        page_size: int = 0,
        page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill_id', backfill_id)
        put(self, 'page_size', page_size)
        put(self, 'page_token', page_token)

    FIELDS = (
        ('backfill_id', 1, 'backfillId', 'text', 'one', '', 'backfill_id', False, 1),
        ('page_size', 2, 'pageSize', 'whole', 'one', '', 'page_size', False, 0),
        ('page_token', 3, 'pageToken', 'text', 'one', '', 'page_token', False, 0),
    )


class ListBackfillPartitionsResponse(Message):
    """Partitions of a backfill."""

    __slots__ = __match_args__ = ('partitions', 'next_page_token')
    partitions: tuple[BackfillPartition, ...]
    """In the order of their definition."""
    next_page_token: str
    """Empty: no more."""

    def __init__(
        self,
        *,
        partitions: tuple[BackfillPartition, ...] = (),
        next_page_token: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'partitions', partitions)
        put(self, 'next_page_token', next_page_token)

    FIELDS = (
        ('partitions', 1, 'partitions', 'message', 'many', 'BackfillPartition', 'partitions', False, 0),
        ('next_page_token', 2, 'nextPageToken', 'text', 'one', '', 'next_page_token', False, 0),
    )


class WatchBackfillRequest(Message):
    """Asks to be told of a backfill."""

    __slots__ = __match_args__ = ('backfill_id',)
    backfill_id: str
    """The backfill's id."""

    def __init__(
        self,
        *,
        backfill_id: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill_id', backfill_id)

    FIELDS = (
        ('backfill_id', 1, 'backfillId', 'text', 'one', '', 'backfill_id', False, 1),
    )


class WatchBackfillResponse(Message):
    """A backfill as it is now."""

    __slots__ = __match_args__ = ('backfill',)
    backfill: Backfill | None
    """The backfill."""

    def __init__(
        self,
        *,
        backfill: Backfill | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill', backfill)

    FIELDS = (
        ('backfill', 1, 'backfill', 'message', 'maybe', 'Backfill', 'backfill', False, 0),
    )


class CancelBackfillRequest(Message):
    """Asks for a backfill's end."""

    __slots__ = __match_args__ = ('backfill_id', 'reason')
    backfill_id: str
    """The backfill's id."""
    reason: str
    """Why, for people and for the log of its runs."""

    def __init__(
        self,
        *,
        backfill_id: str = "",
        reason: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill_id', backfill_id)
        put(self, 'reason', reason)

    FIELDS = (
        ('backfill_id', 1, 'backfillId', 'text', 'one', '', 'backfill_id', False, 1),
        ('reason', 2, 'reason', 'text', 'one', '', 'reason', False, 12),
    )


class CancelBackfillResponse(Message):
    """The backfill."""

    __slots__ = __match_args__ = ('backfill',)
    backfill: Backfill | None
    """After the request was recorded."""

    def __init__(
        self,
        *,
        backfill: Backfill | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill', backfill)

    FIELDS = (
        ('backfill', 1, 'backfill', 'message', 'maybe', 'Backfill', 'backfill', False, 0),
    )


class RetryBackfillRequest(Message):
    """Asks for a backfill of what another one did not make."""

    __slots__ = __match_args__ = ('backfill_id', 'idempotency_key')
    backfill_id: str
    """The other one's id."""
    idempotency_key: str
    """Names this request among the caller's. Empty: none."""

    def __init__(
        self,
        *,
        backfill_id: str = "",
        idempotency_key: str = "",
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill_id', backfill_id)
        put(self, 'idempotency_key', idempotency_key)

    FIELDS = (
        ('backfill_id', 1, 'backfillId', 'text', 'one', '', 'backfill_id', False, 1),
        ('idempotency_key', 2, 'idempotencyKey', 'text', 'one', '', 'idempotency_key', False, 11),
    )


class RetryBackfillResponse(Message):
    """The backfill."""

    __slots__ = __match_args__ = ('backfill', 'existed')
    backfill: Backfill | None
    """As recorded; limits, priority and tags are those of the other one."""
    existed: bool
    """The idempotency key was known: this is the earlier backfill."""

    def __init__(
        self,
        *,
        backfill: Backfill | None = None,
        existed: bool = False,
    ) -> None:
        put = object.__setattr__
        put(self, 'backfill', backfill)
        put(self, 'existed', existed)

    FIELDS = (
        ('backfill', 1, 'backfill', 'message', 'maybe', 'Backfill', 'backfill', False, 0),
        ('existed', 2, 'existed', 'flag', 'one', '', 'existed', False, 0),
    )


ENUMS['LogStream'] = EnumSchema(LogStream, 'LOG_STREAM_', {0: 'unspecified', 1: 'stdout', 2: 'stderr', 3: 'log'})
ENUMS['GarbageReason'] = EnumSchema(GarbageReason, 'GARBAGE_REASON_', {0: 'unspecified', 1: 'uncommitted', 2: 'superseded', 3: 'intermediate'})
MESSAGES['GetLauncherRequest'] = GetLauncherRequest
MESSAGES['GetLauncherResponse'] = GetLauncherResponse
MESSAGES['ListLocationsRequest'] = ListLocationsRequest
MESSAGES['ListLocationsResponse'] = ListLocationsResponse
MESSAGES['ReloadLocationRequest'] = ReloadLocationRequest
MESSAGES['ReloadLocationResponse'] = ReloadLocationResponse
MESSAGES['StreamGraphRequest'] = StreamGraphRequest
MESSAGES['StreamGraphResponse'] = StreamGraphResponse
MESSAGES['PlanRunRequest'] = PlanRunRequest
MESSAGES['PlanRunResponse'] = PlanRunResponse
MESSAGES['ExplainSelectionRequest'] = ExplainSelectionRequest
MESSAGES['ExplainSelectionResponse'] = ExplainSelectionResponse
MESSAGES['LaunchRunRequest'] = LaunchRunRequest
MESSAGES['LaunchRunResponse'] = LaunchRunResponse
MESSAGES['GetRunRequest'] = GetRunRequest
MESSAGES['GetRunResponse'] = GetRunResponse
MESSAGES['ListRunsRequest'] = ListRunsRequest
MESSAGES['ListRunsResponse'] = ListRunsResponse
MESSAGES['ListRunStepsRequest'] = ListRunStepsRequest
MESSAGES['ListRunStepsResponse'] = ListRunStepsResponse
MESSAGES['WatchRunRequest'] = WatchRunRequest
MESSAGES['WatchRunResponse'] = WatchRunResponse
MESSAGES['ReadLogsRequest'] = ReadLogsRequest
MESSAGES['ReadLogsResponse'] = ReadLogsResponse
MESSAGES['ReadTextRequest'] = ReadTextRequest
MESSAGES['ReadTextResponse'] = ReadTextResponse
MESSAGES['CancelRunRequest'] = CancelRunRequest
MESSAGES['CancelRunResponse'] = CancelRunResponse
MESSAGES['GetStepTaskRequest'] = GetStepTaskRequest
MESSAGES['GetStepTaskResponse'] = GetStepTaskResponse
MESSAGES['PlanGarbageRequest'] = PlanGarbageRequest
MESSAGES['Garbage'] = Garbage
MESSAGES['PlanGarbageResponse'] = PlanGarbageResponse
MESSAGES['CollectGarbageRequest'] = CollectGarbageRequest
MESSAGES['CollectGarbageResponse'] = CollectGarbageResponse
MESSAGES['GetDiskUseRequest'] = GetDiskUseRequest
MESSAGES['DiskUse'] = DiskUse
MESSAGES['GetDiskUseResponse'] = GetDiskUseResponse
MESSAGES['ListAssetsRequest'] = ListAssetsRequest
MESSAGES['AssetEntry'] = AssetEntry
MESSAGES['ListAssetsResponse'] = ListAssetsResponse
MESSAGES['ListMaterializationsRequest'] = ListMaterializationsRequest
MESSAGES['ListMaterializationsResponse'] = ListMaterializationsResponse
MESSAGES['ListCheckEvaluationsRequest'] = ListCheckEvaluationsRequest
MESSAGES['ListObservationsRequest'] = ListObservationsRequest
MESSAGES['ListObservationsResponse'] = ListObservationsResponse
MESSAGES['ListCheckEvaluationsResponse'] = ListCheckEvaluationsResponse
MESSAGES['AddDynamicPartitionsRequest'] = AddDynamicPartitionsRequest
MESSAGES['AddDynamicPartitionsResponse'] = AddDynamicPartitionsResponse
MESSAGES['RemoveDynamicPartitionsRequest'] = RemoveDynamicPartitionsRequest
MESSAGES['RemoveDynamicPartitionsResponse'] = RemoveDynamicPartitionsResponse
MESSAGES['ListDynamicPartitionsRequest'] = ListDynamicPartitionsRequest
MESSAGES['ListDynamicPartitionsResponse'] = ListDynamicPartitionsResponse
MESSAGES['GetAssetPartitionsRequest'] = GetAssetPartitionsRequest
MESSAGES['GetAssetPartitionsResponse'] = GetAssetPartitionsResponse
MESSAGES['PlanBackfillRequest'] = PlanBackfillRequest
MESSAGES['PlanBackfillResponse'] = PlanBackfillResponse
MESSAGES['LaunchBackfillRequest'] = LaunchBackfillRequest
MESSAGES['LaunchBackfillResponse'] = LaunchBackfillResponse
MESSAGES['GetBackfillRequest'] = GetBackfillRequest
MESSAGES['GetBackfillResponse'] = GetBackfillResponse
MESSAGES['ListBackfillsRequest'] = ListBackfillsRequest
MESSAGES['ListBackfillsResponse'] = ListBackfillsResponse
MESSAGES['ListBackfillPartitionsRequest'] = ListBackfillPartitionsRequest
MESSAGES['ListBackfillPartitionsResponse'] = ListBackfillPartitionsResponse
MESSAGES['WatchBackfillRequest'] = WatchBackfillRequest
MESSAGES['WatchBackfillResponse'] = WatchBackfillResponse
MESSAGES['CancelBackfillRequest'] = CancelBackfillRequest
MESSAGES['CancelBackfillResponse'] = CancelBackfillResponse
MESSAGES['RetryBackfillRequest'] = RetryBackfillRequest
MESSAGES['RetryBackfillResponse'] = RetryBackfillResponse
