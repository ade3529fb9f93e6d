from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import grpc
import pytest

from tests.chaos import commands
from tests.unit.treadle_client.conftest import event
from treadle_api.v1 import event_pb2, run_pb2, value_pb2
from treadle_client import cli

RUN_ID = "01HZZZZZZZZZZZZZZZZZZZZZZZ"

COMMANDS = [
    *("dev", "codeserver", "launcher", "graph", "plan", "materialize", "assets", "runs", "reload"),
    *("assets list", "assets show", "runs list", "runs show", "runs watch", "runs logs"),
    "runs cancel",
]


@pytest.mark.parametrize("asked", ["-h", "--help"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(treadle, command, asked):
    done = treadle(*command.split(), asked)

    assert done.status == 0
    assert done.out.startswith(f"Usage: treadle {command}")
    assert len(done.out.splitlines()) > 5


#: What becomes a service, is a terminal of the user's, or only says that it has done its work.
FOR_PEOPLE = {"dev", "codeserver", "launcher", "runs debug", "db upgrade", "db check"}


def commands_below(group, path=()):
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands_below(command, (*path, name))
        else:
            yield " ".join((*path, name)), command


def test_every_command_that_tells_something_tells_it_to_machines_too():
    without = {
        name
        for name, command in commands_below(cli.treadle)
        if not any("--json" in each.opts for each in command.params)
    }

    assert without == FOR_PEOPLE


def test_every_command_is_tried_around_a_crash_or_has_nothing_to_do_with_a_home():
    names = {name for name, _ in commands_below(cli.treadle)}

    def named(words):
        spelled = (" ".join(words[:2]), words[0], f"{words[0]} list")
        return next(name for name in spelled if name in names)

    tried = {named(command.words) for command in commands.COMMANDS}
    assert tried == names - commands.LEFT_OUT.keys()


def test_machines_get_what_a_reload_did(treadle, address):
    done = treadle("reload", "--launcher", address, "--json")

    document = json.loads(done.out)
    assert done.status == 0
    assert document["swapped"] is True
    assert document["location"]["name"] == "my_assets"


def test_the_help_lists_the_commands_and_exit_statuses(treadle):
    done = treadle("--help")

    assert done.status == 0
    assert all(f"\n  {command}" in done.out for command in COMMANDS if " " not in command)
    assert "3 not reachable" in done.out


def test_an_unknown_command_ends_with_2(treadle):
    assert treadle("materialise").status == 2


def test_the_process_ends_with_the_status(tmp_path):
    command = [sys.executable, "-P", "-m", "treadle_client", "graph", "--home", "nowhere"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.returncode == 3
    assert f"No launcher runs on the home {tmp_path}/nowhere" in done.stderr


@pytest.mark.parametrize("command", ["graph", "plan", "materialize", "assets", "runs", "reload"])
def test_without_a_launcher_commands_end_with_3_and_say_what_to_do(treadle, command):
    done = treadle(command)

    assert done.status == 3
    assert "Start one (treadle dev -f FILE" in done.err


def test_nobody_at_the_address_ends_with_3(treadle, socket_folder):
    done = treadle("graph", "--launcher", f"unix:{socket_folder}/nobody", "--json")

    assert done.status == 3
    assert done.json["error"]["type"] == "UnreachableError"


def test_the_environment_names_a_launcher(treadle, address, monkeypatch):
    monkeypatch.setenv("TREADLE_LAUNCHER", address)

    assert treadle("graph").status == 0


def test_a_home_on_the_command_line_wins_over_the_environment(treadle, address, monkeypatch):
    monkeypatch.setenv("TREADLE_LAUNCHER", address)

    assert treadle("graph", "--home", "nowhere").status == 3


def name_in_home(home: Path, address: str) -> None:
    """Write what a launcher on the home would, in this process's name."""
    home.mkdir()
    stat = Path("/proc/self/stat").read_text()
    content = {
        "address": address,
        "pid": os.getpid(),
        "boot_id": Path("/proc/sys/kernel/random/boot_id").read_text().strip(),
        "start_ticks": int(stat[stat.rindex(")") + 2 :].split()[19]),
    }
    (home / "launcher.json").write_text(json.dumps(content))


def test_the_launcher_of_the_home_is_found(treadle, address, tmp_path):
    name_in_home(tmp_path / ".treadle", address)

    assert treadle("graph").status == 0


def test_code_on_the_home_of_a_running_launcher_is_refused_with_its_address(
    treadle, address, tmp_path
):
    name_in_home(tmp_path / ".treadle", address)
    (tmp_path / "my_assets.py").touch()

    done = treadle("materialize", "-f", "my_assets.py")

    assert done.status == 2
    assert f"--launcher {address}" in done.err


def test_a_token_file_is_sent(treadle, launcher, address, tmp_path):
    token = "open-sesame-open-sesame"
    (tmp_path / "token").touch(mode=0o600)
    (tmp_path / "token").write_text(f"{token}\n")

    treadle("graph", "--launcher", address, "--token-file", "token")

    assert launcher.metadata["authorization"] == f"Bearer {token}"


def test_a_token_file_that_others_may_read_is_refused(treadle, launcher, address, tmp_path):
    (tmp_path / "token").write_text("open-sesame-open-sesame\n")
    (tmp_path / "token").chmod(0o644)

    done = treadle("graph", "--launcher", address, "--token-file", "token")

    assert done.status == 2
    assert "chmod 600 token" in done.err
    assert launcher.metadata == {}


def test_a_launcher_s_socket_where_others_may_write_is_not_spoken_to(treadle, socket_folder):
    socket_folder.chmod(0o1777)

    done = treadle("graph", "--launcher", f"unix:{socket_folder}/l0")

    assert done.status == 3
    assert f"others may write to the folder {socket_folder}" in done.err
    assert "Traceback" not in done.err


def test_a_graph_is_printed(treadle, address):
    done = treadle("graph", "--launcher", address)

    assert "foo_asset  g.foo:foo_1" in done.out


def test_machines_get_the_graph(treadle, address):
    done = treadle("graph", "--launcher", address, "--json")

    assert done.json["location"]["name"] == "my_assets"
    assert [asset["key"] for asset in done.json["assets"]] == ["foo_asset", "up"]


def test_a_plan_is_printed(treadle, address):
    done = treadle("plan", "--launcher", address, "--select", "baz_asset")

    assert "g.foo  RUN      foo_2             foo_2 is read by g.baz" in done.out
    assert "will be made unexpectedly" in done.out


def test_machines_get_the_plan(treadle, address):
    done = treadle("plan", "--launcher", address, "--json")

    assert (done.json["digest"], done.json["fingerprint"]) == ("d" * 64, "f" * 64)
    assert done.json["steps"][0]["selected_outputs"] == ["foo_2"]
    assert done.json["hazards"][0]["asset_keys"] == ["foo_asset"]


def test_assets_are_listed_with_their_latest_materialization(treadle, address):
    done = treadle("assets", "--launcher", address)

    assert done.out.splitlines()[1].split()[0] == "foo_asset"
    assert RUN_ID in done.out
    assert done.out.splitlines()[2].split() == ["up", "my_assets", "external", "-", "-"]


def test_machines_get_the_assets(treadle, address):
    done = treadle("assets", "list", "--launcher", address, "--json")

    assert [entry["asset"]["key"] for entry in done.json] == ["foo_asset", "up"]
    assert done.json[0]["latest"]["metadata"] == {"rows": 3}
    assert done.json[1]["latest"] is None


def test_an_asset_is_shown_with_its_history_and_metadata(treadle, address):
    done = treadle("assets", "show", "foo_asset", "--launcher", address)

    assert done.out.startswith("Asset foo_asset of my_assets: made by g.foo:foo_1\n")
    assert "rows  3" in done.out
    assert "unexpected" in done.out


def test_machines_get_an_asset_and_its_history(treadle, address):
    done = treadle("assets", "show", "foo_asset", "--launcher", address, "--json")

    assert done.json["asset"]["asset"]["key"] == "foo_asset"
    assert [made["run_id"] for made in done.json["materializations"]] == [RUN_ID]


def test_an_unknown_asset_ends_with_2_and_suggestions(treadle, refuse, address):
    refuse(
        *("ListMaterializations", grpc.StatusCode.NOT_FOUND, "UNKNOWN_ASSET"),
        suggestions=["foo_asset"],
    )

    done = treadle("assets", "show", "fo_asset", "--launcher", address)

    assert done.status == 2
    assert "Did you mean foo_asset?" in done.err


def test_runs_are_listed_up_to_a_limit(treadle, launcher, address):
    done = treadle("runs", "--launcher", address, "--limit", "2", "--state", "failed")

    assert [line.split()[0][-1] for line in done.out.splitlines()[1:]] == ["0", "1"]
    assert list(launcher.requests("ListRuns")[0].states) == [6]


def test_machines_get_the_runs(treadle, address):
    done = treadle("runs", "list", "--launcher", address, "--json")

    assert [run["status"] for run in done.json] == ["SUCCEEDED"] * 3


def test_a_run_is_shown_with_what_failed(treadle, launcher, address):
    launcher.fail_run()
    launcher.logs = {1: b"adding"}

    done = treadle("runs", "show", RUN_ID, "--launcher", address)

    assert done.status == 0
    assert "g.foo: user_error (compute): ValueError: nine" in done.out
    assert "Traceback: nine" in done.out
    assert f"treadle runs logs {RUN_ID} g.foo" in done.out
    assert done.out.endswith(f"\nGo on from it: treadle runs rerun {RUN_ID} --launcher {address}\n")


def test_what_failed_is_told_once(treadle, launcher, address):
    launcher.fail_run()
    launcher.run.failure.CopyFrom(launcher.steps[0].failure)

    step = treadle("runs", "show", RUN_ID, "--launcher", address)
    launcher.run.failure.message = "The run took longer"
    run = treadle("runs", "show", RUN_ID, "--launcher", address)

    assert step.out.count("ValueError: nine") == 1
    assert "  failure: user_error (compute): The run took longer at" in run.out


def test_what_a_step_that_runs_warned_of_last_is_shown(treadle, launcher, address):
    def warning(number, attempt, words):
        record = event_pb2.LogRecord(level="WARNING", message=value_pb2.Text(head=words))
        return event(number, step_key="g.foo", attempt=attempt, log_record=record)

    launcher.run.state = run_pb2.RUN_STATE_RUNNING
    launcher.steps[0].state = run_pb2.STEP_STATE_RUNNING
    launcher.steps[0].attempts = 2
    launcher.events[3:] = [
        warning(4, 1, "of the first attempt"),
        warning(5, 2, "first"),
        warning(6, 2, "waits for thread 'pump'"),
    ]

    done = treadle("runs", "show", RUN_ID, "--launcher", address)

    assert "\ng.foo: WARNING: waits for thread 'pump'\n" in done.out
    assert "first" not in done.out


def test_a_run_of_code_that_differs_at_each_import_is_not_to_be_run_again(
    treadle, launcher, address
):
    launcher.run.state = run_pb2.RUN_STATE_FAILED
    launcher.run.failure.reason = run_pb2.FAILURE_REASON_UNSTABLE
    launcher.run.failure.message = "asset a differs"

    done = treadle("runs", "show", RUN_ID, "--launcher", address)

    assert "unstable: asset a differs" in done.out
    assert done.out.endswith("Mend that first: until then, no run of this code can do anything.\n")
    assert "rerun" not in done.out


def test_a_cancelled_run_is_shown_with_the_reason(treadle, launcher, address):
    launcher.run.state = run_pb2.RUN_STATE_CANCELLED
    launcher.events[3].cancel_requested.reason = "wrong month"

    done = treadle("runs", "show", RUN_ID, "--launcher", address)

    assert "\n  cancelled: wrong month\n" in done.out
    assert f"Go on from it: treadle runs rerun {RUN_ID}" in done.out


def test_machines_get_a_run_its_steps_and_materializations(treadle, address):
    done = treadle("runs", "show", RUN_ID, "--launcher", address, "--json")

    assert done.json["run"]["run_id"] == RUN_ID
    assert [step["key"] for step in done.json["steps"]] == ["g.foo"]
    assert [made["asset_key"] for made in done.json["materializations"]] == ["foo_asset"]


def test_a_run_is_watched_from_a_sequence_on(treadle, address):
    done = treadle("runs", "watch", RUN_ID, "--launcher", address, "--after", "4", "--json")

    assert [line.get("sequence") for line in done.json_lines] == [5, 6, None]


def test_watching_a_failed_run_ends_with_1(treadle, launcher, address):
    launcher.fail_run()

    done = treadle("runs", "watch", RUN_ID, "--launcher", address)

    assert done.status == 1
    assert done.err == f"Go on from it: treadle runs rerun {RUN_ID} --launcher {address}\n"


def test_a_run_that_goes_on_is_watched_up_to_now(treadle, launcher, address):
    launcher.run.state = 3
    launcher.events = launcher.events[:3]

    done = treadle("runs", "watch", RUN_ID, "--launcher", address, "--no-follow")

    assert done.status == 0
    assert done.out.splitlines()[-1].endswith("g.foo started")


def test_logs_are_printed_as_they_were_written(treadle, launcher, address):
    launcher.logs = {1: b"one\n", 2: b"two", 3: "größer\n".encode()}

    done = treadle("runs", "logs", RUN_ID, "g.foo", "--launcher", address)

    assert done.out == "one\ntwogrößer\n"


def test_logs_of_all_steps_have_headings(treadle, launcher, address):
    launcher.logs = {1: b"one"}

    done = treadle("runs", "logs", RUN_ID, "--launcher", address, "--stream", "stdout")

    assert done.out == "==> g.foo <==\none\n"


def test_machines_get_logs_cut_between_characters(treadle, launcher, address):
    launcher.logs = {1: "ööö".encode()}

    done = treadle("runs", "logs", RUN_ID, "g.foo", "--launcher", address, "--json")

    assert "".join(str(line["text"]) for line in done.json_lines) == "ööö"
    assert {line["step_key"] for line in done.json_lines} == {"g.foo"}


def test_a_last_incomplete_character_is_told_to_machines_too(treadle, launcher, address):
    launcher.logs = {1: b"\xc3"}

    done = treadle("runs", "logs", RUN_ID, "g.foo", "--launcher", address, "--json")

    assert [(line["offset"], line["text"]) for line in done.json_lines] == [(0, "\ufffd")]


def test_logs_of_a_reused_step_name_the_run_that_has_them(treadle, launcher, address):
    launcher.steps[0].attempts = 0
    launcher.steps[0].reused_from_run_id = "R0"

    done = treadle("runs", "logs", RUN_ID, "g.foo", "--launcher", address)
    followed = treadle("runs", "logs", RUN_ID, "g.foo", "--follow", "--launcher", address)

    told = f"g.foo was reused from run R0. It wrote there: treadle runs logs R0 g.foo --launcher {address}\n"
    assert (done.status, done.out, done.err) == (0, "", told)
    assert told in followed.err


def test_logs_of_an_attempt_that_never_was_are_refused(treadle, launcher, address):
    seventh = ("runs", "logs", RUN_ID, "g.foo", "--attempt", "7", "--launcher", address)

    done = treadle(*seventh)

    assert (done.status, done.out) == (2, "")
    assert done.err == "g.foo has no attempt 7: it had 1 attempt.\n"


def test_logs_of_a_step_that_has_not_started_say_so(treadle, launcher, address):
    launcher.steps[0].attempts = 0
    launcher.steps[0].state = run_pb2.STEP_STATE_PENDING

    done = treadle("runs", "logs", RUN_ID, "g.foo", "--launcher", address)

    assert (done.status, done.err) == (0, "g.foo is PENDING: it has not started.\n")


def test_logs_of_a_silent_attempt_say_from_where_on_there_is_nothing(treadle, launcher, address):
    logs = ("runs", "logs", RUN_ID, "g.foo", "--launcher", address)

    assert treadle(*logs).err == "g.foo wrote nothing.\n"
    past = treadle(*logs, "--stream", "stdout", "--offset", "9")
    assert past.err == "g.foo wrote nothing from byte 9 on.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--stream", "stdout", "--offset", str(2**63)),
        ("--attempt", str(2**31)),
    ],
)
def test_numbers_that_nothing_can_have_are_refused(treadle, address, arguments):
    done = treadle("runs", "logs", RUN_ID, "g.foo", "--launcher", address, *arguments)

    assert done.status == 2
    assert "is not in the range" in done.err


