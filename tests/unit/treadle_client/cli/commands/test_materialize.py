from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import grpc
import pytest

from tests.processes import running

RUN_ID = "01HZZZZZZZZZZZZZZZZZZZZZZZ"


def test_a_run_is_shown_as_lines_and_succeeds(treadle, address):
    done = treadle("materialize", "--launcher", address, "--select", "foo_asset")

    assert done.status == 0
    lines = [line.partition("  ")[2] for line in done.out.splitlines()]
    assert lines == [
        f"run {RUN_ID} submitted: every asset",
        "1 step to run",
        "g.foo started",
        "g.foo made foo_asset, unexpectedly",
        "g.foo succeeded in 0.012 s",
        f"run {RUN_ID} SUCCEEDED, 1 asset made, 1 of them unexpected",
    ]


def test_machines_get_events_and_the_result_as_json_lines(treadle, address):
    done = treadle("materialize", "--launcher", address, "--json")

    *events, result = done.json_lines
    assert [event["sequence"] for event in events] == [1, 2, 3, 4, 5, 6]
    assert events[3]["kind"] == "asset_materialized"
    assert events[3]["asset_key"] == "foo_asset"
    assert (result["kind"], result["succeeded"], result["status"]) == ("result", True, "SUCCEEDED")
    assert result["steps"]["g.foo"]["state"] == "SUCCEEDED"


def test_a_failed_run_ends_with_1_and_shows_the_traceback(treadle, launcher, address):
    launcher.fail_run()

    done = treadle("materialize", "--launcher", address)

    assert done.status == 1
    assert "g.foo failed: user_error (compute): ValueError: nine at /x/my_assets.py:9" in done.out
    assert "Traceback: nine\n" in done.out


def test_a_cancelled_run_ends_with_1(treadle, launcher, address):
    launcher.run.state = 7
    launcher.events[-1].run_finished.state = 7

    assert treadle("materialize", "--launcher", address).status == 1


def test_what_was_chosen_reaches_the_launcher(treadle, launcher, address):
    treadle(
        *("materialize", "--launcher", address, "--select", "a", "-s", "+b or c"),
        *("--unselected-outputs", "discard", "--siblings", "run", "--unrecorded-loads", "try"),
        *("--tag", "team=etl", "--tag", "note=a=b", "--idempotency-key", "k", "--location", "l"),
        *("--timeout", "1.5", "--retry-lost", "2"),
    )

    (request,) = launcher.requests("LaunchRun")
    assert list(request.selection.expressions) == ["a", "+b or c"]
    assert request.options.unselected_outputs == 2
    assert (request.options.siblings, request.options.unrecorded_loads) == (2, 2)
    assert dict(request.tags) == {"team": "etl", "note": "a=b"}
    assert (request.idempotency_key, request.location) == ("k", "l")
    assert (request.timeout_ms, request.retry_lost) == (1500, 2)


def test_a_job_is_asked_for_by_name(treadle, launcher, address):
    treadle("materialize", "--launcher", address, "--job", "nightly", "--op", "a", "--op", "*b")

    asked = launcher.requests("LaunchRun")[0].selection
    assert (asked.job, list(asked.op_selection)) == ("nightly", ["a", "*b"])


@pytest.mark.parametrize("more", [(), ("--detach",), ("--json",)])
def test_a_request_that_was_made_before_is_told_as_such(treadle, launcher, address, more):
    launcher.existed = True

    done = treadle("materialize", "--launcher", address, "--idempotency-key", "k", *more)

    assert done.status == 0
    assert done.err.startswith(f"This request was made before: run {RUN_ID} of ")
    assert done.err.endswith(" (SUCCEEDED); nothing was launched.\n")
    assert RUN_ID in done.out


def test_detached_the_id_is_all(treadle, launcher, address):
    done = treadle("materialize", "--launcher", address, "--detach")

    assert (done.status, done.out) == (0, f"{RUN_ID}\n")
    assert not launcher.requests("WatchRun")


def test_detached_machines_get_the_run(treadle, address):
    done = treadle("materialize", "--launcher", address, "--detach", "--json")

    assert done.json["run_id"] == RUN_ID


def test_a_refused_selection_ends_with_2_and_says_what_is_accepted(treadle, refuse, address):
    refuse(
        *("LaunchRun", grpc.StatusCode.FAILED_PRECONDITION, "PARTIAL_BLOCK"),
        message="two_assets makes both",
        smallest_selection="first or second",
    )

    done = treadle("materialize", "--launcher", address, "--select", "first")

    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("error: two_assets makes both\n")
    assert "--select 'first or second'" in done.err


def test_machines_get_a_refusal_as_a_document(treadle, refuse, address):
    refuse("LaunchRun", grpc.StatusCode.INVALID_ARGUMENT, "UNKNOWN_ASSET", names=["fo"])

    done = treadle("materialize", "--launcher", address, "--select", "fo", "--json")

    assert done.status == 2
    assert done.json["error"]["reason"] == "UNKNOWN_ASSET"
    assert done.json["error"]["names"] == ["fo"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-f", "x.py", "--launcher", "unix:/x"], "use one of them"),
        (["-f", "x.py", "--detach"], "--detach needs a running launcher"),
        (["--select", "a", "--job", "j"], "use one of them"),
        (["--op", "a"], "--op takes an op of a job"),
        (["--python", "python3"], "need a file"),
        (["--tag", "novalue"], "not KEY=VALUE"),
        (["--tag", "a=1", "--tag", "a=2"], "given twice"),
        (["--siblings", "sometimes"], "sometimes"),
        (["--nonsense"], "nonsense"),
    ],
)
def test_a_wrong_command_line_ends_with_2(treadle, arguments, message):
    done = treadle("materialize", *arguments)

    assert done.status == 2
    assert message in done.err


def test_a_file_that_is_not_there_ends_with_2_and_starts_nothing(treadle, tmp_path):
    done = treadle("materialize", "-f", "missing.py")

    assert done.status == 2
    assert "There is no file missing.py" in done.err


def test_ctrl_c_lets_a_run_of_a_standing_launcher_go_on(launcher, address, tmp_path):
    launcher.run.state = 3
    launcher.events = launcher.events[:3]
    launcher.hold = True
    command = [sys.executable, "-P", "-m", "treadle_client", "materialize", "--launcher", address]

    with running(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if "started" in line:
                process.send_signal(signal.SIGINT)
                break
        _, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert f"The run goes on. See it: treadle runs watch {RUN_ID}" in err
    assert not launcher.requests("CancelRun")


def test_on_a_terminal_a_run_is_shown_live(launcher, address, tmp_path):
    command = [sys.executable, "-P", "-m", "treadle_client", "materialize", "--launcher", address]
    ours, theirs = os.openpty()
    shown: list[bytes] = []

    def read() -> None:
        # The last reader of a terminal whose writers are gone gets EIO.
        try:
            while piece := os.read(ours, 65536):
                shown.append(piece)
        except OSError:
            pass

    reader = threading.Thread(target=read)
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"}
    with running(command, stdout=theirs, cwd=tmp_path, env=environment) as process:
        os.close(theirs)
        reader.start()
        assert process.wait(30) == 0
    reader.join(30)
    os.close(ours)

    text = b"".join(shown).decode()
    assert "g.foo made foo_asset, unexpectedly" in text
    assert "SUCCEEDED, 1 asset made" in text
    assert "\x1b[?25h" in text, "the cursor is shown again"
