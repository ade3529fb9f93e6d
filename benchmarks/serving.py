"""A code server, as a caller on the same machine sees it, from its exec on."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc

from benchmarks.rows import BenchmarkError
from treadle_api.v1 import codeserver_pb2, codeserver_pb2_grpc, plan_pb2

OPTIONS = (("grpc.max_receive_message_length", -1),)
CALL_SECONDS = 120
IMPORT_SECONDS = 300
END_SECONDS = 30


@dataclass(frozen=True, slots=True)
class CodeServer:
    """The calls that are measured; each returns the bytes that came."""

    stub: codeserver_pb2_grpc.CodeServerServiceStub

    def plan(self, *expressions: str, brief: bool = True) -> int:
        """Ask for the plan of a selection."""
        request = codeserver_pb2.PlanRequest(
            selection=plan_pb2.Selection(expressions=expressions), brief=brief
        )
        return sum(part.ByteSize() for part in self.stub.Plan(request, timeout=CALL_SECONDS))

    def refusal(self, *expressions: str) -> int:
        """Ask for a plan on a record that has nothing; return the bytes of the refusal."""
        selection = plan_pb2.Selection(expressions=expressions)
        asked = codeserver_pb2.PlanRequest(selection=selection, brief=True)
        said: queue.SimpleQueue[codeserver_pb2.PlanOnRecordRequest | None] = queue.SimpleQueue()
        said.put(codeserver_pb2.PlanOnRecordRequest(plan=asked, last=True))
        try:
            for part in self.stub.PlanOnRecord(iter(said.get, None), timeout=CALL_SECONDS):
                if part.question.last:
                    # Facts about none of them: no run has made any.
                    said.put(codeserver_pb2.PlanOnRecordRequest(last=True))
        except grpc.RpcError as refused:
            return len(str(refused.details()))
        finally:
            said.put(None)
        raise BenchmarkError(f"{expressions} was not refused")

    def graph(self, known: str = "") -> int:
        """Ask for the graph; known is the digest that the caller has."""
        request = codeserver_pb2.GetGraphRequest(known_digest=known)
        return sum(part.ByteSize() for part in self.stub.GetGraph(request, timeout=CALL_SECONDS))

    def digest(self) -> str:
        """Ask for the graph's digest."""
        parts = self.stub.GetGraph(codeserver_pb2.GetGraphRequest(), timeout=CALL_SECONDS)
        return next(digest for part in parts if (digest := part.part.location.digest))


@contextmanager
def code_server(file: Path) -> Iterator[CodeServer]:
    """Serve a file's location for the length of the block; what comes first is the exec."""
    alive, alive_end = os.pipe()
    ready, ready_end = os.pipe()
    address = f"unix:{file.with_suffix('.sock')}"
    process = subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "treadle_codeserver", "--file", str(file)),
            *("--bind", address, "--import-timeout", str(IMPORT_SECONDS)),
            *("--alive-fd", str(alive), "--ready-fd", str(ready_end)),
        ],
        pass_fds=(alive, ready_end),
    )
    os.close(alive)
    os.close(ready_end)
    try:
        with os.fdopen(ready) as told:
            if not told.read():
                raise BenchmarkError(f"the code server of {file.name} did not start")
        with grpc.insecure_channel(address, options=OPTIONS) as channel:
            yield CodeServer(codeserver_pb2_grpc.CodeServerServiceStub(channel))
    finally:
        # It ends when nobody holds this any more.
        os.close(alive_end)
        ended(process)


def ended(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that has been told to end; kill it if it does not."""
    try:
        process.wait(END_SECONDS)
    except BaseException:
        process.kill()
        process.wait()
        raise