def test_following_a_run_of_one_step_needs_no_step(treadle, launcher, address):
    launcher.logs = {1: b"one\n"}

    done = treadle("runs", "logs", RUN_ID, "--follow", "--launcher", address)

    assert (done.status, done.out) == (0, "one\n")
    assert done.err == "Attempt 1 of g.foo SUCCEEDED.\n"


def test_following_a_run_of_several_steps_names_those_that_run(treadle, launcher, address):
    launcher.steps += [
        run_pb2.StepRun(key="bar", state=run_pb2.STEP_STATE_RUNNING, attempts=1),
        run_pb2.StepRun(key="baz", state=run_pb2.STEP_STATE_PENDING),
    ]

    done = treadle("runs", "logs", RUN_ID, "--follow", "--launcher", address)

    assert done.status == 2
    assert "--follow needs a STEP: the run has 3. Running now: bar." in done.err


def test_following_a_step_that_is_tried_again_names_the_next_attempt(treadle, launcher, address):
    launcher.steps[0].state = run_pb2.STEP_STATE_READY
    launcher.steps[0].failure.CopyFrom(
        run_pb2.Failure(reason=run_pb2.FAILURE_REASON_LOST, message="gone")
    )

    done = treadle("runs", "logs", RUN_ID, "g.foo", "--follow", "--launcher", address)

    assert done.status == 0
    assert "Attempt 1 of g.foo failed: lost: gone\nAttempt 2 follows. Read on: " in done.err
    again = f"treadle runs logs {RUN_ID} g.foo --attempt 2 --follow --launcher {address}"
    assert again in done.err


