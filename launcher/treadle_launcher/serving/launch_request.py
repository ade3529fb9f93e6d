"""What a caller asks to have run, and what it is made into before it is recorded."""

from __future__ import annotations

from collections.abc import Mapping

from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.plan import PlanOptions, Reexecution, Selection
from treadle_launcher.locations.launch_spec import LaunchSpec
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.rerunning import EarlierRun


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchRequest:
    """What a caller asks to have run. `digest` and `fingerprint` pin the plan that they saw.

    A `reexecution` has the location, selection and options of the run that it goes on from.
    `timeout_ms` and `retry_lost`: 0 is no limit, and none; None is that run's, else 0.
    """

    location: str
    selection: Selection
    options: PlanOptions
    tags: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str = ""
    digest: str = ""
    fingerprint: str = ""
    reexecution: Reexecution | None = None
    timeout_ms: int | None = None
    retry_lost: int | None = None

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
