"""Results of checks: which check each is of, and what is told of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from treadle._errors import did_you_mean, listed
from treadle._metadata import kept_entries
from treadle._output import AssetCheckResult, Output
from treadle._value_words import a
from treadle.steps._failures import StepFailedError
from treadle.steps._step_code import StepCode
from treadle_contract.checks import check_text, is_blocking
from treadle_contract.event import CheckEvaluated
from treadle_contract.run import FailureWhere
from treadle_contract.value import MetadataEntry
from treadle_contract.worker import AttemptSucceeded, TaskOutput

_LONGEST_DESCRIPTION = 16_000


def check_output(result: AssetCheckResult, code: StepCode, subject: str) -> Output[Any]:
    """Return a result as that of the output which gives it: by asset and name, or as the only one.

    Raises:
        StepFailedError: there is no such check, or several that it may be of.
    """
    if not code.checks:
        raise _refused(
            f"{subject} gave an AssetCheckResult, and evaluates no check.",
            "Say which it has: check_specs=[AssetCheckSpec(…)].",
        )
    fitting = [
        output
        for output, spec in code.checks.items()
        if result.asset_key in (None, spec.asset_key) and result.check_name in (None, spec.name)
    ]
    if len(fitting) == 1:
        return Output(result, fitting[0])
    known = [spec.key.text for spec in code.checks.values()]
    said = f"{_said(result.asset_key)}:{_said(result.check_name)}"
    if fitting:
        raise _refused(
            f"{subject} gave an AssetCheckResult that may be of {listed(known)}.",
            "Say which: AssetCheckResult(asset_key=…, check_name=…).",
        )
    raise _refused(
        f"{subject} gave an AssetCheckResult of {said}, which it does not evaluate."
        f"{did_you_mean(said, known)}",
        f"It evaluates {listed(known)}.",
    )


def _said(part: object) -> str:
    return "?" if part is None else str(part)


def evaluated(
    planned: TaskOutput,
    value: object,
    code: StepCode,
    step_key: str,
    before: tuple[MetadataEntry, ...] = (),
) -> CheckEvaluated:
    """Return what is told of the result that a selected output gave; `before`: what its op added to it.

    Raises:
        StepFailedError: it is none, or that of another check.
    """
    spec = code.checks[planned.name]
    what = f"Step {step_key!r}: the check {spec.key.text!r}"
    if not isinstance(value, AssetCheckResult):
        raise _refused(
            f"{what} was given as {a(type(value).__name__)}, which is no result.",
            "Return or yield AssetCheckResult(passed=…).",
        )
    if value.asset_key not in (None, spec.asset_key) or value.check_name not in (None, spec.name):
        raise _refused(
            f"{what} was given a result of {_said(value.asset_key)}:{_said(value.check_name)}.",
            "Give each check its own result, or leave asset_key and check_name out.",
        )
    return CheckEvaluated(
        asset_key=spec.asset_key.text,
        check_name=spec.name,
        passed=value.passed,
        metadata=kept_entries(value.metadata, owner=what, before=before)
        if value.metadata or before
        else (),
        blocking=spec.blocking,
        severity=value.severity,
        description=value.description[:_LONGEST_DESCRIPTION],
    )


def refuse_blocked(made: AttemptSucceeded, step_key: str) -> None:
    """Do nothing unless a blocking check did not hold.

    Raises:
        StepFailedError: one did not; it has what was made.
    """
    blocking = [each for each in made.checks if is_blocking(each)]
    if not blocking:
        return
    raise StepFailedError(FailureWhere.CHECK, _blocked(blocking, step_key), made=made)


def _blocked(blocking: Iterable[CheckEvaluated], step_key: str) -> str:
    told = [
        check_text(each) + (f" ({each.description})" if each.description else "")
        for each in blocking
    ]
    noun = "The blocking check" if len(told) == 1 else "The blocking checks"
    return (
        f"{noun} {', '.join(told)} did not hold, in step {step_key!r}. What the step made is kept; what"
        " reads the asset does not run."
    )


def lacking(planned: TaskOutput, code: StepCode, step_key: str) -> StepFailedError:
    """Return why a step fails that did not give a result which it must."""
    spec = code.checks[planned.name]
    return _refused(
        f"Step {step_key!r}: op {code.op.name!r} ended without a result of the check"
        f" {spec.key.text!r}.",
        f"Yield AssetCheckResult(passed=…, asset_key={spec.asset_key.text!r},"
        f" check_name={spec.name!r}), or give it in MaterializeResult(check_results=[…]).",
    )


def _refused(problem: str, fix: str) -> StepFailedError:
    return StepFailedError(FailureWhere.OUTPUT, f"{problem} {fix}")
