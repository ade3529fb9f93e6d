"""Re-execution at op boundaries, through all processes: the seed's first promise."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import treadle_client
from tests.e2e.conftest import Session, Start
from treadle_client import (
    CodeChangedError,
    NothingFailedError,
    RunNotFinishedError,
    SelectionError,
    StalePlanError,
    StepState,
    Verdict,
)

MODULE = """
from pathlib import Path
from treadle import In, Nothing, Out, Output, asset, graph_asset, op

HERE = Path(__file__).parent


def note(name):
    with (HERE / "ran").open("a") as file:
        file.write(name + "\\n")


@op
def fetch():
    note("fetch")
    return 1


@op
def double(number):
    note("double")
    return number * 2


@op
def finish(number):
    note("finish")
    if (HERE / "broken").exists():
        raise RuntimeError("not yet")
    return number + 1


@op
def polish(number):
    note("polish")
    return number * 10


@graph_asset
def table():
    return polish(finish(double(fetch())))


@asset
def report(table):
    note("report")
    return table + 5


@asset
def beside():
    note("beside")
    return 7
"""
FETCH, DOUBLE, FINISH, POLISH = (
    f"table.{name}" for name in ("fetch", "double", "finish", "polish")
)


class Code:
    """A module of a user's in a folder of the tests', and what its ops noted that they did."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "defs.py"
        self.write(MODULE)

    def write(self, text: str) -> None:
        self.path.write_text(textwrap.dedent(text))

    def replace(self, old: str, new: str) -> None:
        text = self.path.read_text()
        assert old in text
        self.path.write_text(text.replace(old, new))

    def break_it(self) -> None:
        (self.folder / "broken").touch()

    def mend(self) -> None:
        (self.folder / "broken").unlink()

    def ran(self) -> list[str]:
        """Return what ran since the last call, sorted."""
        path = self.folder / "ran"
        names = path.read_text().split() if path.exists() else []
        path.unlink(missing_ok=True)
        return sorted(names)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Code, Session]]:
    """Code, and services for it, that tests of this file share."""
    code = Code(tmp_path_factory.mktemp("code"))
    home = tmp_path_factory.mktemp("home")
    with treadle_client.local(code.path, home=home) as client:
        yield code, Session(client, home)


@pytest.fixture
def code(served: tuple[Code, Session]) -> Code:
    """The code as it stands above, mended and served, with nothing that ran."""
    code, session = served
    if code.path.read_text() != MODULE:
        code.write(MODULE)
        session.client.reload()
    for path in code.folder.iterdir():
        if path != code.path and not path.is_dir():
            path.unlink()
    return code


@pytest.fixture
def session(served: tuple[Code, Session], code: Code) -> Session:
    """Services of that code, with what earlier tests made in the record."""
    return served[1]


def serve(session: Session, code: Code, text: str) -> None:
    """Have another module stand in the file, and be served."""
    code.write(text)
    session.client.reload()


@pytest.fixture
def failed(session: Session, code: Code) -> str:
    """A run whose third op failed, on code that is mended since."""
    code.break_it()
    result = session.run()
    assert result.status is treadle_client.RunState.FAILED
    code.mend()
    code.ran()
    return result.run_id


def rerun(
    session: Session, run_id: str, *args: object, **options: object
) -> treadle_client.RunResult:
    handle = session.client.rerun(run_id, *args, **options)  # type: ignore[arg-type]  # passed on
    result = handle.result(timeout=60)
    result.raise_for_failure()
    return result


def reasons(plan: treadle_client.Plan) -> dict[str, tuple[str, str]]:
    return {step.key: (step.verdict.value, step.reason) for step in plan.steps}


def verdicts(plan: treadle_client.Plan) -> dict[str, str]:
    return {step.key: step.verdict.value for step in plan.steps}


def value_file(session: Session, run_id: str, step_key: str) -> Path:
    step = step_key.replace(".", "%2E")
    (path,) = (session.home / "values" / "runs" / run_id / step / "1").iterdir()
    return path


