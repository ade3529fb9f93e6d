"""Launchers and code servers as processes, spoken to over gRPC by a client that is not ours."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from treadle_api.v1 import error_pb2, launcher_pb2, launcher_pb2_grpc

_END_SECONDS = 120


class Process:
    """One service's process, with the address that it told."""

    def __init__(self, module: str, *arguments: str, ephemeral: bool = False) -> None:
        ready_read, ready_write = os.pipe()
        alive_read, self._alive = os.pipe()
        flags = ["--ready-fd", str(ready_write)]
        if ephemeral:
            flags += ["--alive-fd", str(alive_read)]
        self.popen = subprocess.Popen(
            [sys.executable, "-P", "-m", module, *arguments, *flags],
            pass_fds=(ready_write, alive_read) if ephemeral else (ready_write,),
            stderr=subprocess.PIPE,
        )
        os.close(ready_write)
        os.close(alive_read)
        with os.fdopen(ready_read, "rb") as ready:
            line = ready.readline()
        self.address = json.loads(line)["address"] if line else ""

    def let_go(self) -> None:
        """Close the pipe that an ephemeral service holds."""
        if self._alive >= 0:
            os.close(self._alive)
            self._alive = -1

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Send a signal and return the exit status and what was written to stderr."""
        self.popen.send_signal(number)
        return self.wait()

    def wait(self) -> tuple[int, str]:
        """Wait for the end."""
        try:
            _, written = self.popen.communicate(timeout=_END_SECONDS)
        finally:
            self.popen.kill()
            self.let_go()
        return self.popen.returncode, written.decode()


class Caller:
    """The launcher's service over a channel with default limits."""

    def __init__(self, address: str, token: str | None = None) -> None:
        self.channel = grpc.insecure_channel(address)
        self.stub: Any = launcher_pb2_grpc.LauncherServiceStub(self.channel)
        self.metadata = (("authorization", f"Bearer {token}"),) if token else ()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**fields: Any) -> Any:
            request = getattr(launcher_pb2, f"{name}Request")(**fields)
            return getattr(self.stub, name)(request, metadata=self.metadata, timeout=_END_SECONDS)

        return call

    def launch(self, *expressions: str, **fields: Any) -> str:
        """Launch a run and return its id."""
        run = self.LaunchRun(selection={"expressions": expressions}, **fields).run
        return str(run.id)

    def events(self, run_id: str, after: int = 0) -> list[Any]:
        """Watch a run from a sequence to its end."""
        watched = self.WatchRun(run_id=run_id, after_sequence=after)
        return [event for response in watched for event in response.events]

    def refusal(self, call: Callable[[], Any]) -> tuple[grpc.StatusCode, error_pb2.Refusal]:
        """Make a call that is refused; return its code and Refusal, once its details agree."""
        with pytest.raises(grpc.RpcError) as raised:
            for _ in call():
                pass
        status = rpc_status.from_call(raised.value)
        assert status is not None
        info, refusal = error_details_pb2.ErrorInfo(), error_pb2.Refusal()
        assert status.details[0].Unpack(info)
        assert status.details[1].Unpack(refusal)
        assert (info.reason, info.domain) == (refusal.reason, "treadle")
        code: grpc.StatusCode = raised.value.code()  # type: ignore[attr-defined]  # a call too
        return code, refusal


class Services:
    """Starts services; ends them and their channels when the test is over."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self._stack = stack
        self.folder = folder
        self.home = folder / "home"

    def process(self, module: str, *arguments: str) -> Process:
        return self._ended(Process(module, *arguments))

    def code_server(self, file: Path, name: str) -> Process:
        bind = f"unix:{self.folder}/{name}.sock"
        return self.process(
            "treadle_codeserver", "--file", str(file), "--bind", bind, "--name", name
        )

    def launcher(self, *arguments: str, ephemeral: bool = False) -> Process:
        home = ("--home", str(self.home))
        return self._ended(Process("treadle_launcher", *home, *arguments, ephemeral=ephemeral))

    def caller(self, address: str, token: str | None = None) -> Caller:
        caller = Caller(address, token)
        self._stack.callback(caller.channel.close)
        return caller

    def module(self, name: str, source: str) -> Path:
        path = self.folder / f"{name}.py"
        path.write_text(source)
        return path

    def _ended(self, process: Process) -> Process:
        self._stack.callback(process.wait)
        self._stack.callback(process.popen.terminate)
        return process


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with ExitStack() as stack:
        yield Services(stack, tmp_path)


@pytest.fixture(scope="module")
def shared_services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Services for all tests of a module."""
    with ExitStack() as stack:
        yield Services(stack, tmp_path_factory.mktemp("shared"))
