"""Events as lines for people; what only machines need has none."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final

from treadle_client import _messages
from treadle_client._messages import Event, Failure, RunState
from treadle_client._result import describe_failure, failure_details, shown_stderr
from treadle_client.cli.pages.check_words import facts_of, is_blocked, outcome_of
from treadle_client.text._facts import facts_text
from treadle_client.text._table import one_line
from treadle_client.text._words import count, span
from treadle_contract.lazy_dataclasses import dataclass

_LONG: Final = timedelta(seconds=1)
"""What storing a value takes that is worth a line."""


class Tone(StrEnum):
    """How loud a line is. The value is its style on a terminal."""

    PLAIN = ""
    QUIET = "dim"
    GOOD = "green"
    WARNING = "yellow"
    BAD = "red"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line about one event, and what belongs below it: a traceback, the end of a stderr."""

    text: str
    tone: Tone = Tone.PLAIN
    below: str = ""


_KEYS_TOLD: Final = 5


def event_line(event: Event) -> Line | None:
    """Say what happened; None when it is not worth a person's line."""
    line = _run_line(event) or _step_line(event) or _output_line(event) or _hook_line(event)
    line = line or _told_line(event)
    if line is None or not event.step_key:
        return line
    again = f" (attempt {event.attempt})" if event.attempt > 1 else ""
    return Line(text=f"{event.step_key}{again} {line.text}", tone=line.tone, below=line.below)


def _run_line(event: Event) -> Line | None:
    match event:
        case _messages.RunSubmitted():
            again = f", again {event.reexecution}" if event.reexecution else ""
            return Line(
                text=f"run {event.run_id} submitted: {one_line(str(event.selection))}{again}"
            )
        case _messages.HostReady():
            return _host_line(event)
        case _messages.RunStarted():
            return Line(text=f"{count(event.step_count, 'step')} to run")
        case _messages.CancelRequested():
            because = f": {one_line(event.reason)}" if event.reason else ""
            return Line(text=f"cancel requested{because}", tone=Tone.WARNING)
        case _messages.RunFinished():
            return _finished_line(event)
        case _:
            return None


def _host_line(event: _messages.HostReady) -> Line | None:
    reason = event.start_method_reason
    spawned = (f"steps are spawned, not forked: {reason}",) if reason else ()
    told = (*spawned, *event.notes)
    if not told:
        return None
    return Line(text=told[0], tone=Tone.WARNING, below="\n".join(told[1:]))


def _finished_line(event: _messages.RunFinished) -> Line:
    made = f"{count(event.materialization_count, 'asset')} made"
    if event.unexpected_count:
        made += f", {event.unexpected_count} of them unexpected"
    why = f": {describe_failure(event.failure)}" if event.failure else ""
    tone = {RunState.SUCCEEDED: Tone.GOOD, RunState.FAILED: Tone.BAD}
    return Line(
        text=f"run {event.run_id} {event.state}, {made}{why}",
        tone=tone.get(event.state, Tone.WARNING),
        below=_evidence(event.failure) if event.failure else "",
    )


def _step_line(event: Event) -> Line | None:  # noqa: PLR0911 - a line a kind
    match event:
        case _messages.StepStarted():
            return Line(text="started", tone=Tone.QUIET)
        case _messages.StepSucceeded():
            return Line(text=f"succeeded in {span(event.duration)}", tone=Tone.GOOD)
        case _messages.StepFailed():
            return _failed_line("failed", event.failure, Tone.BAD)
        case _messages.StepRetryScheduled():
            return _retry_line(event)
        case _messages.StepSkipped():
            return Line(text=f"skipped: {_upstream(event)}", tone=Tone.QUIET)
        case _messages.StepNotRun():
            # Without one it is the run that ended, and its own line says why.
            return Line(text=f"not run: {_why_not_run(event)}", tone=Tone.WARNING)
        case _messages.StepRecomputed():
            return Line(text=f"runs again: {event.reason}", tone=Tone.WARNING)
        case _messages.StepReused():
            return Line(text=f"reused from run {event.from_run_id}", tone=Tone.QUIET)
        case _messages.StepCancelled():
            return _cancelled_line(event)
        case _messages.StepExpanded():
            return Line(text=_expanded(event))
        case _:
            return None