def test_a_failed_op_runs_again_on_the_stored_intermediate_with_nothing_configured(
    session: Session, code: Code, failed: str
) -> None:
    result = rerun(session, failed)

    assert code.ran() == ["finish", "polish", "report"]
    assert session.value("table") == 30
    assert session.value("report") == 35
    assert [made.asset_key for made in result.materializations] == ["table", "report"]
    again = session.client.run(result.run_id).describe()
    assert again.materialization_count == 2
    assert again.step_counts == {StepState.SUCCEEDED: 6}
    assert again.root_run_id == failed
    assert again.reexecution is not None
    assert again.reexecution.parent_run_id == failed
    assert result.steps[DOUBLE].reused_from_run_id == failed
    assert result.steps[DOUBLE].attempts == 0
    assert result.steps[FINISH].reused_from_run_id == ""


def test_the_plan_says_beforehand_what_runs_what_is_reused_and_why(
    session: Session, failed: str
) -> None:
    plan = session.client.plan_rerun(failed)

    assert reasons(plan) == {
        "beside": ("REUSE", f"From run {failed}."),
        FETCH: ("REUSE", f"From run {failed}."),
        DOUBLE: ("REUSE", f"From run {failed}."),
        FINISH: ("RUN", f"Failed in run {failed}. Feeds {POLISH}."),
        POLISH: ("RUN", f"Did not run in run {failed}. Makes table and feeds report."),
        "report": ("RUN", f"Did not run in run {failed}. Makes report."),
    }
    assert [reuse.step_key for reuse in plan.reuses] == ["beside", DOUBLE, FETCH]
    assert "from what failed" in str(plan)


def test_the_plan_that_was_seen_is_what_runs(session: Session, code: Code, failed: str) -> None:
    plan = session.client.plan_rerun(failed)
    session.client.materialize(plan=plan).result(timeout=60).raise_for_failure()
    assert code.ran() == ["finish", "polish", "report"]

    value_file(session, failed, DOUBLE).unlink()
    with pytest.raises(StalePlanError) as caught:
        session.client.rerun(failed, plan=plan)

    assert f"step {DOUBLE}: reuse became run" in caught.value.changes


def test_a_value_that_is_gone_is_made_again_and_the_plan_says_so(
    session: Session, code: Code, failed: str
) -> None:
    value_file(session, failed, DOUBLE).unlink()

    plan = session.client.plan_rerun(failed)
    rerun(session, failed)

    verdict, reason = reasons(plan)[DOUBLE]
    assert verdict == "RUN"
    assert reason.startswith(f"{FINISH} reads its output result, which run {failed} yielded")
    assert verdicts(plan)[FETCH] == "REUSE"
    assert code.ran() == ["double", "finish", "polish", "report"]
    assert session.value("report") == 35


def test_a_rerun_of_a_rerun_finds_values_in_the_run_that_made_them(
    session: Session, code: Code, failed: str
) -> None:
    code.break_it()
    second = session.client.rerun(failed)
    assert second.result(timeout=60).status is treadle_client.RunState.FAILED
    assert code.ran() == ["finish"]
    code.mend()

    third = rerun(session, second.run_id)

    assert code.ran() == ["finish", "polish", "report"]
    assert session.value("report") == 35
    assert third.steps[DOUBLE].reused_from_run_id == failed
    assert session.client.run(third.run_id).describe().root_run_id == failed
    plan = session.client.plan_rerun(third.run_id, steps="report")
    made_by = {reuse.step_key: reuse.from_run_id for reuse in plan.reuses}
    assert made_by[DOUBLE] == failed
    assert made_by[POLISH] == third.run_id


def test_a_failed_op_that_was_fixed_runs_as_it_is_now(
    session: Session, code: Code, failed: str
) -> None:
    code.replace("return number + 1", "return number + 100")
    session.client.reload()

    plan = session.client.plan_rerun(failed)
    rerun(session, failed)

    assert session.value("report") == 1025
    assert any("op table.finish changed" in note for note in plan.notes)


def test_a_fix_that_was_not_reloaded_is_found_by_a_new_host_and_planned_anew(
    start: Start, code: Code, tmp_path: Path
) -> None:
    code.break_it()
    with treadle_client.local(code.path, home=tmp_path / "home") as client:
        failed = client.materialize().result(timeout=60).run_id
    code.mend()
    code.ran()
    session = start(code.path, home=tmp_path / "home")
    code.replace("return number + 1", "return number + 100")

    result = rerun(session, failed)

    assert session.value("report") == 1025
    assert result.steps[DOUBLE].reused_from_run_id == failed
    assert code.ran() == ["finish", "polish", "report"]