def test_following_an_attempt_that_has_a_successor_names_that(treadle, launcher, address):
    launcher.steps[0].attempts = 3

    followed = ("runs", "logs", RUN_ID, "g.foo", "--follow", "--attempt", "1")
    done = treadle(*followed, "--launcher", address)

    assert "Attempt 1 of g.foo has ended; attempt 3 was the last one. Read on: " in done.err
    assert [request.attempt for request in launcher.requests("ReadLogs")] == [1, 1, 1]


def test_following_a_step_that_never_ran_says_so(treadle, launcher, address):
    launcher.steps[0].state = run_pb2.STEP_STATE_NOT_RUN
    launcher.steps[0].attempts = 0

    done = treadle("runs", "logs", RUN_ID, "g.foo", "--follow", "--launcher", address)

    assert "g.foo is NOT_RUN: it never started.\n" in done.err


def test_a_run_is_cancelled_with_a_reason(treadle, launcher, address):
    launcher.run.state = run_pb2.RUN_STATE_CANCELLED

    done = treadle("runs", "cancel", RUN_ID, "--launcher", address, "--reason", "why", "--wait")

    assert done.status == 0
    assert launcher.requests("CancelRun")[0].reason == "why"


def test_a_cancel_that_came_too_late_ends_with_1(treadle, launcher, address):
    launcher.run.state = run_pb2.RUN_STATE_SUCCEEDED

    assert treadle("runs", "cancel", RUN_ID, "--launcher", address, "--wait").status == 1
    assert treadle("runs", "cancel", RUN_ID, "--launcher", address).status == 0


