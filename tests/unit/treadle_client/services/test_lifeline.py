from __future__ import annotations

import os
import select
import subprocess
import sys

import pytest

from tests.processes import running
from treadle_client._errors import StartError
from treadle_client.services._lifeline import Lifeline

SERVICE = """
import json, os, sys
pipes = dict(zip(sys.argv[-4::2], sys.argv[-3::2]))
print("a line on stdout")
print("a line on stderr", file=sys.stderr, flush=True)
if "fail" in sys.argv:
    sys.exit(int(sys.argv[2]))
if "silent" not in sys.argv:
    os.write(int(pipes["--ready-fd"]), json.dumps({"address": "unix:/x"}).encode() + b"\\n")
os.close(int(pipes["--ready-fd"])) if "silent" not in sys.argv else None
os.read(int(pipes["--alive-fd"]), 1)
"""


@pytest.fixture
def service(tmp_path, monkeypatch):
    """Make a module that behaves as a service does."""
    (tmp_path / "a_service.py").write_text(SERVICE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "a_service"


def test_a_service_says_its_address_and_ends_with_the_block(service):
    with Lifeline(show_stderr=False) as lifeline:
        started = lifeline.start("service", service, [])
        assert started.wait_ready(30) == "unix:/x"
        assert os.getsid(started.pid) == started.pid

    assert started.wait(0) == 0


def test_a_service_that_does_not_start_is_told_of_with_its_stderr(service):
    with Lifeline(show_stderr=False) as lifeline:
        started = lifeline.start("service", service, ["fail", "1"])
        with pytest.raises(StartError, match=r"did not start \(exit status 1\)") as caught:
            started.wait_ready(30)

    assert "a line on stderr" in caught.value.stderr
    assert not caught.value.usage


def test_a_service_with_wrong_arguments_is_the_callers_mistake(service):
    with Lifeline(show_stderr=False) as lifeline:
        started = lifeline.start("service", service, ["fail", "2"])
        with pytest.raises(StartError) as caught:
            started.wait_ready(30)

    assert caught.value.usage


def test_a_service_that_is_not_ready_in_time_is_ended(service):
    with Lifeline(show_stderr=False) as lifeline:
        started = lifeline.start("service", service, ["silent"])
        with pytest.raises(StartError, match=r"not ready within 0\.1 s"):
            started.wait_ready(0.1)

    assert started.wait(0) is not None


def test_what_a_service_prints_is_never_part_of_our_output(service, capfd):
    with Lifeline(show_stderr=True) as lifeline:
        lifeline.start("service", service, []).wait_ready(30)

    captured = capfd.readouterr()
    assert captured.out == ""
    assert "a line on stdout" in captured.err


def test_a_service_ends_when_its_starter_is_killed(service, tmp_path):
    code = (
        "import os, signal, sys; from treadle_client.services._lifeline import Lifeline\n"
        "with Lifeline(show_stderr=False) as lifeline:\n"
        f"    service = lifeline.start('service', {service!r}, [])\n"
        "    service.wait_ready(30)\n"
        "    print(service.pid, flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with running(
        [sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        service_fd = os.pidfd_open(int(starter.stdout.readline()))
        starter.kill()
        starter.wait(30)

    try:
        ended = select.select([service_fd], [], [], 30)[0]
    finally:
        os.close(service_fd)
    assert ended


def test_a_forked_child_does_not_keep_services_alive(service):
    with Lifeline(show_stderr=False) as lifeline:
        started = lifeline.start("service", service, [])
        started.wait_ready(30)
        hold, release = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(release)
            os.read(hold, 1)
            os._exit(0)

    assert started.wait(0) == 0
    os.close(hold)
    os.close(release)
    assert os.waitpid(child, 0)[1] == 0
