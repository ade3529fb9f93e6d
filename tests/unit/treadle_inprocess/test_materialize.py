"""Runs in this process: what is made, what is refused, what is raised."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

import treadle
from treadle import (
    ArgumentError,
    AssetIn,
    AssetKey,
    AssetOut,
    AssetSpec,
    Config,
    InputContext,
    IOManager,
    Out,
    Output,
    OutputContext,
    PlanRefused,
    Resource,
    RetryPolicy,
    RunConfig,
    StepFailedError,
    asset,
    define_asset_job,
    graph_asset,
    graph_multi_asset,
    materialize,
    materialize_to_memory,
    multi_asset,
    op,
)
from treadle_contract.event import LogRecord


@op
def one() -> int:
    return 1


@op
def add_one(number: int) -> int:
    return number + 1


@graph_asset
def two():
    return add_one(one())


@asset
def twenty(two: int) -> int:
    return two * 10


class Shelf(IOManager):
    def __init__(self) -> None:
        self.kept: dict[str, Any] = {}

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        self.kept["/".join(context.get_identifier()[-1:])] = obj
        context.add_output_metadata({"shelf": len(self.kept)})

    def load_input(self, context: InputContext) -> Any:
        return self.kept["/".join(context.get_identifier()[-1:])]


def test_assets_are_made_and_read_from_each_other() -> None:
    result = materialize([twenty, two])

    assert result.success
    assert result.asset_value("two") == 2
    assert result.asset_value(AssetKey("twenty")) == 20
    assert result.output_for_node("two.one") == 1
    assert list(result.step_states) == ["two.one", "two.add_one", "twenty"]


def test_only_what_is_selected_is_made() -> None:
    result = materialize([two, twenty], selection=[two])

    assert [made.asset_key.text for made in result.asset_materializations] == ["two"]
    assert result.is_node_untouched("twenty")


def test_a_refusal_is_worded_as_the_services_word_it() -> None:
    with pytest.raises(PlanRefused) as refused:
        materialize([two, twenty], selection="twenty")

    assert str(refused.value) == (
        "The plan loads two, which no run has made. To make it too, select: twenty or two."
    )
    assert refused.value.smallest == "twenty or two"
    with pytest.raises(PlanRefused, match="twentyy"):
        materialize([two, twenty], selection="twentyy")


def test_a_folder_keeps_what_a_later_call_loads(tmp_path: Path) -> None:
    materialize([two, twenty], selection="two", instance=tmp_path)

    result = materialize([two, twenty], selection="twenty", instance=str(tmp_path))

    assert result.asset_value("twenty") == 20
    assert not result.events_for_node("two")


def test_a_value_that_is_gone_from_the_folder_is_refused(tmp_path: Path) -> None:
    materialize([two, twenty], selection="two", instance=tmp_path)
    for file in (tmp_path / "values" / "assets").rglob("*"):
        if file.is_file():
            file.unlink()

    with pytest.raises(PlanRefused, match="its value is gone from the disk"):
        materialize([two, twenty], selection="twenty", instance=tmp_path)


def test_the_home_of_a_launcher_is_refused(tmp_path: Path) -> None:
    (tmp_path / "FORMAT").write_text("1")

    with pytest.raises(ArgumentError, match="is the home of a launcher"):
        materialize([two], instance=tmp_path)


def test_what_an_op_raises_is_raised_with_its_traceback() -> None:
    @asset
    def broken(two: int) -> int:
        raise LookupError(f"no {two}")

    result = materialize([two, broken], raise_on_error=False)

    with pytest.raises(LookupError, match="no 2"):
        result.raise_for_failure()
    with pytest.raises(LookupError, match="no 2") as raised:
        result.raise_for_failure()

    assert traceback.extract_tb(raised.value.__traceback__)[-1].name == "broken"
    assert raised.value.__notes__ == ["Step 'broken' raised it, in a run in this process."]


def test_a_result_says_what_failed_and_what_did_not_run() -> None:
    @asset
    def broken() -> int:
        raise LookupError("no")

    @asset
    def below(broken: int) -> int:
        return broken

    result = materialize([broken, below, two], raise_on_error=False)

    assert not result.success
    assert result.get_failed_step_keys() == {"broken"}
    assert isinstance(result.raised["broken"], LookupError)
    assert result.failures["broken"].message == "Step 'broken': op 'broken' raised LookupError: no"
    assert result.is_node_failed("broken")
    assert result.is_node_untouched("below")
    assert result.asset_value("two") == 2


def test_what_treadle_finds_wrong_is_raised_as_such() -> None:
    @asset
    def text() -> str:
        return 1  # type: ignore[return-value]  # what is tested

    with pytest.raises(StepFailedError, match="is declared str, but the value is an int"):
        materialize([text])


def test_sys_exit_fails_the_step_alone() -> None:
    @asset
    def leaves() -> None:
        sys.exit(3)

    with pytest.raises(StepFailedError, match=r"called sys.exit\(3\)"):
        materialize([leaves])


def test_an_interrupt_ends_the_call_at_once() -> None:
    begun = []

    @asset
    def interrupted() -> None:
        raise KeyboardInterrupt

    @asset(deps=[interrupted])
    def later() -> None:
        begun.append(1)

    with pytest.raises(KeyboardInterrupt):
        materialize([interrupted, later], raise_on_error=False)

    assert not begun


def test_a_step_is_tried_again_as_its_policy_says() -> None:
    tries = []

    @asset(retry_policy=RetryPolicy(max_retries=2, delay=0.001))
    def third_time() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise OSError("not yet")
        return len(tries)

    result = materialize([third_time])

    assert result.asset_value("third_time") == 3
    assert result.retry_attempts_for_node("third_time") == 2


def test_a_step_that_shares_a_process_is_tried_again_without_those_before_it() -> None:
    ran: list[str] = []

    @op
    def first() -> int:
        ran.append("first")
        return 1

    @op(retry_policy=RetryPolicy(max_retries=1))
    def second(number: int) -> int:
        ran.append("second")
        if ran.count("second") == 1:
            raise OSError("not yet")
        return number + 1

    @graph_asset
    def together():
        return second(first())

    result = materialize([together], isolation="asset")

    assert result.asset_value("together") == 2
    assert ran == ["first", "second", "second"]


def test_what_is_not_yielded_skips_what_reads_it() -> None:
    @multi_asset(outs={"left": AssetOut(is_required=False), "right": AssetOut()})
    def pair():  # type: ignore[no-untyped-def]  # as users write it
        yield Output(1, "right")

    @asset
    def of_left(left: int) -> int:
        return left

    @asset
    def of_right(right: int) -> int:
        return right

    result = materialize([pair, of_left, of_right])

    assert result.success
    assert result.is_node_skipped("of_left")
    assert result.asset_value("of_right") == 1


def test_what_nobody_selected_is_made_discarded_or_refused() -> None:
    @op(out={"asked": Out(), "unasked": Out()})
    def both() -> tuple[int, int]:
        return 1, 2

    @graph_multi_asset(outs={"asked": AssetOut(), "unasked": AssetOut()}, can_subset=True)
    def pair():  # type: ignore[no-untyped-def]  # as users write it
        asked, unasked = both()
        return {"asked": asked, "unasked": unasked}

    made = materialize([pair], selection="asked")
    discarded = materialize([pair], selection="asked", unselected_outputs="discard")

    assert {each.asset_key.text: each.unexpected for each in made.asset_materializations} == {
        "asked": False,
        "unasked": True,
    }
    assert [each.asset_key.text for each in discarded.asset_materializations] == ["asked"]
    with pytest.raises(StepFailedError, match="unselected_outputs is 'fail'"):
        materialize([pair], selection="asked", unselected_outputs="fail")


def test_elements_of_a_fan_in_come_in_order() -> None:
    @op
    def joined(numbers: list[int]) -> list[int]:
        return numbers

    @graph_asset
    def several(twenty):  # type: ignore[no-untyped-def]  # as users write it
        return joined([twenty, one(), add_one(one.alias("other")())])

    assert materialize([two, twenty, several]).asset_value("several") == [20, 1, 2]


def test_resources_and_io_managers_are_those_that_are_given() -> None:
    class Bell(Resource):
        def __init__(self) -> None:
            self.rung = 0

    @asset
    def rings(bell: Bell) -> int:
        bell.rung += 1
        return bell.rung

    shelf, bell = Shelf(), Bell()

    result = materialize([rings, two], resources={"bell": bell, "io_manager": shelf})

    assert bell.rung == 1
    assert shelf.kept["rings"] == 1
    assert result.asset_materializations_for_node("rings")[0].metadata == {"shelf": 1}


def test_an_asset_that_is_made_elsewhere_is_loaded_by_its_manager() -> None:
    shelf = Shelf()
    shelf.kept["outside"] = 7

    @asset(ins={"outside": AssetIn(input_manager_key="shelf")})
    def inside(outside: int) -> int:
        return outside

    result = materialize([AssetSpec("outside"), inside], resources={"shelf": shelf})

    assert result.asset_value("inside") == 7


def test_config_is_checked_before_anything_runs_and_read_by_the_op() -> None:
    class Day(Config):
        day: str

    @asset
    def told(config: Day) -> str:
        return config.day

    @asset
    def early() -> None:
        raise AssertionError("it ran")

    by_class = materialize([told], run_config=RunConfig(ops={"told": Day(day="monday")}))
    by_text = materialize([told], run_config={"ops": {"told": {"config": {"day": "friday"}}}})

    assert by_class.asset_value("told") == "monday"
    assert by_text.asset_value("told") == "friday"
    with pytest.raises(PlanRefused, match="day"):
        materialize([told, early], run_config={"ops": {"told": {"config": {}}}})


def test_a_step_reads_a_copy_unless_values_stay_in_memory() -> None:
    @asset
    def listed() -> list[int]:
        return [1]

    @asset
    def grown(listed: list[int]) -> list[int]:
        listed.append(2)
        return listed

    assert materialize([listed, grown]).asset_value("listed") == [1]
    assert materialize_to_memory([listed, grown]).asset_value("listed") == [1, 2]


def test_a_value_without_a_pickle_fails_unless_values_stay_in_memory() -> None:
    @asset
    def function() -> Any:
        return lambda: 1

    with pytest.raises(treadle.TreadleError, match="cannot be pickled"):
        materialize([function])
    assert materialize_to_memory([function]).asset_value("function")() == 1


def test_nothing_is_yielded_for_an_order_alone() -> None:
    @asset
    def marks() -> None:
        return None

    @asset(deps=[marks])
    def after() -> int:
        return 1

    assert materialize([marks, after]).asset_value("after") == 1


def test_tags_are_told_to_the_ops_and_kept() -> None:
    @asset
    def tagged(context: treadle.AssetExecutionContext) -> str:
        return context.run_tags["why"]

    assert materialize([tagged], tags={"why": "test"}).asset_value("tagged") == "test"


def test_wrong_arguments_are_refused_at_the_callers_line() -> None:
    with pytest.raises(ArgumentError) as refused:
        materialize([define_asset_job("all")])  # type: ignore[list-item]  # what is tested

    assert refused.value.source.file == __file__
    with pytest.raises(PlanRefused, match="nothing that is selected has partitions"):
        materialize([two], partition_key="2026-01-01")
    with pytest.raises(ArgumentError, match="selection"):
        materialize([two], selection=[])
    with pytest.raises(ArgumentError, match="isolation='asset_'"):
        materialize([two], isolation="asset_")


def test_a_result_says_what_there_is_where_it_is_asked_for_what_is_not() -> None:
    result = materialize([two])

    with pytest.raises(treadle.NoSuchResultError, match="Did you mean 'two'"):
        result.asset_value("tow")
    with pytest.raises(treadle.NoSuchResultError, match=r"had no step 'two\.on'"):
        result.output_for_node("two.on")
    with pytest.raises(treadle.NoSuchResultError, match="yielded no output 'other'"):
        result.output_for_node("two.one", "other")


def test_events_are_those_of_a_run() -> None:
    result = materialize([two])

    assert [event.kind for event in result.all_events if event.step_key is None] == [
        "run_submitted",
        "run_dequeued",
        "run_started",
        "run_finished",
    ]
    assert [event.kind for event in result.events_for_node("two.add_one")] == [
        "step_started",
        "input_loaded",
        "output_stored",
        "asset_materialized",
        "step_succeeded",
    ]
    assert len(result.get_step_success_events()) == 2
    assert result.is_node_success("two")
    assert repr(result) == f"<ExecuteInProcessResult of run {result.run_id}, succeeded>"


def test_warnings_are_facts_of_the_step_that_gave_them() -> None:
    @asset
    def warns(context: treadle.AssetExecutionContext) -> None:
        context.log.warning("of %d", 1)
        logging.getLogger("library").error("of a library")
        context.log.info("of no weight")

    handlers = list(logging.getLogger().handlers)

    result = materialize([warns])

    assert [
        (each.step_key, each.payload.level, each.payload.message.head)
        for each in result.all_events
        if isinstance(each.payload, LogRecord)
    ] == [("warns", "WARNING", "of 1"), ("warns", "ERROR", "of a library")]
    assert logging.getLogger().handlers == handlers


def test_threads_of_an_op_may_log_all_at_once() -> None:
    @asset
    def busy(context: treadle.AssetExecutionContext) -> None:
        def log() -> None:
            for number in range(50):
                context.log.warning("%d", number)

        threads = [Thread(target=log) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    result = materialize([busy])

    assert sum(isinstance(each.payload, LogRecord) for each in result.all_events) == 200
    assert [each.sequence for each in result.all_events] == list(
        range(1, len(result.all_events) + 1)
    )


@pytest.mark.parametrize("run", [materialize, materialize_to_memory])
def test_nothing_may_be_selected(run: Any) -> None:
    @asset
    def one() -> int:
        return 1

    result = run([one], selection="group:none", allow_empty=True)

    assert result.success
    assert not result.get_asset_materialization_events()
    with pytest.raises(PlanRefused, match="matches nothing"):
        run([one], selection="group:none")
