"""What a user says of how a step runs: when it is tried again, how long it may take, what it may
use.

Generated from policy.proto by scripts/gen_protos.py: change that file, then `make protos`.
"""

from __future__ import annotations


from treadle_contract.message import ContractEnum, ENUMS, EnumSchema, MESSAGES, Message


class Backoff(ContractEnum):
    """How the delay before a retry grows."""

    LINEAR = "linear"
    """The delay times the number of the retry."""
    EXPONENTIAL = "exponential"
    """The delay times two to the power of the retries before this one."""


class Jitter(ContractEnum):
    """How chance changes a delay, so that steps that failed together are not tried together."""

    FULL = "full"
    """Between nothing and the whole delay."""
    PLUS_MINUS = "plus_minus"
    """Between half of the delay less and half of it more."""


class RetryCause(ContractEnum):
    """A way to fail that a policy may cover. Equal in name to the FailureReason."""

    USER_ERROR = "user_error"
    """The user's code, or a rule about what it returned."""
    TIMEOUT = "timeout"
    """A deadline of the step passed."""
    OOM = "oom"
    """The memory limit was met."""
    SIGNAL = "signal"
    """A signal that Treadle did not send ended the process."""
    EXIT = "exit"
    """The process ended by itself before it reported."""
    LOST = "lost"
    """The host that ran it is gone, after the user's code had begun."""


class RetryPolicy(Message):
    """When a step that failed is tried again."""

    __slots__ = __match_args__ = ('max_retries', 'delay_ms', 'backoff', 'jitter', 'on')
    max_retries: int
    """How many further attempts there may be."""
    delay_ms: int
    """The delay before the first of them, in milliseconds."""
    backoff: Backoff | None
    """How the delay grows."""
    jitter: Jitter | None
    """How chance changes it."""
    on: tuple[RetryCause, ...]
    """What is covered, sorted by number; never empty."""

    def __init__(
        self,
        *,
        max_retries: int = 0,
        delay_ms: int = 0,
        backoff: Backoff | None = None,
        jitter: Jitter | None = None,
        on: tuple[RetryCause, ...] = (),
    ) -> None:
        put = object.__setattr__
        put(self, 'max_retries', max_retries)
        put(self, 'delay_ms', delay_ms)
        put(self, 'backoff', backoff)
        put(self, 'jitter', jitter)
        put(self, 'on', on)

    FIELDS = (
        ('max_retries', 1, 'maxRetries', 'whole', 'one', '', 'max_retries', False, 23),
        ('delay_ms', 2, 'delayMs', 'wide', 'one', '', 'delay_ms', False, 19),
        ('backoff', 3, 'backoff', 'enum', 'maybe', 'Backoff', 'backoff', False, 0),
        ('jitter', 4, 'jitter', 'enum', 'maybe', 'Jitter', 'jitter', False, 0),
        ('on', 5, 'on', 'enum', 'many', 'RetryCause', 'on', False, 0),
    )


class Limits(Message):
    """What each process of one attempt may use, its children counted by themselves. 0: no limit."""

    __slots__ = __match_args__ = ('memory_bytes', 'cpu_seconds', 'open_files', 'niceness')
    memory_bytes: int
    """Private memory that can be written to, in bytes."""
    cpu_seconds: int
    """CPU time, in seconds."""
    open_files: int
    """Open files."""
    niceness: int
    """What is added to the niceness of the host: 0 to 19."""

    def __init__(
        self,
        *,
        memory_bytes: int = 0,
        cpu_seconds: int = 0,
        open_files: int = 0,
        niceness: int = 0,
    ) -> None:
        put = object.__setattr__
        put(self, 'memory_bytes', memory_bytes)
        put(self, 'cpu_seconds', cpu_seconds)
        put(self, 'open_files', open_files)
        put(self, 'niceness', niceness)

    FIELDS = (
        ('memory_bytes', 1, 'memoryBytes', 'wide', 'one', '', 'memory_bytes', False, 23),
        ('cpu_seconds', 2, 'cpuSeconds', 'wide', 'one', '', 'cpu_seconds', False, 21),
        ('open_files', 3, 'openFiles', 'whole', 'one', '', 'open_files', False, 23),
        ('niceness', 4, 'niceness', 'whole', 'one', '', 'niceness', False, 25),
    )


ENUMS['Backoff'] = EnumSchema(Backoff, 'BACKOFF_', {0: 'unspecified', 1: 'linear', 2: 'exponential'})
ENUMS['Jitter'] = EnumSchema(Jitter, 'JITTER_', {0: 'unspecified', 1: 'full', 2: 'plus_minus'})
ENUMS['RetryCause'] = EnumSchema(RetryCause, 'RETRY_CAUSE_', {0: 'unspecified', 1: 'user_error', 2: 'timeout', 3: 'oom', 4: 'signal', 5: 'exit', 6: 'lost'})
MESSAGES['RetryPolicy'] = RetryPolicy
MESSAGES['Limits'] = Limits
