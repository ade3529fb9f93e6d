"""What the code server's tests share: the real process, started on a module of the test's."""

from __future__ import annotations

import json
import os
import secrets
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeAlias

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status

from treadle_api.v1 import codeserver_pb2, codeserver_pb2_grpc, error_pb2, graph_pb2, plan_pb2

START_SECONDS = 60
"""Far more than a start takes: two cores are shared by whoever tests."""


@dataclass(frozen=True)
class CodeServer:
    """A running code server, and how to talk to it. Closing `alive` is its order to leave."""

    process: subprocess.Popen[bytes]
    address: str
    channel: grpc.Channel
    alive: IO[bytes]
    metadata: tuple[tuple[str, str], ...]

    @property
    def stub(self) -> codeserver_pb2_grpc.CodeServerServiceStub:
        return codeserver_pb2_grpc.CodeServerServiceStub(self.channel)

    @property
    def socket(self) -> Path:
        return Path(self.address.removeprefix("unix:"))

    def location(self) -> graph_pb2.Location:
        request = codeserver_pb2.GetLocationRequest()
        return self.stub.GetLocation(request, timeout=30, metadata=self.metadata).location

    def graph(self) -> list[graph_pb2.GraphPart]:
        request = codeserver_pb2.GetGraphRequest()
        call = self.stub.GetGraph(request, timeout=30, metadata=self.metadata)
        return [response.part for response in call]

    def plan(self, *expressions: str, job: str = "", **options: int) -> list[plan_pb2.PlanPart]:
        request = codeserver_pb2.PlanRequest(
            selection=plan_pb2.Selection(expressions=expressions, job=job),
            options=plan_pb2.PlanOptions(**options),
        )
        call = self.stub.Plan(request, timeout=30, metadata=self.metadata)
        return [response.part for response in call]

    def reload(self) -> codeserver_pb2.ReloadResponse:
        request = codeserver_pb2.ReloadRequest()
        return self.stub.Reload(request, timeout=60, metadata=self.metadata)

    def end(self) -> int:
        """Tell it to leave and return its exit status."""
        self.process.terminate()
        return self.process.wait(30)


Start: TypeAlias = Callable[..., CodeServer]


@pytest.fixture(scope="session")
def socket_folder() -> Iterator[Path]:
    """A folder with a short path: a Unix socket's path holds 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="cs-") as folder:
        yield Path(folder)


@pytest.fixture
def start(socket_folder: Path) -> Iterator[Start]:
    """Start code servers; they are ended after the test, and must end well."""
    with ExitStack() as stack:

        def start_one(
            *arguments: str | Path, bind: str = "", token: str = "", **environment: str
        ) -> CodeServer:
            address = bind or f"unix:{socket_folder}/{secrets.token_hex(4)}.sock"
            metadata = (("authorization", f"Bearer {token}"),) if token else ()
            return stack.enter_context(
                running_server([*arguments, "--bind", address], metadata, environment)
            )

        yield start_one


@pytest.fixture(scope="session")
def seed(socket_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CodeServer]:
    """One server on one module for the tests that only ask."""
    module = tmp_path_factory.mktemp("seed") / "seed_like.py"
    module.write_text(SEED_LIKE)
    arguments = ["-f", str(module), "--bind", f"unix:{socket_folder}/seed.sock"]
    with running_server(arguments) as server:
        yield server


SEED_LIKE = '''
"""A graph of three ops that makes two assets, an asset below it, and one that is never subset."""

import os
from pathlib import Path

from treadle import AssetOut, Definitions, Out, Output, asset, define_asset_job
from treadle import graph_multi_asset, op

Path(__file__).with_name("pid").write_text(str(os.getpid()))


@op(out={"bar_1": Out(), "bar_2": Out()})
def bar():
    return 1, 2


@op(out={"foo_1": Out(is_required=False), "foo_2": Out(is_required=False)})
def foo(context, bar_1):
    if "foo_1" in context.selected_output_names:
        yield Output(bar_1 + 1, output_name="foo_1")
    if "foo_2" in context.selected_output_names:
        yield Output(bar_1 + 2, output_name="foo_2")


@op
def baz(foo_2, bar_2):
    return foo_2 + bar_2


@graph_multi_asset(outs={"foo_asset": AssetOut(), "baz_asset": AssetOut()}, can_subset=True)
def my_graph_assets():
    bar_1, bar_2 = bar()
    foo_1, foo_2 = foo(bar_1)
    return {"foo_asset": foo_1, "baz_asset": baz(foo_2, bar_2)}


@op(out={"one": Out(), "two": Out()})
def two_outputs():
    return 1, 2


@graph_multi_asset(outs={"first_asset": AssetOut(), "second_asset": AssetOut()})
def two_assets():
    one, two = two_outputs()
    return {"first_asset": one, "second_asset": two}


@asset
def below(baz_asset):
    return baz_asset + 1


defs = Definitions(
    assets=[my_graph_assets, two_assets, below],
    jobs=[define_asset_job("nightly", selection="foo_asset or below")],
)
'''


@contextmanager
def running_server(
    arguments: Sequence[str | Path],
    metadata: tuple[tuple[str, str], ...] = (),
    environment: Mapping[str, str] | None = None,
) -> Iterator[CodeServer]:
    """Run a code server for the length of the block, from the end of its first load on."""
    ready_read, ready_write = os.pipe()
    alive_read, alive_write = os.pipe()
    pipes = ["--ready-fd", str(ready_write), "--alive-fd", str(alive_read)]
    with (
        os.fdopen(ready_read, "rb") as ready,
        os.fdopen(alive_write, "wb") as alive,
        tempfile.TemporaryFile(prefix="cs-stderr-") as stderr,
    ):
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "treadle_codeserver", *arguments, *pipes],
            stdin=subprocess.DEVNULL,
            stdout=stderr,
            stderr=stderr,
            pass_fds=(ready_write, alive_read),
            env={**os.environ, **(environment or {})},
        )
        os.close(ready_write)
        os.close(alive_read)
        try:
            readable, _, _ = select.select([ready], [], [], START_SECONDS)
            line = ready.readline() if readable else b""
            if not line:
                process.kill()
                process.wait()
                stderr.seek(0)
                raise RuntimeError(f"not ready: {stderr.read().decode()}")
            address = json.loads(line)["address"]
            with grpc.insecure_channel(address, _CHANNEL_OPTIONS) as channel:
                yield CodeServer(process, address, channel, alive, metadata)
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    finally:
        process.kill()
        process.wait()


# The failures of another test's channel to an address are not this one's.
_CHANNEL_OPTIONS = (("grpc.use_local_subchannel_pool", 1),)


def refusal_of(error: grpc.RpcError) -> tuple[error_details_pb2.ErrorInfo, error_pb2.Refusal]:
    """Return the two details that every refusal carries."""
    status = rpc_status.from_call(error)
    assert status is not None, error
    info, refusal = error_details_pb2.ErrorInfo(), error_pb2.Refusal()
    assert status.details[0].Unpack(info)
    assert status.details[1].Unpack(refusal)
    return info, refusal


def told_through(fifo: Path, by: subprocess.Popen[bytes]) -> str:
    """Wait until something is written into the FIFO below a process, and return it."""
    fd, ended = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK), os.pidfd_open(by.pid)
    with os.fdopen(fd, "rb") as stream, os.fdopen(ended, "rb"):
        readable, _, _ = select.select([stream, ended], [], [], START_SECONDS)
        assert readable == [stream], "nothing was told"
        return os.read(fd, 4096).decode()
