from __future__ import annotations

from dataclasses import replace

from tests.model.build import graph, location, op
from treadle.locations.snapshot import Snapshot
from treadle_contract.codeserver import PlanRequest
from treadle_contract.ids import StepKey
from treadle_contract.plan import Isolation, PlanOptions, Selection
from treadle_planner import Planner, plan
from treadle_planner._tasks import tasks_of


def asked(isolation: Isolation | None) -> PlanRequest:
    return PlanRequest(selection=Selection(), options=PlanOptions(isolation=isolation))


def together(snapshot: Snapshot, isolation: Isolation | None = None) -> dict[str, str]:
    return {step.key: step.task for step in plan(snapshot, asked(isolation)).steps}


def isolated(snapshot: Snapshot, **blocks: Isolation) -> Snapshot:
    return replace(
        snapshot,
        blocks=tuple(replace(block, isolation=blocks.get(block.name)) for block in snapshot.blocks),
    )


CHAIN = location(
    graph("g", {"a": op({}, "result"), "b": op({"x": "a.result"}, "result -> made")}),
    graph("h", {"c": op({"x": "@made"}, "result -> last")}),
)


def cut(groups: list[str], **needs: str) -> list[list[str]]:
    keys = {StepKey(key): frozenset(map(StepKey, reads)) for key, reads in needs.items()}
    found = tasks_of([[StepKey(key) for key in group] for group in groups], keys)
    return [list(task) for task in found]


def test_each_step_has_a_process_of_its_own_unless_somebody_says_otherwise() -> None:
    assert set(together(CHAIN).values()) == {""}


def test_the_steps_of_a_block_share_one_and_a_single_step_has_its_own() -> None:
    tasks = {"g.a": "g.a", "g.b": "g.a", "h.c": ""}
    assert together(isolated(CHAIN, g=Isolation.ASSET, h=Isolation.ASSET)) == tasks
    assert together(CHAIN, Isolation.ASSET) == tasks


def test_those_of_a_run_share_one_and_the_run_has_the_last_word() -> None:
    assert set(together(CHAIN, Isolation.RUN).values()) == {"g.a"}
    assert set(together(isolated(CHAIN, g=Isolation.ASSET), Isolation.OP).values()) == {""}


def test_a_step_has_the_task_of_its_own_run_whatever_was_planned_before() -> None:
    planner = Planner(CHAIN)

    found = [
        {step.key: step.task for step in planner.plan(asked(isolation)).steps}
        for isolation in (Isolation.RUN, Isolation.ASSET, None, Isolation.RUN)
    ]

    of_run = {"g.a": "g.a", "g.b": "g.a", "h.c": "g.a"}
    of_asset = {"g.a": "g.a", "g.b": "g.a", "h.c": ""}
    assert found == [of_run, of_asset, dict.fromkeys(of_run, ""), of_run]


def test_a_group_on_both_sides_of_a_step_is_cut_in_two() -> None:
    assert cut(["ac"], a="", b="a", c="b") == [["a"], ["c"]]
    assert cut(["adce"], a="", b="a", d="a", c="b", e="c") == [["a", "d"], ["c", "e"]]


def test_a_group_that_nothing_leaves_and_comes_back_to_stays_whole() -> None:
    assert cut(["ab"], a="", b="a", c="b") == [["a", "b"]]
    assert cut(["bc"], a="", b="a", c="a") == [["b", "c"]]


def test_of_two_groups_that_need_each_other_one_is_cut() -> None:
    # a of the first feeds x of the second, y of the second feeds b of the first.
    assert cut(["ab", "yx"], a="", y="", b="y", x="a") == [["a", "b"], ["y"], ["x"]]


def test_tasks_never_wait_for_each_other_in_a_circle() -> None:
    needs = {"a": "", "x": "a", "b": "x", "y": "b", "c": "y", "z": "c"}
    assert cut(["abc", "xyz"], **needs) == [["a"], ["b"], ["c"], ["x"], ["y"], ["z"]]


def test_what_reads_an_output_that_may_be_left_out_begins_another_task() -> None:
    snapshot = location(
        graph(
            "g",
            {
                "a": op({}, "maybe?", "sure"),
                "b": op({"x": "a.maybe"}, "result"),
                "c": op({"x": "a.sure"}, "result"),
                "d": op({"x": "b.result", "y": "c.result"}, "result -> made"),
            },
        )
    )

    tasks = together(snapshot, Isolation.ASSET)

    assert tasks == {"g.a": "g.a", "g.c": "g.a", "g.b": "g.b", "g.d": "g.b"}