def test_the_time_limit_of_the_run_stays(session: Session, code: Code) -> None:
    code.break_it()
    parent = session.run(timeout=500.0, retry_lost=2).run_id
    code.mend()

    again = session.client.rerun(parent)
    again.result(timeout=60).raise_for_failure()

    (submitted,) = (
        event for event in again.events() if isinstance(event, treadle_client.RunSubmitted)
    )
    assert submitted.timeout == timedelta(seconds=500)
    assert submitted.retry_lost == 2


def test_a_changed_op_is_reused_with_that_reason_unless_it_is_to_run_again(
    session: Session, code: Code, failed: str
) -> None:
    code.replace("return number * 2", "return number * 3")
    session.client.reload()

    kept = session.client.plan_rerun(failed)
    changed = session.client.plan_rerun(failed, rerun_changed=True)
    rerun(session, failed, rerun_changed=True)

    assert reasons(kept)[DOUBLE] == (
        "REUSE",
        f"From run {failed}, though its code changed since.",
    )
    assert [reuse.step_key for reuse in kept.reuses if reuse.changed] == [DOUBLE]
    assert reasons(changed)[DOUBLE] == ("RUN", f"Its code changed since. Feeds {FINISH}.")
    assert verdicts(changed)[FETCH] == "REUSE"
    assert code.ran() == ["double", "finish", "polish", "report"]
    assert session.value("table") == 40


def test_same_code_refuses_naming_what_changed(session: Session, code: Code, failed: str) -> None:
    same = session.client.plan_rerun(failed, same_code=True)
    assert same.reexecution is not None
    code.replace("return number * 2", "return number * 3")
    session.client.reload()

    with pytest.raises(CodeChangedError) as caught:
        session.client.rerun(failed, same_code=True)

    assert "op table.double changed" in caught.value.changes


def test_a_changed_helper_is_named(session: Session, code: Code) -> None:
    code.replace("number * 2", "helper_of_defs.twice(number)")
    code.replace("from pathlib", "import helper_of_defs\nfrom pathlib")
    helper = code.folder / "helper_of_defs.py"
    helper.write_text("def twice(number):\n    return number * 2\n")
    session.client.reload()
    code.break_it()
    failed = session.run().run_id
    code.mend()
    helper.write_text("def twice(number):\n    return number * 2.0\n")
    session.client.reload()

    plan = session.client.plan_rerun(failed)
    result = rerun(session, failed)

    assert any("file helper_of_defs changed" in note for note in plan.notes), plan.notes
    assert result.steps[DOUBLE].reused_from_run_id == failed
    assert session.value("table") == 30


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ("table.double", ["double"]),
        ("table.double+1", ["double", "finish"]),
        ("table.double+", ["double", "finish", "polish", "report"]),
        ("1+table.finish", ["double", "finish"]),
        ("+report", ["double", "fetch", "finish", "polish", "report"]),
        ("table", ["double", "fetch", "finish", "polish"]),
        (["report", "beside"], ["beside", "report"]),
    ],
)
def test_steps_run_as_they_are_named(
    session: Session, code: Code, steps: str | list[str], expected: list[str]
) -> None:
    parent = session.succeed()
    code.ran()

    rerun(session, parent.run_id, steps=steps)

    assert code.ran() == expected


def test_what_reads_a_step_that_runs_again_says_so_and_can_run_too(
    session: Session, code: Code
) -> None:
    parent = session.succeed().run_id
    code.ran()

    kept = session.client.plan_rerun(parent, steps=FINISH)
    rerun(session, parent, steps=FINISH, rerun_changed=True)

    assert reasons(kept)[POLISH] == (
        "REUSE",
        f"From run {parent}, though it reads {FINISH}, which runs again.",
    )
    assert code.ran() == ["finish", "polish", "report"]


def test_a_later_rerun_knows_that_a_value_was_made_anew_below_a_reused_one(
    session: Session,
) -> None:
    parent = session.succeed().run_id
    second = rerun(session, parent, steps=FINISH).run_id

    plan = session.client.plan_rerun(second, steps="beside")

    assert reasons(plan)[POLISH] == (
        "REUSE",
        f"From run {parent}, though what it read of {FINISH} was made again since.",
    )


