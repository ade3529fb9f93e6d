"""What a caller asks to have run, and what it is made into before it is recorded."""

from __future__ import annotations

from collections.abc import Mapping

from treadle_contract import json_codec
from treadle_contract.config_data import as_json
from treadle_contract.fields import fields_of
from treadle_contract.lazy_dataclasses import dataclass, field, field_names
from treadle_contract.message import Message
from treadle_contract.plan import PlanOptions, Reexecution, Selection
from treadle_launcher.backfills.backfill import BackfillPlace
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.rerunning import EarlierRun
from treadle_launcher.runs.run_summary import RunSummary
from treadle_launcher.store.records import RequestFields


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLimits:
    """How long a run may take, and how often a lost step is tried again.

    0 is no limit, and never. None is as the run that is gone on from, else 0.
    """

    timeout_ms: int | None = None
    retry_lost: int | None = None

    def of_run(self, earlier: RunSummary | None) -> RunLimits:
        """Return what a run gets: what is asked for, else what the run before it had."""
        before: RunLimits | RunSummary = (
            RunLimits(timeout_ms=0, retry_lost=0) if earlier is None else earlier
        )
        given = ((name, getattr(self, name)) for name in _limits())
        return RunLimits(
            **{name: getattr(before, name) if limit is None else limit for name, limit in given}
        )

    def named(self, *, is_again: bool) -> RequestFields:
        """Return what is named of them in a request; 0 only where it takes a run's away."""
        none = "none" if is_again else 0
        given = ((name, getattr(self, name)) for name in _limits())
        return {name: limit or none for name, limit in given if limit is not None}


def _limits() -> tuple[str, ...]:
    return field_names(RunLimits) or ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchRequest:
    """What a caller asks to have run. `digest` and `fingerprint` pin the plan that they saw.

    A `reexecution` has the location, selection and options of the run that it goes on from. A run
    `of_backfill` makes that part of one: it is launched once, however often it is asked for.
    """

    location: str
    selection: Selection
    options: PlanOptions
    tags: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = ""
    digest: str = ""
    fingerprint: str = ""
    reexecution: Reexecution | None = None
    limits: RunLimits = field(default_factory=RunLimits)
    of_backfill: BackfillPlace | None = None

    @property
    def fields(self) -> RequestFields:
        """All of it by name, so that a later request of the same key can be compared with it.

        Of what was asked for before there was a field, that is not given.
        """
        return {
            "location": self.location,
            "tags": self.tags,
            "digest": self.digest,
            "fingerprint": self.fingerprint,
            **_named(self.selection),
            **_named(self.options),
            **_named(self.reexecution),
            **self.limits.named(is_again=self.reexecution is not None),
        }

    @property
    def is_pinned(self) -> bool:
        """Whether nothing but the plan that the caller saw may run."""
        return bool(self.digest or self.fingerprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Launchable:
    """A resolved plan, and how the process that runs it is started: both of one digest.

    `earlier` is the run that a re-execution goes on from.
    """

    plan: Plan
    launch_spec: LaunchSpec
    tags: Mapping[str, str]
    earlier: EarlierRun | None = None


def _named(message: Message | None) -> RequestFields:
    """Return the fields of a message of plain values by name; what is not set is blank."""
    if message is None:
        return {}
    said = {field.slot: getattr(message, field.slot) for field in fields_of(type(message))}
    config = {name: as_json(each) for name, each in said.items() if isinstance(each, Mapping)}
    parts = {
        name: tuple([json_codec.dumps(each).decode() for each in value])
        for name, value in said.items()
        if isinstance(value, tuple) and value and isinstance(value[0], Message)
    }
    whole = {
        name: json_codec.dumps(value).decode()
        for name, value in said.items()
        if isinstance(value, Message)
    }
    named = {**said, **config, **parts, **whole}
    return {name: "" if value is None else value for name, value in named.items()}
