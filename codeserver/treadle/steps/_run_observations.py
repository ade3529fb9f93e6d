"""What the function of an asset of elsewhere found: told as an observation, given as an output that carries nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from treadle._errors import did_you_mean, listed
from treadle._output import AssetCheckResult, ObserveResult, Output
from treadle._told import AssetObservation, DataVersion, DataVersionsByPartition, as_metadata
from treadle._value_words import a
from treadle.steps._context import OpExecutionContext
from treadle.steps._failures import StepFailedError
from treadle.steps._step_code import StepCode
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import FailureWhere

if TYPE_CHECKING:
    from treadle_contract.partition import PartitionsDefinition


def observations(
    result: object, code: StepCode, context: OpExecutionContext, subject: str
) -> Iterator[Output[Any] | AssetCheckResult]:
    """Tell what was found, and yield the output that says so, then the results of checks that came with it.

    What is not selected is not told.

    Raises:
        StepFailedError: it is no observation, or one of an asset that the step does not observe.
    """
    if not code.observes:
        raise _refused(
            f"{subject} gave an ObserveResult, and observes nothing: it is no @observable_source_asset.",
            "Return MaterializeResult(metadata={…}) for an asset that it makes; of another one say"
            " context.log_event(AssetObservation(KEY, metadata={…})).",
        )
    for each in result if isinstance(result, tuple | list) else (result,):
        if isinstance(each, DataVersionsByPartition):
            yield _by_partition(each, code, context, subject)
            continue
        if isinstance(each, DataVersion):
            said = _of_whole(each, code, context, subject)
        elif isinstance(each, ObserveResult):
            said = each
        else:
            gave = "returned None" if each is None else f"gave {a(type(each).__name__)}"
            raise _refused(
                f"{subject} observes {_keys(code)}, and {gave}.",
                "Return DataVersion(TEXT), or ObserveResult(metadata={…}, data_version=…); of partitions"
                " DataVersionsByPartition({KEY: TEXT}).",
            )
        name = _output(said, code, subject)
        if name in context.selected_output_names:
            key = code.observes[name]
            context.log_event(AssetObservation(key, metadata=said.metadata))
        yield Output(None, name)
        for check in said.check_results:
            yield replace(check, asset_key=check.asset_key or code.observes[name])


def _of_whole(
    version: DataVersion, code: StepCode, context: OpExecutionContext, subject: str
) -> ObserveResult:
    for key in code.observes.values():
        if key in context._observed_partitions:  # what the step knows
            raise _refused(
                f"{subject} gave one DataVersion, and {key.text!r} has partitions.",
                "Return DataVersionsByPartition({KEY: TEXT}), or ObserveResult(metadata={…}) for what is of"
                " the whole asset.",
            )
    return ObserveResult(data_version=version)


def _by_partition(
    given: DataVersionsByPartition, code: StepCode, context: OpExecutionContext, subject: str
) -> Output[Any]:
    """Tell the version of each partition, and return the output that says so."""
    name = _output(ObserveResult(), code, subject)
    key = code.observes[name]
    definition = context._observed_partitions.get(key)  # what the step knows
    if definition is None:
        raise _refused(
            f"{subject} gave DataVersionsByPartition, and {key.text!r} has no partitions.",
            "Give it partitions_def=…, or return DataVersion(TEXT).",
        )
    versions = given.data_versions_by_partition
    _refuse_unknown(versions, definition, f"{subject} gave DataVersionsByPartition of {key.text!r}")
    for partition, version in versions.items():
        said = as_metadata(version, owner=subject)
        context.log_event(AssetObservation(key, metadata=said, partition=partition))
    return Output(None, name)


def _refuse_unknown(partitions: Iterable[str], definition: PartitionsDefinition, said: str) -> None:
    """Refuse a partition that is not there. Which dynamic ones are, a step does not know."""
    from datetime import UTC, datetime  # noqa: PLC0415 -- few ops observe partitions

    from treadle_partitions import described, dynamic_names, keys_of  # noqa: PLC0415 -- as above

    if dynamic_names(definition):
        return
    keys = keys_of(definition, now=datetime.now(UTC))
    for each in partitions:
        if each not in keys:
            raise _refused(
                f"{said}: there is no partition {each!r}.",
                f"Its partitions are {described(definition.of)}.",
            )


def refuse_unobserved(name: str, code: StepCode, step_key: str) -> None:
    """Refuse that an asset which is to be observed was not.

    Raises:
        StepFailedError: always.
    """
    raise _refused(
        f"Step {step_key!r}: op {code.op.name!r} ended without an observation of"
        f" {code.observes[name].text!r}.",
        "Yield ObserveResult(asset_key=…) for each that is in context.selected_asset_keys; one that"
        " may be left out is AssetSpec(…, skippable=True).",
    )


def _output(said: ObserveResult, code: StepCode, subject: str) -> str:
    named = {key: name for name, key in code.observes.items()}
    if said.asset_key is None:
        if len(named) == 1:
            return next(iter(named.values()))
        raise _refused(
            f"{subject} gave an ObserveResult without an asset_key, and observes {_keys(code)}.",
            "Say which: ObserveResult(asset_key=…).",
        )
    if said.asset_key in named:
        return named[said.asset_key]
    key = said.asset_key.text
    raise _refused(
        f"{subject} gave an ObserveResult of {key!r}, which it does not observe."
        f"{did_you_mean(key, [each.text for each in named])}",
        f"It observes {_keys(code)}.",
    )


def _keys(code: StepCode) -> str:
    return listed(sorted(key.text for key in code.observes.values()))


def _refused(problem: str, fix: str) -> StepFailedError:
    return StepFailedError(FailureWhere.OUTPUT, f"{problem} {fix}")
