"""Plans: what callers ask for is known here, and what code servers answer is joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from treadle_api.parts import in_parts
from treadle_api.v1 import plan_pb2
from treadle_contract.block_selections import put_back, taken_out
from treadle_contract.config_data import misfit_of
from treadle_contract.fields import unknown_choices
from treadle_contract.plan import (
    PlanOptions,
    PlanPart,
    Reexecution,
    ReexecutionKind,
)
from treadle_launcher.errors import BadArgumentError
from treadle_launcher.planning.plan import Plan
from treadle_launcher.planning.plan_check import BadPlanError


def known_options(options: PlanOptions | None) -> PlanOptions:
    """Return what a caller chose; without options, that nothing was.

    Raises:
        BadArgumentError: a choice has a value that is not known here, or the config is none.
    """
    options = options or PlanOptions()
    for name, choice in unknown_choices(options):
        # Passed over, it would quietly be the default.
        raise BadArgumentError(
            [choice], message=f"PlanOptions.{name} is {choice}, which is not known here."
        )
    _check_config(options)
    return options


def known_reexecution(asked: Reexecution) -> Reexecution:
    """Return what is asked of an earlier run.

    Raises:
        BadArgumentError: the kind is not known here, or the config is none.
    """
    kind = asked.kind
    if kind is None or not kind.is_known:
        told = "not set" if kind is None else f"{kind}, which is not a kind of re-execution"
        raise BadArgumentError([] if kind is None else [kind], message=f"kind is {told}.")
    _check_config(asked)
    return asked


def _check_config(said: PlanOptions | Reexecution) -> None:
    if misfit := misfit_of(said.config):
        raise BadArgumentError(["config"], message=f"{type(said).__name__}.config {misfit}.")


def check_reexecution(asked: Reexecution) -> None:
    """Refuse what a caller may not ask.

    Raises:
        BadArgumentError: the run is not named, or steps are for a kind that takes none.
    """
    if not asked.parent_run_id:
        raise BadArgumentError(message="Name the run to go on from: parent_run_id.")
    if asked.step_expressions and asked.kind is not ReexecutionKind.STEPS:
        raise BadArgumentError(
            asked.step_expressions[:1],
            message=f"Steps are named for STEPS only, not for {str(asked.kind).upper()}.",
        )


def written_plan(plan: Plan, *, block_selections: bool = False) -> Iterator[plan_pb2.PlanPart]:
    """Return the parts of a plan; the first one carries the header.

    With `block_selections`, what is selected of a block is said once.
    """
    steps, selections = taken_out(plan.steps) if block_selections else (plan.steps, ())
    whole = PlanPart(
        header=plan.header,
        steps=steps,
        block_selections=selections,
        loads=plan.loads,
        hazards=plan.hazards,
        reuses=plan.reuses,
    )
    return in_parts(whole, plan_pb2.PlanPart)


def plan_of(parts: Sequence[PlanPart], generation: str = "") -> Plan:
    """Join the parts of a plan; `generation` is what was served as it was said.

    Raises:
        BadPlanError: the header is not where it belongs.
        BadArgumentError: the header has a choice that is not known here.
    """
    for number, part in enumerate(parts):
        if (part.header is not None) != (number == 0):
            raise BadPlanError(
                f"PlanPart.header of part {number}: it is set in the first part, and there only"
            )
    header = parts[0].header if parts else None
    if header is None:
        raise BadPlanError("PlanPart.header is not set: there is no part")
    known_options(header.options)
    if header.reexecution is not None:
        known_reexecution(header.reexecution)
    return Plan(
        header=header,
        steps=put_back(
            (step for part in parts for step in part.steps),
            (each for part in parts for each in part.block_selections),
        ),
        loads=tuple(load for part in parts for load in part.loads),
        hazards=tuple(hazard for part in parts for hazard in part.hazards),
        reuses=tuple(reuse for part in parts for reuse in part.reuses),
        generation=generation,
    )