def test_cancelling_a_finished_run_ends_with_2(treadle, refuse, address):
    refuse("CancelRun", grpc.StatusCode.FAILED_PRECONDITION, "RUN_FINISHED")

    assert treadle("runs", "cancel", RUN_ID, "--launcher", address).status == 2


def test_a_reload_says_what_is_served(treadle, address):
    done = treadle("reload", "--launcher", address)

    assert done.status == 0
    assert done.out.startswith("location my_assets: SERVING, 1 asset in 1 step, digest dddd")


def test_a_reload_of_code_that_does_not_load_ends_with_2(treadle, launcher, address):
    launcher.swapped = False

    assert treadle("reload", "--launcher", address).status == 2


def test_dev_needs_code(treadle):
    assert treadle("dev").status == 2


@pytest.mark.parametrize("command", ["codeserver", "launcher"])
def test_a_service_command_refuses_what_the_service_does_not_know(treadle, command):
    assert treadle(command, "--nonsense").status == 2


@pytest.mark.parametrize("words", [("show",), ("cancel",), ("watch",), ("rerun",)])
def test_an_empty_run_id_is_a_wrong_command_line(treadle, launcher, address, words):
    """As of a shell variable that is not set."""
    done = treadle("runs", *words, "", "--launcher", address)

    assert done.status == 2
    assert "The run's id is ''" in done.err
    assert "Traceback" not in done.err


