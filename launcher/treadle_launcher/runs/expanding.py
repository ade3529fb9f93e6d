"""The expansion of a fan-out in the steps of a run: which come, which go, who waits for them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, MutableMapping

from treadle_contract.event import StepExpanded
from treadle_contract.ids import StepKey
from treadle_contract.lazy_dataclasses import dataclass
from treadle_launcher.runs.plan_index import Made, PlanIndex
from treadle_launcher.runs.step_states import FINAL_STEP_STATES
from treadle_launcher.runs.step_view import StepView


@dataclass(frozen=True, slots=True)
class FanOut:
    """An output that is expanded, as its event tells, and the unexpanded steps that are `removed`."""

    made: Made
    told: StepExpanded
    removed: Collection[StepKey]

    def fits(self, index: PlanIndex) -> bool:
        """Tell whether it can be: once, each key once, and as many steps as it says."""
        keys = self.told.mapping_keys
        is_new = self.made not in index.mapping_keys and len(set(keys)) == len(keys)
        return is_new and self.told.step_count_change == len(self.removed) * (len(keys) - 1)


def put_in_place(
    steps: MutableMapping[StepKey, StepView],
    doomed: MutableMapping[StepKey, StepKey],
    index: PlanIndex,
    fan_out: FanOut,
) -> Iterator[StepView]:
    """Put a step for each mapping key in the place of each one that is removed.

    Yields the steps that may be able to start now: the new ones, and those that read from what is
    removed. What comes in the place of a step that is `doomed` is so, too.
    """
    change = index.expand(fan_out.made, fan_out.told.mapping_keys, fan_out.removed)
    for key, new in change.removed.items():
        del steps[key]
        cause = doomed.pop(key, None)
        for each in new:
            steps[each] = StepView(key=each, waiting_on=0)
            if cause is not None:
                doomed[each] = cause
    for new in change.removed.values():
        for each in new:
            steps[each].waiting_on = sum(
                steps[upstream].state not in FINAL_STEP_STATES for upstream in index.upstreams(each)
            )
            yield steps[each]
    for key, more in change.waits.items():
        steps[key].waiting_on += more
        yield steps[key]
