"""The call that plans: a conversation in which the code server asks what is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Final, TypeAlias

import grpc.aio

from treadle_api.streams import Parts
from treadle_api.v1 import codeserver_pb2, codeserver_pb2_grpc
from treadle_contract.codeserver import (
    PartitionsQuestion,
    PlanOnRecordRequest,
    PlanOnRecordResponse,
    PlanQuestion,
)
from treadle_contract.ids import KeyText, StepKey
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.message import ContractError
from treadle_contract.plan import PlanPart
from treadle_launcher import defaults
from treadle_launcher.planning.on_record import OnRecord
from treadle_launcher.wire.answers import read
from treadle_launcher.wire.codeserver import written_turn
from treadle_launcher.wire.known_steps import KnownSteps

_Turn: TypeAlias = Iterable[codeserver_pb2.PlanOnRecordRequest]
_Turns: TypeAlias = asyncio.Queue[_Turn | None]

_MOST_QUESTIONS: Final = 10_000
"""A chain of so many assets that were never made is followed up to its start, and no longer one."""


async def plan_parts(
    stub: codeserver_pb2_grpc.CodeServerServiceAsyncStub,
    metadata: Sequence[tuple[str, str]],
    asked: PlanOnRecordRequest,
    record: OnRecord,
    known: KnownSteps,
) -> tuple[list[PlanPart], str]:
    """Ask for a plan, answer what is asked about it; return its parts, and the generation served.

    Raises:
        AioRpcError: it was refused, or the call failed.
        ContractError: what came is not what the contract allows.
        TimeoutError: nothing came for long.
    """
    turns: _Turns = asyncio.Queue()
    turns.put_nowait(written_turn(asked))
    call = stub.PlanOnRecord(_requests(turns), metadata=tuple(metadata))
    try:
        answers = _Answers(call, turns, record, known)
        return await answers.plan(), answers.generation
    finally:
        # Of no effect when it has ended; gRPC goes on to wait for requests all the same.
        call.cancel()
        turns.put_nowait(None)


async def _requests(turns: _Turns) -> AsyncIterator[codeserver_pb2.PlanOnRecordRequest]:
    while (turn := await turns.get()) is not None:
        for part in turn:
            yield part


class _Answers:
    """Reads what the code server says, of all of it no more than the contract allows."""

    def __init__(
        self,
        call: grpc.aio.StreamStreamCall[
            codeserver_pb2.PlanOnRecordRequest, codeserver_pb2.PlanOnRecordResponse
        ],
        turns: _Turns,
        record: OnRecord,
        known: KnownSteps,
    ) -> None:
        self._answers = aiter(call)
        self._turns = turns
        self._record = record
        self._known = known
        self._counted = Parts()
        self._asked: list[KeyText] = []
        self._asked_whose: list[KeyText] = []
        self._asked_steps: list[StepKey] = []
        self._asked_partitions: list[PartitionsQuestion] = []
        self._asked_dynamic: list[str] = []
        self._questions = 0
        self.generation = ""
        """What the code server said last that it serves."""

    async def plan(self) -> list[PlanPart]:
        found: list[PlanPart] = []
        while (said := await self._next()) is not None:
            if isinstance(said, PlanPart):
                found.append(said)
            else:
                await self._hear(said)
        return found

    async def _next(self) -> PlanPart | PlanQuestion | None:
        async with asyncio.timeout(defaults.CODE_SERVER_TIMEOUT):
            part = await anext(self._answers, None)
        if part is None:
            return None
        self._counted.count(part)
        said = self._said(part)
        # After it was looked at: it is what the contract allows.
        self.generation = part.generation
        return said

    def _said(self, part: codeserver_pb2.PlanOnRecordResponse) -> PlanPart | PlanQuestion | None:
        if not part.HasField("part"):
            return read(part, PlanOnRecordResponse).answer
        try:
            steps = self._known.read(part.part.steps)
        except ContractError:
            # Read as a whole, it says where in it the fault lies.
            return read(part, PlanOnRecordResponse).answer
        part.part.ClearField("steps")
        said = read(part, PlanOnRecordResponse).answer
        return replace(said, steps=steps) if isinstance(said, PlanPart) else said

    async def _hear(self, question: PlanQuestion) -> None:
        self._asked += question.recorded_asset_keys
        self._asked_whose += question.owned_asset_keys
        self._asked_steps += question.step_keys
        self._asked_partitions += question.partitions
        self._asked_dynamic += question.dynamic_names
        if question.last:
            self._questions += 1
            if self._questions > _MOST_QUESTIONS:
                problem = f"is asked more than {_MOST_QUESTIONS:,} times"
                raise ContractError("PlanOnRecordResponse.question", problem)
            told = await self._record.told(
                PlanQuestion(
                    recorded_asset_keys=tuple(self._asked),
                    owned_asset_keys=tuple(self._asked_whose),
                    step_keys=tuple(self._asked_steps),
                    partitions=tuple(self._asked_partitions),
                    dynamic_names=tuple(self._asked_dynamic),
                )
            )
            self._asked, self._asked_whose, self._asked_steps = [], [], []
            self._asked_partitions, self._asked_dynamic = [], []
            self._turns.put_nowait(written_turn(told))