NEWEST = f"{RUN_ID[:-1]}0"


@pytest.mark.parametrize("name", ["latest", NEWEST, RUN_ID])
@pytest.mark.parametrize(
    "words", [("show",), ("watch",), ("logs",), ("cancel",), ("rerun", "--detach")]
)
def test_a_run_is_named_by_its_id_or_as_the_latest(treadle, launcher, address, words, name):
    done = treadle("runs", words[0], name, *words[1:], "--launcher", address)

    assert done.status == 0
    asked = RUN_ID if name == RUN_ID else NEWEST
    assert launcher.requests("GetRun")[0].run_id == asked


def test_the_beginning_of_one_run_s_id_names_it(treadle, launcher, address):
    launcher.run_count = 1

    done = treadle("runs", "watch", RUN_ID[:5].lower(), "--launcher", address)

    assert done.status == 0
    assert launcher.requests("GetRun")[0].run_id == NEWEST


def test_the_beginning_of_several_ids_lists_them(treadle, launcher, address):
    launcher.run_count = 7

    done = treadle("runs", "show", "01HZ", "--launcher", address)

    listed = "".join(f"  {RUN_ID[:-1]}{n}  SUCCEEDED, 1970-01-01 00:00:00\n" for n in range(5))
    assert done.status == 2
    assert done.err == (
        "error: '01HZ' begins the ids of 7 runs. Write more of one, or latest:\n"
        f"{listed}  … and 2 older ones\n"
    )


def test_what_begins_no_id_is_asked_for_as_it_is(treadle, launcher, address):
    treadle("runs", "show", "totals", "--launcher", address)

    assert launcher.requests("GetRun")[0].run_id == "totals"


def test_there_is_no_latest_run_before_the_first(treadle, launcher, address):
    launcher.run_count = 0

    done = treadle("runs", "show", "latest", "--launcher", address)

    assert (done.status, done.err) == (2, "error: There is no run yet.\n")


@pytest.mark.parametrize("words", [b"", b"adding\n"])
def test_all_that_a_step_wrote_is_pointed_at_where_it_wrote(treadle, launcher, address, words):
    launcher.fail_run()
    launcher.logs = {1: words}

    done = treadle("runs", "show", RUN_ID, "--launcher", address)

    assert ("All that it wrote: " in done.out) is bool(words)