def test_all_runs_everything(session: Session, code: Code) -> None:
    parent = session.succeed()
    code.ran()

    rerun(session, parent.run_id, "all")

    assert code.ran() == ["beside", "double", "fetch", "finish", "polish", "report"]


def test_new_and_vanished_steps_are_listed(session: Session, code: Code, failed: str) -> None:
    code.replace("polish(finish(double(fetch())))", "finish(again(double(fetch())))")
    code.replace("@graph_asset", "@op\ndef again(number):\n    return number\n\n\n@graph_asset")
    session.client.reload()

    plan = session.client.plan_rerun(failed)
    rerun(session, failed)

    assert f"New since run {failed}: table.again." in plan.notes
    assert f"Gone since run {failed}: {POLISH}." in plan.notes
    assert reasons(plan)["table.again"][1].startswith(f"Is new: run {failed} had no such step.")
    assert session.value("table") == 3


def test_nothing_failed_is_refused_and_a_misspelt_step_is_named(session: Session) -> None:
    parent = session.succeed().run_id

    with pytest.raises(NothingFailedError):
        session.client.rerun(parent)
    with pytest.raises(SelectionError, match=r"table\.finish") as caught:
        session.client.rerun(parent, steps="table.finsh")

    assert caught.value.reason == "UNKNOWN_STEPS"


def test_a_run_that_goes_on_is_refused(session: Session, code: Code) -> None:
    serve(
        session,
        code,
        """
        import os
        from pathlib import Path
        from treadle import asset

        @asset
        def waits():
            os.mkfifo(Path(__file__).parent / "gate")
            return open(Path(__file__).parent / "gate").read()
        """,
    )
    handle = session.client.materialize()

    with pytest.raises(RunNotFinishedError):
        session.client.rerun(handle.run_id)

    handle.cancel()
    handle.result(timeout=60)


def test_a_cancelled_run_goes_on_where_it_stopped(session: Session, code: Code) -> None:
    serve(
        session,
        code,
        """
        import os
        from pathlib import Path
        from treadle import graph_asset, op

        HERE = Path(__file__).parent

        @op
        def first():
            (HERE / "first").touch()
            return os.getpid()

        @op
        def second(pid):
            if not (HERE / "open").exists():
                (HERE / "begun").touch()
                os.mkfifo(HERE / "gate")
                open(HERE / "gate").read()
            return pid

        @graph_asset
        def both():
            return second(first())
        """,
    )
    handle = session.client.materialize()
    for event in handle.events():
        if isinstance(event, treadle_client.StepStarted) and event.step_key == "both.second":
            break
    handle.cancel()
    cancelled = handle.result(timeout=60)
    assert cancelled.status is treadle_client.RunState.CANCELLED
    (code.folder / "open").touch()
    (code.folder / "first").unlink()

    again = rerun(session, handle.run_id)

    assert again.steps["both.first"].reused_from_run_id == handle.run_id
    assert not (code.folder / "first").exists()
    assert isinstance(session.value("both"), int)


def test_the_options_and_tags_of_the_run_are_kept(start: Start) -> None:
    session = start("seed_subset.py")
    parent = session.succeed(
        "baz_asset", siblings="run", unselected_outputs="discard", tags={"team": "etl"}
    )

    again = session.client.rerun(parent.run_id, "all", tags={"why": "again"})
    again.result(timeout=60).raise_for_failure()

    run = again.describe()
    assert run.selection.expressions == ("baz_asset",)
    assert run.options.siblings == "run"
    assert run.options.unselected_outputs == "discard"
    assert run.tags == {"team": "etl", "why": "again"}


def test_an_optional_output_that_was_left_out_stays_left_out(session: Session, code: Code) -> None:
    serve(
        session,
        code,
        """
        from pathlib import Path
        from treadle import AssetOut, Out, Output, graph_multi_asset, op

        HERE = Path(__file__).parent

        @op(out={"a": Out(is_required=False), "b": Out(is_required=False)})
        def split():
            with (HERE / "ran").open("a") as file:
                file.write("split\\n")
            yield Output(1, "a")

        @op
        def use(each):
            return each

        @op
        def join(every):
            with (HERE / "ran").open("a") as file:
                file.write("join\\n")
            if (HERE / "broken").exists():
                raise RuntimeError
            return sum(every)

        @graph_multi_asset(outs={"total": AssetOut(), "other": AssetOut()})
        def sums():
            a, b = split()
            used = use.alias("use_b")(b)
            return {"total": join([use(a), used]), "other": use.alias("last")(used)}
        """,
    )
    code.break_it()
    parent = session.run().run_id
    code.mend()
    code.ran()

    plan = session.client.plan_rerun(parent)
    again = rerun(session, parent)

    assert code.ran() == ["join"]
    assert verdicts(plan) == {
        "sums.split": "REUSE",
        "sums.use": "REUSE",
        "sums.use_b": "REUSE",
        "sums.last": "REUSE",
        "sums.join": "RUN",
    }
    assert session.value("total") == 1
    assert again.steps["sums.use_b"].state is StepState.SKIPPED
    assert again.steps["sums.last"].state is StepState.SKIPPED


