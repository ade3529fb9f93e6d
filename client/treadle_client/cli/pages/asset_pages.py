"""How assets and their materializations read on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeGuard

from treadle_client._messages import (
    Asset,
    AssetCheck,
    AssetEntry,
    AssetObserved,
    CheckEvaluated,
    Materialization,
)
from treadle_client.cli.pages.check_words import facts_of, outcome_of
from treadle_client.text._facts import facts_below, facts_rows
from treadle_client.text._metadata import Metadata
from treadle_client.text._partition_words import upstream_words
from treadle_client.text._table import Page, Table, one_line
from treadle_client.text._words import moment
from treadle_contract.lazy_dataclasses import dataclass

_FACT_CHARACTERS: Final = 200
"""How much of a fact a page shows."""
_VERSION: Final = "dagster/data_version"


def assets_page(entries: Sequence[AssetEntry]) -> Page:
    """Lay out assets with their latest materialization."""
    if not entries:
        return ("No assets.",)
    gone = [f"{each.asset.key}: {each.latest.gone}" for each in entries if _is_gone(each.latest)]
    return (
        Table(
            columns=("asset", "location", "last made", "by step", "in run"),
            rows=tuple(
                (
                    entry.asset.key,
                    entry.location,
                    moment(entry.latest.time) if entry.latest else _unmade(entry.asset),
                    entry.latest.step_key if entry.latest else "-",
                    entry.latest.run_id if entry.latest else "-",
                )
                for entry in entries
            ),
        ),
        *(["", *gone] if gone else []),
    )


def asset_page(
    key: str,
    entry: AssetEntry | None,
    made: Sequence[Materialization],
    checks: Sequence[CheckedAsset] = (),
    observed: Sequence[AssetObserved] = (),
) -> Page:
    """Lay out one asset: its definition, its checks, its latest metadata, its history."""
    page: list[str | Table] = []
    page += [f"Asset {key}: no location defines it now."] if entry is None else _facts(entry)
    if checks:
        page += ["", "Checks", _checks_table(checks)]
    if made and made[0].metadata:
        page += ["", "Metadata of the latest materialization", *metadata_page(made[0].metadata)]
    if observed and observed[0].metadata:
        page += ["", "Metadata of the latest observation", *metadata_page(observed[0].metadata)]
    if observed:
        page += ["", observations_table(observed)]
    if made or not (observed or _is_observed(entry)):
        page += ["", materializations_table(made) if made else "Never materialized."]
    elif not observed:
        page += ["", "Never observed."]
    return tuple(page)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedAsset:
    """A check as it is defined, None if it is no more, and what it said last, if anything."""

    name: str
    check: AssetCheck | None
    latest: CheckEvaluated | None


def checks_of(
    defined: Sequence[AssetCheck], latest: Mapping[str, CheckEvaluated]
) -> tuple[CheckedAsset, ...]:
    """Return the checks of an asset by name, those that only have a past last."""
    known = {check.name: check for check in defined}
    names = [*sorted(known), *sorted(latest.keys() - known.keys())]
    return tuple(
        CheckedAsset(name=name, check=known.get(name), latest=latest.get(name)) for name in names
    )


def _checks_table(checks: Sequence[CheckedAsset]) -> Table:
    return Table(
        columns=("check", "by step", "blocking", "last said", "at", "in run", "description"),
        rows=tuple(
            (
                each.name,
                each.check.step_key if each.check else "not defined now",
                "yes" if each.check and each.check.blocking else "no",
                outcome_of(each.latest) if each.latest else "never",
                moment(each.latest.time) if each.latest else "-",
                each.latest.run_id if each.latest else "-",
                _told(each),
            )
            for each in checks
        ),
    )


def _told(each: CheckedAsset) -> str:
    said = each.latest.description if each.latest else ""
    return _cut(one_line(said or (each.check.description if each.check else ""))) or "-"


def evaluations_table(evaluations: Sequence[CheckEvaluated]) -> Table:
    """Lay out what checks said, a line each."""
    return Table(
        columns=("check", "said", "by step", "description", "metadata"),
        rows=tuple(
            (
                f"{each.asset_key}:{each.check_name}",
                outcome_of(each),
                each.step_key or "-",
                _cut(one_line(each.description)) or "-",
                one_line(", ".join(facts_of(each))) or "-",
            )
            for each in evaluations
        ),
    )


def materializations_table(made: Sequence[Materialization]) -> Table:
    """Lay out materializations, a line each, with their partitions where there are any."""
    partition = ("partition",) if any(each.partition_key for each in made) else ()
    return Table(
        columns=("asset", *partition, "made at", "by step", "in run", "bytes", "digest", "note"),
        rows=tuple(
            (
                each.asset_key,
                *([each.partition_key or "-"] if partition else []),
                moment(each.time),
                each.step_key,
                each.run_id,
                str(each.value_ref.size_bytes) if each.value_ref else "-",
                each.digest[:12] or "-",
                _note(each),
            )
            for each in made
        ),
    )


def observations_table(observed: Sequence[AssetObserved]) -> Table:
    """Lay out what was said of an asset, a line each."""
    return Table(
        columns=("asset", "data version", "observed at", "by step", "in run", "description"),
        rows=tuple(
            (
                each.asset_key,
                _version(each) or "-",
                moment(each.time),
                each.step_key or "-",
                each.run_id,
                _cut(one_line(each.description))
                or ("the step says it made it" if each.materialized else "-"),
            )
            for each in observed
        ),
    )


def _version(observed: AssetObserved) -> str:
    return next((line for name, line in facts_rows(observed.metadata) if name == _VERSION), "")


def _is_observed(entry: AssetEntry | None) -> bool:
    return entry is not None and bool(entry.asset.observed_by)


def _note(made: Materialization) -> str:
    notes = {
        "unexpected": made.unexpected,
        "value removed": made.removed,
        made.gone: _is_gone(made),
    }
    return ", ".join(note for note, holds in notes.items() if holds) or "-"


def _is_gone(made: Materialization | None) -> TypeGuard[Materialization]:
    """Tell whether a value cannot be read, though nobody asked for its removal."""
    return made is not None and bool(made.gone) and not made.removed


def metadata_page(metadata: Metadata) -> Page:
    """Lay out facts, a line each, a long one cut; tables and Markdown stand below."""
    rows = tuple((name, _cut(line)) for name, line in facts_rows(metadata))
    page: list[str | Table] = [Table(columns=("name", "value"), rows=rows)]
    for name, more in facts_below(metadata):
        page += ["", name, *more]
    return tuple(page)


def _cut(text: str) -> str:
    if len(text) <= _FACT_CHARACTERS:
        return text
    return f"{text[:_FACT_CHARACTERS]}… ({len(text):,} characters; --json has all)"


def _unmade(asset: Asset) -> str:
    if asset.observed_by:
        return "observed"
    return "never" if asset.block else "external"


def _facts(entry: AssetEntry) -> list[str | Table]:
    asset = entry.asset
    maker = f"made by {asset.step_key}:{asset.output}" if asset.block else "external"
    if asset.observed_by:
        maker = f"external, observed by {asset.observed_by}"
    lines: list[str | Table] = [f"Asset {asset.key} of {entry.location}: {maker}"]
    if asset.description:
        lines.append(asset.description)
    facts = {
        "made from": ", ".join(asset.upstream_keys),
        "partitions needed": upstream_words(asset),
        "group": asset.group,
        "kinds": ", ".join(asset.kinds),
        "owners": ", ".join(asset.owners),
        "tags": ", ".join(f"{name}={tag}" for name, tag in asset.tags.items()),
        "code version": asset.code_version,
        "versions kept": str(asset.keep_versions or ""),
        "defined at": str(asset.source or ""),
        "conflict": "another location owns this key" if asset.conflict else "",
    }
    return lines + [f"  {name}: {fact}" for name, fact in facts.items() if fact]