def _output_line(event: Event) -> Line | None:
    match event:
        case _messages.AssetMaterialized(unexpected=unexpected):
            how, tone = (", unexpectedly", Tone.WARNING) if unexpected else ("", Tone.PLAIN)
            return Line(text=f"made {_asset_of(event)}{how}", tone=tone)
        case _messages.OutputStored(duration=took) if took >= _LONG:
            return Line(text=f"stored {event.output} in {span(took)}", tone=Tone.QUIET)
        case _messages.OutputDiscarded(asset_keys=keys) if keys:
            return Line(text=f"discarded {event.output} ({', '.join(keys)})", tone=Tone.WARNING)
        case _messages.CheckEvaluated():
            return _check_line(event)
        case _messages.LogRecord():
            return Line(text=f"{event.level}: {event.message}", tone=Tone.WARNING)
        case _:
            return None


def _asset_of(
    event: _messages.AssetMaterialized | _messages.CheckEvaluated | _messages.AssetObserved,
) -> str:
    """Return the asset that an event speaks of, and the partition of it, if it has any."""
    partition = event.partition_key and f", partition {event.partition_key}"
    return f"{event.asset_key}{partition}"


def _told_line(event: Event) -> Line | None:
    """Say what the op said of an asset that it does not make, or of what it expected."""
    match event:
        case _messages.AssetObserved():
            how = "says it made" if event.materialized else "observed"
            text, tone = f"{how} {_asset_of(event)}", Tone.PLAIN
        case _messages.ExpectationEvaluated():
            what = f"expectation {one_line(event.label)}".rstrip()
            text = f"{what} {'holds' if event.success else 'does not hold'}"
            tone = Tone.PLAIN if event.success else Tone.WARNING
        case _:
            return None
    said = f": {one_line(event.description)}" if event.description else ""
    return Line(text=text + said, tone=tone, below="\n".join(facts_text(event.metadata)))


def _hook_line(event: Event) -> Line | None:
    match event:
        case _messages.HookCompleted():
            return Line(text=f"hook {event.hook} ran", tone=Tone.QUIET)
        case _messages.HookErrored():
            return _failed_line(f"hook {event.hook} failed", event.failure, Tone.WARNING)
        case _:
            return None


def _why_not_run(event: _messages.StepNotRun) -> str:
    if event.check:
        return f"check {event.check} did not hold, in {event.upstream_step_key}"
    # Without one it is the run that ended, and its own line says why.
    return f"{event.upstream_step_key} failed" if event.upstream_step_key else "the run ended"


def _check_line(event: _messages.CheckEvaluated) -> Line:
    told = " ".join([event.description, *facts_of(event)]).strip()
    is_bad = is_blocked(event)
    tone = Tone.PLAIN if event.passed else Tone.BAD if is_bad else Tone.WARNING
    text = f"check {event.check_name} of {_asset_of(event)} {outcome_of(event)}"
    return Line(text=f"{text}: {one_line(told)}" if told else text, tone=tone)


def _cancelled_line(event: _messages.StepCancelled) -> Line:
    """Say how it ended, unless that is how what is cancelled ends."""
    how = ""
    if event.exit_code is not None:
        how = f", and ended with exit status {event.exit_code}"
    elif event.signal not in ("", "SIGTERM"):
        how = f", and ended by {event.signal}"
    return Line(text=f"cancelled{how}", tone=Tone.WARNING, below=shown_stderr(event.stderr_tail))


def _retry_line(event: _messages.StepRetryScheduled) -> Line:
    wait = event.not_before - event.time
    after = f" in {span(wait)}" if wait > timedelta() else ""
    again = f"failed, attempt {event.next_attempt} follows{after}"
    return _failed_line(again, event.failure, Tone.WARNING)


def _failed_line(what: str, failure: Failure, tone: Tone) -> Line:
    return Line(text=f"{what}: {describe_failure(failure)}", tone=tone, below=_evidence(failure))


def _evidence(failure: Failure) -> str:
    return "\n".join(failure_details(failure))


def _upstream(event: _messages.StepSkipped) -> str:
    if event.upstream_output:
        return f"{event.upstream_step_key} did not yield {event.upstream_output}"
    return f"{event.upstream_step_key} was skipped"


def _expanded(event: _messages.StepExpanded) -> str:
    keys = event.mapping_keys
    name = "" if event.output == "result" else f" of {event.output}"
    told = f": {', '.join(keys[:_KEYS_TOLD])}{', …' if len(keys) > _KEYS_TOLD else ''}"
    return f"yielded {count(len(keys), 'element')}{name}{told if keys else ''}"
