"""Config, from what is typed to what an op gets: told, refused, recorded, kept, and never a secret."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import treadle
import treadle_client
from tests.e2e.conftest import ASSETS, Session
from treadle_client import ConfigError, Verdict

PASSWORD = "a-word-that-nobody-writes-down"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TREADLE_TEST_PASSWORD", PASSWORD)
        with treadle_client.local(ASSETS / "config.py", home=home) as client:
            yield Session(client, home)


def told(**config: object) -> dict[str, object]:
    return {"ops": {name: {"config": each} for name, each in config.items()}}


def fetching(**config: object) -> dict[str, object]:
    return {"ops": {"open_graph": {"ops": {"fetch": {"config": config}}}}}


def recorded(database: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as connection:
        names = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
        for (name,) in names:
            yield name, repr(connection.execute(f"select * from {name}").fetchall())


def test_an_op_of_a_graph_is_told_by_its_path(session: Session) -> None:
    session.succeed("open_graph", config=fetching(day="today"))

    assert session.value("open_graph") == "today x 3!"


def test_a_run_config_of_classes_is_taken_as_it_stands(session: Session) -> None:
    config = treadle.RunConfig(
        ops={
            "open_graph": {
                "ops": {"fetch": {"config": {"day": treadle.EnvVar("TREADLE_TEST_PASSWORD")}}}
            }
        }
    )

    session.succeed("open_graph", config=config)

    assert session.value("open_graph") == f"{PASSWORD} x 3!"


def test_what_a_graph_says_is_a_default(session: Session) -> None:
    session.succeed("with_defaults")
    assert session.value("with_defaults") == "every day x 3!"

    session.succeed(
        "with_defaults",
        config={"ops": {"with_defaults": {"ops": {"fetch": {"config": {"count": 7}}}}}},
    )
    assert session.value("with_defaults") == "every day x 7!"


def test_a_graph_maps_its_own_config_to_its_ops(session: Session) -> None:
    session.succeed("mapped", config=told(mapped={"day": "tomorrow", "count": 2}))

    assert session.value("mapped") == "tomorrow x 4?"


def test_a_job_has_config_which_a_run_may_change(session: Session) -> None:
    session.succeed(job="monday")
    assert session.value("open_graph") == "monday x 3!"

    session.succeed(job="monday", config=fetching(count=1))
    assert session.value("open_graph") == "monday x 1!"


def test_an_op_may_take_any_mapping(session: Session) -> None:
    session.succeed("free", config=told(free={"a": [1, 2.5, None], "b": {"c": True}}))

    assert session.value("free") == {"a": [1, 2.5, None], "b": {"c": True}}


def test_the_plan_shows_what_holds_and_what_is_of_no_use(session: Session) -> None:
    config = {**fetching(day="today")}
    plan = session.client.plan(
        "open_graph", config={"ops": {**config["ops"], **told(free={})["ops"]}}
    )  # type: ignore[dict-item]

    steps = {step.key: step for step in plan.steps}
    assert steps["open_graph.fetch"].config == {"day": "today", "count": 3}
    assert steps["open_graph.finish"].config == {"suffix": "!"}
    assert "Nothing that runs takes the config at ops.free.config." in plan.notes
    assert 'count=3, day="today"' in str(plan)


def test_what_was_planned_is_what_is_launched(session: Session) -> None:
    plan = session.client.plan("open_graph", config=fetching(day="as planned"))

    session.client.materialize(plan=plan).result(timeout=60).raise_for_failure()

    assert session.value("open_graph") == "as planned x 3!"


@pytest.mark.parametrize(
    ("selection", "config", "words"),
    [
        ("open_graph", None, "ops.open_graph.ops.fetch.config.day: it must be given: text."),
        ("open_graph", fetching(day=1), "config.day: expected text, got 1."),
        (
            "open_graph",
            fetching(day="x", count=0),
            "config.count: expected a number from 1 on, got 0.",
        ),
        ("open_graph", fetching(day="x", cuont=1), "Did you mean 'count'?"),
        (
            "open_graph",
            {"ops": {"open_grahp": {}}},
            "ops.open_grahp: there is no 'open_grahp' here",
        ),
        ("open_graph", {"opps": {}}, "Did you mean 'ops'?"),
        ("open_graph", told(open_graph={"day": "x"}), "ops.open_graph.config: it takes no config."),
        (
            "mapped",
            {"ops": {"mapped": {"ops": {"fetch": {}}}}},
            "told by its own config: give config.",
        ),
        ("login", told(login={"password": PASSWORD}), "ops.login.config.password: it is a secret"),
        ("none", told(none={"n": 1}), "ops.none.config: it takes no config."),
    ],
)
def test_what_is_wrong_is_refused_before_anything_starts(
    session: Session, selection: str, config: object, words: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        session.client.materialize(selection, config=config)

    assert words in str(refused.value)
    assert PASSWORD not in str(refused.value)
    assert refused.value.reason == "BAD_CONFIG"


def test_a_secret_is_read_where_the_step_runs_and_written_nowhere(session: Session) -> None:
    result = session.succeed("login")

    assert session.value("login") == len(PASSWORD)
    assert session.client.run(result.run_id).status
    plan = session.client.plan("login")
    assert plan.steps[0].config == {"user": "me", "password": {"env": "TREADLE_TEST_PASSWORD"}}
    assert PASSWORD not in repr(list(session.client.run(result.run_id).events()))
    assert PASSWORD not in repr(session.client.graph())
    for path in (session.home / "logs").rglob("*/log"):
        assert PASSWORD.encode() not in path.read_bytes(), path
    for table, rows in recorded(session.home / "treadle.db"):
        # How a host is started stands there whole: its environment, too.
        assert table == "launch_specs" or PASSWORD not in rows, table


def test_a_variable_that_is_not_set_fails_the_step_by_its_name(session: Session) -> None:
    result = session.run("open_graph", config=fetching(day={"env": "TREADLE_TEST_NOT_SET"}))

    failure = result.steps["open_graph.fetch"].failure
    assert failure is not None
    assert (failure.reason, failure.where) == ("user_error", "config")
    assert "The environment variable TREADLE_TEST_NOT_SET is not set." in failure.message


def test_a_reexecution_keeps_the_config(session: Session) -> None:
    first = session.succeed("open_graph", config=fetching(day="kept"))

    again = session.client.rerun(first.run_id, "all").result(timeout=60)

    again.raise_for_failure()
    assert session.value("open_graph") == "kept x 3!"


def test_a_reexecution_with_config_lays_it_over_that_of_the_run(
    session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    from treadle_client.cli import run  # noqa: PLC0415 -- as the command imports it

    unset = {"env": "TREADLE_TEST_NOT_SET"}
    first = session.run("open_graph", config=fetching(day=unset, count=2))
    earlier = session.client.run(first.run_id)
    with pytest.raises(ConfigError, match="count"):
        earlier.plan_rerun(config=fetching(count=-1))
    with pytest.raises(ConfigError, match="count"):
        session.client.plan_rerun(first.run_id, config=fetching(count=-1))
    with pytest.raises(ConfigError, match="count"):
        earlier.rerun(config=fetching(count=-1))

    again = earlier.rerun(config=fetching(day="late")).result(timeout=60)

    again.raise_for_failure()
    assert session.value("open_graph") == "late x 2!"
    # What succeeded is reused, and it is said that it was told something else.
    setting = "ops.open_graph.ops.fetch.config.day=later"
    asked = ["runs", "rerun", again.run_id, "--home", str(session.home), "--set", setting]
    run([*asked, "--steps", "open_graph.finish", "--plan"])
    assert "though its config is another now" in capsys.readouterr().out
    run([*asked, "--steps", "open_graph.finish", "--rerun-changed"])
    assert session.value("open_graph") == "later x 2!"


def test_a_request_of_the_same_name_with_other_config_is_another(session: Session) -> None:
    once = session.client.materialize("free", config=told(free={"n": 1}), idempotency_key="k")
    same = session.client.materialize("free", config=told(free={"n": 1}), idempotency_key="k")
    with pytest.raises(treadle_client.IdempotencyConflictError) as refused:
        session.client.materialize("free", config=told(free={"n": 2}), idempotency_key="k")

    assert once.run_id == same.run_id
    assert "config" in str(refused.value)
    once.result(timeout=60).raise_for_failure()


def test_a_step_whose_config_is_another_now_says_so(tmp_path: Path) -> None:
    module = tmp_path / "defs.py"
    text = (
        "import treadle\n"
        "class C(treadle.Config):\n    n: int = 1\n"
        "@treadle.asset\ndef a(config: C) -> int:\n    return config.n\n"
        "@treadle.asset\ndef b(a: int) -> int:\n    return a\n"
    )
    module.write_text(text)
    with treadle_client.local(module, home=tmp_path / "home") as client:
        first = client.materialize().result(timeout=60)
        first.raise_for_failure()
        module.write_text(text.replace("n: int = 1", "n: int = 2"))
        client.reload().raise_for_failure()

        kept = client.plan_rerun(first.run_id, steps=["b"])
        changed = client.plan_rerun(first.run_id, steps=["b"], rerun_changed=True)

    reused, again = kept.steps[0], changed.steps[0]
    assert (reused.key, reused.verdict) == ("a", Verdict.REUSE)
    assert "though its config is another now" in reused.reason
    assert (again.verdict, again.config) == (Verdict.RUN, {"n": 2})
    assert again.reason.startswith("Its config is another now.")


def test_files_text_and_settings_are_laid_over_each_other(
    tmp_path: Path, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    from treadle_client.cli import run  # noqa: PLC0415 -- as the command imports it

    (tmp_path / "all.yaml").write_text(
        "ops:\n  open_graph:\n    ops:\n      fetch: {config: {day: file, count: 2}}\n"
    )
    (tmp_path / "more.toml").write_text("[ops.open_graph.ops.fetch.config]\ncount = 4\n")
    said = json.dumps({"ops": {"open_graph": {"ops": {"finish": {"config": {"suffix": "."}}}}}})

    status = run(
        [
            "plan", "--launcher", session.client.address, "-s", "open_graph",
            "--config", str(tmp_path / "all.yaml"), "--config", str(tmp_path / "more.toml"),
            "--config-json", said, "--set", "ops.open_graph.ops.fetch.config.day=typed",
        ]
    )  # fmt: skip

    assert status == 0
    page = capsys.readouterr().out
    assert 'count=4, day="typed"' in page
    assert 'suffix="."' in page
