"""Whether what was imported is what was planned, and in what it differs if not."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Final

from treadle.locations.details import differing
from treadle.locations.digest import named_digests
from treadle.locations.location import LoadedLocation
from treadle.locations.snapshot import Snapshot
from treadle_contract.lazy_dataclasses import dataclass, replace
from treadle_contract.run import Failure, FailureReason
from treadle_worker.host.host_spec import HostSpec
from treadle_worker.loading.origins import file_of

_NAMED: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCode:
    """A location that runs what was planned. `notes` say what in it is another all the same."""

    location: LoadedLocation
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCode:
    """The targets give another location: of this digest, "" if of none.

    `changes` name the files that are others, a line each; without any, `failure` says it all.
    """

    digest: str
    failure: Failure
    changes: tuple[str, ...] = ()


def compared(spec: HostSpec, location: LoadedLocation) -> PlannedCode | OtherCode:
    """Tell whether a location that was imported for a host runs what was planned."""
    found = location.snapshot
    if found.digest == spec.digest:
        return PlannedCode(location=location)
    names = differing(spec.definitions, named_digests(found)) if spec.definitions else ()
    if spec.core_digest and found.core_digest == spec.core_digest:
        # What it makes is recorded as made by what was planned.
        planned = location.with_snapshot(replace(found, digest=spec.digest))
        return PlannedCode(location=planned, notes=(_unlike(names),))
    changes = tuple(_file_changes(spec.files, found.manifest.files)) if spec.files else ()
    failure = _other(spec.digest, found) if changes or not names else _unstable(names)
    return OtherCode(digest=found.digest, failure=failure, changes=changes)


def _unlike(names: tuple[str, ...]) -> str:
    return (
        f"Not as it was when the code was loaded, though no source file is another: {_told(names)}."
        " The plan is the same, and the run goes on with what this import says."
    )


def _unstable(names: tuple[str, ...]) -> Failure:
    return Failure(
        reason=FailureReason.UNSTABLE,
        message="The code defines something else when it is imported again, though no source file"
        f" is another: {_told(names)}. Make it the same in every import, whatever the time, random"
        " numbers and the process are. If it comes from a file that the code reads, `treadle"
        " reload` loads that anew.",
    )


def _other(expected: str, found: Snapshot) -> Failure:
    return Failure(
        reason=FailureReason.STALE,
        message=f"The code is not what was planned: its digest is {found.digest[:12]}…, the plan's"
        f" {expected[:12]}…. Reload the location and plan again.",
    )


def _told(names: tuple[str, ...]) -> str:
    if not names:
        return "which definition is not known"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return "; ".join(names[:_NAMED]) + more


def _file_changes(expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(expected.keys() | found.keys()):
        path = file_of(sys.modules[name]) if name in sys.modules else None
        if name not in found:
            yield f"file {path or name} is imported no more"
        elif name not in expected:
            yield f"file {path or name} is new"
        elif expected[name] != found[name]:
            yield f"file {path or name} changed"