def test_loads_are_resolved_anew_and_the_plan_says_what_they_read(
    session: Session, code: Code
) -> None:
    session.succeed("table")
    parent = session.succeed("report").run_id
    newer = session.succeed("table").run_id
    code.ran()

    kept = session.client.plan_rerun(parent, steps="report")
    changed = session.client.plan_rerun(parent, rerun_changed=True)

    assert [(load.asset_key, load.run_id) for load in kept.loads] == [("table", newer)]
    assert reasons(changed)["report"][1].startswith("What it read of table was made again since.")


def test_a_named_rerun_is_one_run(session: Session, failed: str) -> None:
    first = session.client.rerun(failed, idempotency_key="once")
    first.result(timeout=60)
    second = session.client.rerun(failed, idempotency_key="once")

    assert second.run_id == first.run_id
    with pytest.raises(treadle_client.IdempotencyConflictError, match="kind"):
        session.client.rerun(failed, "all", idempotency_key="once")


def test_a_users_manager_that_stored_a_newer_value_is_named(session: Session, code: Code) -> None:
    serve(
        session,
        code,
        """
        import json
        from pathlib import Path
        from treadle import Definitions, IOManager, asset

        HERE = Path(__file__).parent

        class Files(IOManager):
            def path(self, key):
                return HERE / ("value_" + "_".join(key.path))

            def handle_output(self, context, obj):
                self.path(context.asset_key).write_text(json.dumps(obj))

            def load_input(self, context):
                return json.loads(self.path(context.asset_key).read_text())

        @asset
        def up():
            return 1

        @asset
        def down(up):
            if (HERE / "broken").exists():
                raise RuntimeError
            return up + 1

        defs = Definitions(assets=[up, down], resources={"io_manager": Files()})
        """,
    )
    code.break_it()
    parent = session.run().run_id
    code.mend()
    newer = session.succeed("up").run_id

    plan = session.client.plan_rerun(parent)
    rerun(session, parent)

    assert verdicts(plan) == {"up": "REUSE", "down": "RUN"}
    assert any(f"run {newer} stored a value that is newer" in note for note in plan.notes)
    assert json.loads((code.folder / "value_down").read_text()) == 2


MANAGED = """
import json
from pathlib import Path
from treadle import AssetOut, Definitions, IOManager, Out, Output, asset, graph_asset
from treadle import multi_asset, op

HERE = Path(__file__).parent


class Files(IOManager):
    def handle_output(self, context, obj):
        (HERE / context.name).write_text(json.dumps(obj))

    def load_input(self, context):
        return json.loads((HERE / context.upstream_output.name).read_text())


def count(name):
    with (HERE / "ran").open("a") as file:
        file.write(name + "\\n")


@op(out={"made": Out(io_manager_key="files")})
def make():
    count("make")
    return 1


@op
def take(made):
    if (HERE / "broken").exists():
        raise RuntimeError("not yet")
    return made


@graph_asset
def table():
    return take(make())


@multi_asset(outs={"v": AssetOut(io_manager_key="files"), "w": AssetOut()})
def both():
    yield Output(2, "v")
    if (HERE / "half").exists():
        raise RuntimeError("after v")
    yield Output(3, "w")


@asset
def reader(v):
    if (HERE / "broken").exists():
        raise RuntimeError("not yet")
    return v


defs = Definitions(assets=[table, both, reader], resources={"files": Files()})
"""


