"""What changed between a plan that was shown and the plan of now, a line each. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from treadle_contract.plan import Hazard, Load, PlannedStep
from treadle_launcher.planning.manifest import CodeManifest
from treadle_launcher.planning.plan import Plan


def manifest_changes(before: CodeManifest, now: CodeManifest) -> tuple[str, ...]:
    """Name the ops, definitions, files and distributions that differ, a part of one where known."""
    details = _changed_details(before, now)
    told = {name.partition(": ")[0] for name in details}
    return (
        *_name_changes("op", before.ops, now.ops, {name.removeprefix("op ") for name in told}),
        *_name_changes("definition", before.definitions, now.definitions, told),
        *(f"{name} changed" for name in details),
        *_name_changes("file", before.files, now.files),
        *_name_changes("distribution", before.distributions, now.distributions),
    )


def _changed_details(before: CodeManifest, now: CodeManifest) -> list[str]:
    """Name the parts that differ of what is in both; none if one was kept before there were any."""
    if not (before.details and now.details):
        return []
    old, new = before.named, now.named
    return [
        name
        for name in sorted(before.details.keys() | now.details.keys())
        if before.details.get(name) != now.details.get(name)
        and (name.partition(": ")[0] in old) == (name.partition(": ")[0] in new)
    ]


def _name_changes(
    kind: str,
    before: Mapping[str, str],
    now: Mapping[str, str],
    but: Collection[str] = (),
) -> list[str]:
    lines = []
    for name in sorted((before.keys() | now.keys()).difference(but)):
        if name not in before:
            lines.append(f"{kind} {name} is new")
        elif name not in now:
            lines.append(f"{kind} {name} is gone")
        elif before[name] != now[name]:
            # A version tells a person something, a hash does not.
            versions = f" from {before[name]} to {now[name]}" if kind == "distribution" else ""
            lines.append(f"{kind} {name} changed{versions}")
    return lines


def plan_changes(before: Plan, now: Plan) -> tuple[str, ...]:
    """Name what differs in what the two plans would do."""
    lines = []
    if before.selection != now.selection:
        lines.append("the selection is another")
    if before.options != now.options:
        lines.append("the options are others")
    if before.header.location != now.header.location:
        lines.append(f"location {before.header.location} became {now.header.location}")
    lines.extend(_assets(before, now))
    lines.extend(_steps(before, now))
    lines.extend(_loads(before, now))
    lines.extend(_hazards(before, now))
    return tuple(lines)


def _assets(before: Plan, now: Plan) -> list[str]:
    old, new = set(before.header.selected_asset_keys), set(now.header.selected_asset_keys)
    return [
        *(f"asset {key} is selected no more" for key in sorted(old - new)),
        *(f"asset {key} is selected now" for key in sorted(new - old)),
    ]


def _steps(before: Plan, now: Plan) -> list[str]:
    old: dict[str, PlannedStep] = {step.key: step for step in before.steps}
    new: dict[str, PlannedStep] = {step.key: step for step in now.steps}
    lines = []
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            lines.append(f"step {key} is new")
        elif key not in new:
            lines.append(f"step {key} is gone")
        elif old[key].verdict is not new[key].verdict:
            lines.append(f"step {key}: {old[key].verdict} became {new[key].verdict}")
        elif old[key] != new[key]:
            lines.append(f"step {key} reads or makes something else")
    return lines


def _loads(before: Plan, now: Plan) -> list[str]:
    old: dict[str, Load] = {load.asset_key: load for load in before.loads}
    new: dict[str, Load] = {load.asset_key: load for load in now.loads}
    return [
        *(f"load of {key} is gone" for key in sorted(old.keys() - new.keys())),
        *(f"load of {key} is new" for key in sorted(new.keys() - old.keys())),
    ]


def _hazards(before: Plan, now: Plan) -> list[str]:
    old: dict[tuple[str, str], Hazard] = {(h.step_key, h.output): h for h in before.hazards}
    new: dict[tuple[str, str], Hazard] = {(h.step_key, h.output): h for h in now.hazards}
    return [
        *(f"hazard {step}.{output} is gone" for step, output in sorted(old.keys() - new.keys())),
        *(f"hazard {step}.{output} is new" for step, output in sorted(new.keys() - old.keys())),
    ]
