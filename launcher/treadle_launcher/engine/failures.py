"""Why a run or an attempt failed for its host's sake, in words. Pure."""

from __future__ import annotations

import traceback

from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import Failure, FailureReason
from treadle_contract.value import Text
from treadle_contract.worker import Hello, HostState
from treadle_launcher.engine.awaited import Awaited
from treadle_launcher.engine.host import Host
from treadle_launcher.hosts.frames import PROTOCOL_VERSION
from treadle_launcher.runs.failure import MAKING_WHAT_WAS_LOST
from treadle_launcher.runs.run_view import RunView


def not_started(location: str, cause: str, remedy: str) -> Failure:
    """Return why a run failed whose host could not be started at all."""
    message = f"No host for {location}: {cause}. {remedy}."
    return Failure(reason=FailureReason.START_FAILED, message=message)


def unfit(host: Host, hello: Hello) -> Failure:
    """Return why a run failed whose host cannot serve: of its code, or of its version."""
    if hello.protocol_version != PROTOCOL_VERSION:
        return _other_version(host, hello.protocol_version)
    if hello.state is HostState.STALE and (hello.changes or hello.failure is None):
        changes = "; ".join(hello.changes) or "it does not say in what"
        found = stale(f"the host got other code than was planned: {changes}")
        if hello.failure is None:
            return found if hello.changes else _by(found, "Hello.changes")
        return replace(found, traceback=hello.failure.traceback, source=hello.failure.source)
    if hello.failure is not None:
        return hello.failure
    message = f"The host of {host.location} could not import its code, and does not say why."
    found = Failure(reason=FailureReason.START_FAILED, message=message, stderr_tail=_tail(host))
    return _by(found, "Hello.failure")


def stale(why: str) -> Failure:
    """Return why a run failed whose plan is not what the code says any more."""
    message = f"The code is not the code that was planned: {why}. Plan and launch again."
    return Failure(reason=FailureReason.STALE, message=message)


def unstable(why: str) -> Failure:
    """Return why a run failed whose code defines something else at each import."""
    return Failure(reason=FailureReason.UNSTABLE, message=why)


def _other_version(host: Host, version: int) -> Failure:
    message = (
        f"The host of {host.location} speaks version {version} of the host protocol, and this"
        f" launcher version {PROTOCOL_VERSION}: Treadle was installed anew since the launcher was"
        " started. Start it again; no run is lost by that."
    )
    found = Failure(reason=FailureReason.START_FAILED, message=message)
    return _by(found, "Hello.protocol_version")


def ended_early(host: Host) -> Failure:
    """Return why a run failed whose host ended before it was ready."""
    reason = FailureReason.INTERNAL if host.fault else FailureReason.START_FAILED
    said = "It had said nothing yet"
    if host.said is not None:
        said = f"It had said that it is {host.said.name}, and READY was waited for"
    message = f"The host of {host.location} did not get ready: {_ending(host)}. {said}."
    found = Failure(reason=reason, message=message, stderr_tail=_tail(host))
    return _by(found, "HostFrame.hello" if host.said is None else "Hello.state")


def lost(host: Host) -> Failure:
    """Return why an attempt failed whose host is gone."""
    reason = FailureReason.INTERNAL if host.fault else FailureReason.LOST
    whose = f"The host of {host.location}" if host.fault else "The host that ran it"
    message = (
        f"{whose} is gone: {_ending(host)}. What it had not committed does not"
        f" exist. {MAKING_WHAT_WAS_LOST}"
    )
    found = Failure(reason=reason, message=message, stderr_tail=_tail(host))
    # Who ends as it should has told the end of all that it began.
    return _by(found, *host.unsaid, *(("JournalRecord.fact",) if host.left_by_itself else ()))


def not_kept(output: str, problem: str) -> Failure:
    """Return why an attempt failed that stored what is not there any more."""
    message = (
        f"What it made as output {output!r} was lost before it was recorded: {problem}."
        f" {MAKING_WHAT_WAS_LOST}"
    )
    found = Failure(reason=FailureReason.LOST, message=message)
    return _by(found, "ValueRef.key", "ValueRef.size_bytes")


def unreadable(host: Host, damage: str) -> Failure:
    """Return why an attempt failed whose host is gone, and what that had told cannot be read."""
    found = lost(host)
    return replace(found, message=f"{found.message} Its journal is damaged: {damage}.")


def timed_out(host: Host, timeout_ms: int) -> Failure:
    """Return why an attempt failed that took too long, and whose host did not end it."""
    message = f"It timed out after {timeout_ms / 1000:g} s; {_ending(host)}."
    found = Failure(reason=FailureReason.TIMEOUT, message=message, stderr_tail=_tail(host))
    return _by(found, *host.unsaid)


def unsound(error: Exception) -> Failure:
    """Return why a run failed whose serving raised: a fault of ours, or a plan that none can be."""
    message = (
        f"The launcher could not go on with the run: {type(error).__name__}: {error}. Launch it"
        " again, and report this with the launcher's log."
    )
    trace = "".join(traceback.format_exception(error))
    return Failure(
        reason=FailureReason.INTERNAL,
        message=_recordable(message),
        error_class=type(error).__name__,
        traceback=Text(head=_recordable(trace)),
    )


def overdue(view: RunView, awaited: Awaited) -> Failure:
    """Return why a run failed that timed out, and what it waited for then."""
    summary = view.summary()
    seconds = summary.timeout_ms / 1000
    message = (
        f"The run timed out after {seconds:g} s; the steps that ran were terminated."
        f"{f' It waited for {awaited.words}.' if awaited.words else ''} What succeeded is kept: rerun"
        " the run with more time."
    )
    return _by(Failure(reason=FailureReason.TIMEOUT, message=message), *awaited.fields)


def refused(host: Host) -> Failure:
    """Return why an attempt has to be made again: the host did not take it."""
    message = f"The host of {host.location} was leaving and did not take the task."
    return _by(Failure(reason=FailureReason.LOST, message=message), "Ack.state")


def in_vain(host: Host, hosts: int) -> Failure:
    """Return why a run failed for which several hosts in a row ended before they took a task."""
    message = (
        f"{hosts} hosts of {host.location} in a row ended, or were killed, before one took a task"
        f" of the run; the last: {_ending(host)}."
    )
    found = Failure(reason=FailureReason.START_FAILED, message=message, stderr_tail=_tail(host))
    return _by(found, "Ack.state", *host.unsaid)


def never_taken(host: Host, tries: int) -> Failure:
    """Return why a step failed that no host took, though none said that it could not."""
    message = (
        f"{tries} hosts of {host.location} in a row ended, or left, before one took the task;"
        f" the last: {_ending(host)}."
    )
    found = Failure(reason=FailureReason.START_FAILED, message=message, stderr_tail=_tail(host))
    return _by(found, "Ack.state", *host.unsaid)


def _by(found: Failure, *fields: str) -> Failure:
    """Name the fields that tell it, last: for who writes a host, and for others to pass over."""
    named = ", ".join(dict.fromkeys(fields))
    return replace(found, message=f"{found.message} [contract: {named}]") if named else found


def _recordable(text: str) -> str:
    # What cannot be encoded may be the very fault.
    return text.encode(errors="backslashreplace").decode()


def _ending(host: Host) -> str:
    if host.why_killed:
        return host.why_killed
    return "its process is not there any more" if host.process is None else host.process.ending


def _tail(host: Host) -> Text | None:
    tail = host.folder.output_tail()
    return Text(head=tail) if tail else None