def test_an_intermediate_that_a_users_manager_may_have_overwritten_is_named(
    session: Session, code: Code
) -> None:
    serve(session, code, MANAGED)
    code.break_it()
    parent = session.run("table").run_id
    assert session.client.plan_rerun(parent).notes == ()
    later = session.run("table").run_id

    (note,) = session.client.plan_rerun(parent).notes

    assert note == (
        f"table.make.made is read through files: run {later} ran table.make after run {parent}"
        " did, and may have overwritten the value."
    )
    assert session.client.plan_rerun(later).notes == ()


def test_an_asset_that_a_later_run_overwrote_before_it_failed_is_named(
    session: Session, code: Code
) -> None:
    serve(session, code, MANAGED)
    code.break_it()
    parent = session.run("v or w or reader").run_id
    assert session.client.plan_rerun(parent).notes == ()
    (code.folder / "half").touch()
    later = session.run("v or w").run_id

    (note,) = session.client.plan_rerun(parent).notes

    assert note == (
        f"v is read through files: run {later} ran both after run {parent} did, and may have"
        " overwritten the value."
    )


def test_a_value_whose_manager_is_gone_is_made_again(session: Session, code: Code) -> None:
    serve(session, code, MANAGED)
    code.break_it()
    parent = session.run("table").run_id
    code.mend()
    code.replace('Out(io_manager_key="files")', "Out()")
    code.replace('resources={"files": Files()}', "resources={}")
    session.client.reload()
    code.ran()

    plan = session.client.plan_rerun(parent)
    result = rerun(session, parent)

    assert verdicts(plan) == {"table.make": "RUN", "table.take": "RUN"}
    assert "stored with files, a resource that is gone" in plan.steps[0].reason
    assert code.ran() == ["make"]
    assert result.succeeded


def test_an_output_that_has_another_name_now_is_told(session: Session, code: Code) -> None:
    serve(session, code, MANAGED)
    code.break_it()
    parent = session.run("table").run_id
    code.replace('out={"made"', 'out={"done"')
    session.client.reload()

    step = session.client.plan_rerun(parent).steps[0]

    assert step.verdict is Verdict.RUN
    assert step.reason.startswith(
        f"table.take reads its output done, which run {parent} did not produce; it has no output"
        " made any more."
    )


def test_reruns_that_never_started_are_gone_on_from_where_their_parent_was(
    start: Start, code: Code
) -> None:
    code.replace(
        "def beside():\n",
        "def beside():\n    while (HERE / 'held').exists():\n        time.sleep(0.02)\n",
    )
    code.replace("from pathlib", "import time\nfrom pathlib")
    session = start(code.path, max_runs=1)
    code.break_it()
    parent = session.run("table").run_id
    (code.folder / "held").touch()
    holder = session.client.materialize("beside")
    never = session.client.rerun(parent)
    # What a run that waits is to reuse is needed, though its maker ended long ago.
    session.client.collect_garbage(keep_intermediates=timedelta(0))
    never.cancel()
    assert never.result(timeout=60).status is treadle_client.RunState.CANCELLED
    again = never.rerun()
    session.client.collect_garbage(keep_intermediates=timedelta(0))
    again.cancel()
    again.result(timeout=60)
    code.mend()
    code.ran()

    plan = again.plan_rerun()
    last = again.rerun()
    (code.folder / "held").unlink()
    holder.result(timeout=60)
    result = last.result(timeout=60)

    assert verdicts(plan) == {FETCH: "REUSE", DOUBLE: "REUSE", FINISH: "RUN", POLISH: "RUN"}
    assert result.succeeded
    assert result.steps[DOUBLE].reused_from_run_id == parent
    assert code.ran() == ["beside", "finish", "polish"]


def test_a_rerun_whose_host_could_not_start_is_gone_on_from_likewise(
    session: Session, code: Code
) -> None:
    code.break_it()
    parent = session.run("table").run_id
    code.mend()
    # Imported by the loader before the file is there, by the host after.
    code.write(MODULE + "\nif (HERE / 'armed').exists():\n    raise ImportError('armed')\n")
    session.client.reload()
    (code.folder / "armed").touch()
    never = session.client.rerun(parent).result(timeout=60)
    (code.folder / "armed").unlink()
    code.ran()

    rerun(session, never.run_id)

    assert never.failure is not None
    assert never.failure.reason.value == "start_failed"
    assert code.ran() == ["finish", "polish"]


