"""What was not yielded to the inputs of a step. Pure."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import TYPE_CHECKING

from treadle_contract.fan_outs import element
from treadle_contract.ids import StepKey
from treadle_contract.run import StepState
from treadle_launcher.runs.plan_index import followed_inputs, narrowed

if TYPE_CHECKING:
    from treadle_launcher.runs.run_view import RunView


def unyielded_input(
    view: RunView, key: StepKey, skipped: Mapping[StepKey, object]
) -> tuple[StepKey, str | None] | None:
    """Return the first source whose absence keeps a step from running, if there is one.

    A step does without an input if one of its selected outputs at least does not need it.
    Ask when every upstream is over; `skipped` are upstreams that count as SKIPPED already.
    The output is None when the upstream was skipped itself.
    """
    lacking = lacking_inputs(view, key, skipped)
    if not lacking or narrowed(view.index.step(key), lacking):
        return None
    return next(iter(lacking.values()))


def lacking_inputs(
    view: RunView,
    key: StepKey,
    skipped: Mapping[StepKey, object],
    awaited: Container[StepKey] = (),
) -> Mapping[str, tuple[StepKey, str | None]]:
    """Return the inputs to which nothing was yielded, each with its first absent source.

    A fan-in does without elements, if one at least is left, or there were none. Upstreams that are
    `awaited` are taken to yield all.
    """
    lacking: dict[str, tuple[StepKey, str | None]] = {}
    for planned in followed_inputs(view.index.step(key)):
        absent: list[tuple[StepKey, str | None]] = []
        count = 0
        for source in view.index.sources(planned):
            count += 1
            made = source.step_output
            if made is None or made.step_key in awaited:
                continue
            upstream = view.steps[made.step_key]
            if upstream.state is StepState.SKIPPED or made.step_key in skipped:
                absent.append((made.step_key, None))
            elif element(made.output, made.mapping_key) not in upstream.outputs:
                absent.append((made.step_key, made.output))
        if absent and (not planned.fan_in or len(absent) == count):
            lacking[planned.name] = absent[0]
    return lacking
