"""The checks of a location: where each is evaluated, and what waits for those that are blocking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from treadle._errors import DuplicateError, MissingError, did_you_mean
from treadle._keys import AssetKey
from treadle.assets._assets import AssetsDefinition
from treadle.checks._check_spec import AssetCheckSpec
from treadle.checks._waiting import Told, following
from treadle.locations.snapshot import AssetCheck, Snapshot, SourceLine
from treadle.locations.wiring import OutputRef, Wiring
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import replace


def refuse_wrong_checks(
    blocks: Sequence[AssetsDefinition],
    known: frozenset[AssetKey],
    others: tuple[SourceLine, ...],
) -> None:
    """Refuse checks of a target of which two are the same, or one is of an asset that it does not know.

    Raises:
        DuplicateError: two are the same.
        MissingError: there is no such asset.
    """
    first: dict[str, tuple[AssetsDefinition, AssetCheckSpec]] = {}
    for block in blocks:
        for spec in block.check_specs:
            other, _ = first.setdefault(spec.key.text, (block, spec))
            if other is not block:
                raise DuplicateError(
                    f"{block.options.owner}: there is another check {spec.name!r} of"
                    f" {spec.asset_key.text!r}, in {other.options.owner}.",
                    fix="Give one of them another name, or remove it.",
                    source=block.source,
                    others=(other.source, *others),
                )
            for key, what in _named(spec):
                if key not in known:
                    raise MissingError(
                        f"{block.options.owner}: the check {spec.name!r} {what} {key.text!r}, which"
                        f" is not defined.{did_you_mean(key.text, (each.text for each in known))}",
                        fix="Correct the name, give its asset to Definitions, or declare it there as"
                        f" made elsewhere: AssetSpec({key.text!r}).",
                        source=block.source,
                        others=others,
                    )


def _named(spec: AssetCheckSpec) -> Iterator[tuple[AssetKey, str]]:
    yield spec.asset_key, "is of the asset"
    for key in spec.additional_deps:
        yield key, "has additional_deps that name the asset"


def with_checks(snapshot: Snapshot, blocks: Sequence[AssetsDefinition]) -> Snapshot:
    """Return a snapshot, whose steps are in order, with its checks and what waits for them.

    What reads an asset of which a step evaluates a blocking check follows that step, unless it does
    nothing but check, or the step reads from it.
    """
    specs = {spec.key.text: spec for block in blocks for spec in block.check_specs}
    if not specs:
        return snapshot
    checks = sorted(_checks(snapshot, specs), key=lambda each: (each.asset_key, each.name))
    snapshot = replace(snapshot, checks=tuple(checks))
    if not any(each.blocking for each in checks):
        return snapshot
    wiring = Wiring.of(snapshot)
    readers = _readers(wiring)
    return following(snapshot, wiring, _blocked(checks, wiring, readers))


def _blocked(
    checks: Sequence[AssetCheck], wiring: Wiring, readers: Mapping[OutputRef, Sequence[StepKey]]
) -> Iterator[Told]:
    for check in checks:
        made = wiring.producer(check.asset_key)
        if check.blocking and made is not None and made.step_key != check.step_key:
            yield OutputRef(check.step_key, check.output), readers.get(made, ())


def _checks(snapshot: Snapshot, specs: Mapping[str, AssetCheckSpec]) -> Iterator[AssetCheck]:
    for step in snapshot.steps:
        for output in step.outputs:
            if output.check:
                spec = specs[output.check]
                yield AssetCheck(
                    asset_key=spec.asset_key.text,
                    name=spec.name,
                    block=step.block,
                    step_key=step.key,
                    output=output.name,
                    description=spec.description,
                    blocking=spec.blocking,
                    metadata=spec.entries,
                    upstream_keys=tuple(sorted(key.text for key in spec.additional_deps)),
                    source=spec.source,
                )


def _readers(wiring: Wiring) -> dict[OutputRef, list[StepKey]]:
    found: dict[OutputRef, list[StepKey]] = {}
    for key, step in wiring.steps.items():
        read = (wiring.read(source) for each in step.inputs for source in each.sources)
        for ref in dict.fromkeys(read):
            if ref is not None:
                found.setdefault(ref, []).append(key)
    return found