def test_what_a_rerun_of_named_steps_left_out_can_be_gone_on_with(
    session: Session, code: Code
) -> None:
    code.break_it()
    parent = session.run("table or beside").run_id
    code.mend()
    only = rerun(session, parent, steps=FINISH)
    code.ran()

    plan = session.client.plan_rerun(only.run_id)
    last = rerun(session, only.run_id)

    assert verdicts(plan)[POLISH] == "RUN"
    assert code.ran() == ["polish"]
    with pytest.raises(NothingFailedError):
        session.client.rerun(last.run_id)


def test_code_that_was_mended_but_not_loaded_anew_is_named(
    session: Session, code: Code, failed: str
) -> None:
    code.replace("return number + 1", "return number + 1000")

    (note,) = session.client.plan_rerun(failed).notes
    again = session.client.rerun(failed)
    again.result(timeout=60)

    assert note == (
        f"Changed after the code was loaded: {code.path}. This plan is of the code as it was"
        " then; `treadle reload` loads it anew."
    )
    assert again.notes == (note,)
    assert session.client.materialize("beside").notes == (note,)
    assert session.client.run(again.run_id).notes == ()
    session.client.reload()
    assert "`treadle reload`" not in "".join(session.client.plan_rerun(failed).notes)


def test_an_asset_in_a_file_that_was_not_loaded_anew_is_refused_with_the_reason(
    session: Session, code: Code
) -> None:
    code.path.write_text(code.path.read_text() + "\n\n@asset\ndef fresh():\n    return 1\n")

    with pytest.raises(SelectionError) as caught:
        session.client.materialize("fresh")
    with pytest.raises(SelectionError) as misspelt:
        session.client.materialize("fresh or")

    (change,) = caught.value.changes
    assert change == (
        f"Changed after the code was loaded: {code.path}. This answer is of the code as it was"
        " then; `treadle reload` loads it anew."
    )
    assert str(caught.value).endswith(f"\n  {change}")
    assert misspelt.value.changes == ()
    session.client.reload()
    assert session.client.materialize("fresh").result(timeout=60).succeeded


def test_a_run_that_was_gone_on_from_is_planned_with_the_newest_that_did(
    session: Session, failed: str
) -> None:
    first = session.client.rerun(failed)
    first.result(timeout=60)
    second = session.client.rerun(failed)
    second.result(timeout=60)

    (note,) = session.client.plan_rerun(failed).notes

    assert first.notes == ()
    assert second.notes == (f"Run {first.run_id} went on from it already: {first.status()}.",)
    assert note == f"Run {second.run_id} went on from it already: {second.status()}."
    assert session.client.plan_rerun(second.run_id, "all").notes == ()


def test_a_file_that_was_only_touched_is_not_named(
    session: Session, code: Code, failed: str
) -> None:
    os.utime(code.path, (1, 1))

    assert session.client.plan_rerun(failed).notes == ()


def test_code_that_could_not_be_loaded_is_named(session: Session, code: Code, failed: str) -> None:
    code.path.write_text("raise ValueError('spilt milk')\n")
    session.client.reload()

    (note,) = session.client.plan_rerun(failed).notes

    assert note.startswith(
        f"The newest code could not be loaded ({code.path}:1: ValueError: spilt milk): this plan"
        " is of the code that was loaded at "
    )


def test_the_command_says_what_to_know_of_a_plan(session: Session, code: Code, failed: str) -> None:
    code.replace("return number + 1", "return number + 1000")
    command = [sys.executable, "-m", "treadle_client", "runs", "rerun", failed, "--detach"]

    done = subprocess.run(
        [*command, "--home", session.home],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    session.client.run(done.stdout.strip()).result(timeout=60)
    assert done.stderr.startswith(f"Note: Changed after the code was loaded: {code.path}.")


def test_the_home_of_another_launcher_goes_on_from_its_runs(
    start: Start, code: Code, tmp_path: Path
) -> None:
    code.break_it()
    with treadle_client.local(code.path, home=tmp_path / "first") as client:
        failed = client.materialize().result(timeout=60).run_id
    code.mend()
    code.ran()
    shutil.move(tmp_path / "first", tmp_path / "moved")
    session = start(code.path, home=tmp_path / "moved")

    rerun(session, failed)

    assert code.ran() == ["finish", "polish", "report"]
    assert os.listdir(tmp_path / "moved")
