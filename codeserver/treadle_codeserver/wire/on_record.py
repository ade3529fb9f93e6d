"""The conversation of PlanOnRecord: what the caller says up to `last`, and what it is asked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from treadle_api.parts import PART_ITEMS
from treadle_codeserver.errors import BadArgumentError
from treadle_contract.codeserver import (
    PartitionsQuestion,
    PlanOnRecordRequest,
    PlanOnRecordResponse,
    PlanQuestion,
    PlanRequest,
)
from treadle_contract.ids import KeyText, StepKey
from treadle_planner import Question, Rerun, Told

_RECORDED, _OWNED, _STEPS, _PARTITIONS, _DYNAMIC = range(5)


class OnRecordRequest:
    """What is asked for, read up to the first `last`, and whom to ask about it."""

    def __init__(self, requests: AsyncIterator[PlanOnRecordRequest]) -> None:
        self._requests = requests
        self.asked = PlanRequest()
        self.rerun: Rerun | None = None
        self.elsewhere: tuple[KeyText, ...] = ()

    async def read(self) -> None:
        """Read what is asked for.

        Raises:
            BadArgumentError: it is not whole.
        """
        parts = await self._turn()
        self.asked = parts[0].plan or PlanRequest()
        steps = (step for part in parts for step in part.earlier_steps)
        if parts[0].reexecution is not None:
            self.rerun = Rerun.of(parts[0].reexecution, steps)
        facts = (fact for part in parts for fact in part.facts)
        self.elsewhere = tuple(fact.asset_key for fact in facts if fact.owner)

    async def told(self) -> Told:
        """Read an answer to a question.

        Raises:
            BadArgumentError: it is not whole.
        """
        parts = await self._turn()
        dynamic: dict[str, tuple[str, ...]] = {}
        for part in parts:
            for each in part.dynamic:
                dynamic[each.name] = (*dynamic.get(each.name, ()), *each.keys)
        return Told(
            dynamic=dynamic,
            facts=tuple(fact for part in parts for fact in part.facts),
            steps=tuple(step for part in parts for step in part.earlier_steps),
        )

    async def _turn(self) -> list[PlanOnRecordRequest]:
        parts = []
        async for part in self._requests:
            parts.append(part)
            if part.last:
                return parts
        message = "The requests end, and none of them is the last of what is said."
        raise BadArgumentError(message, names=("last",))


def asked_in_parts(question: Question) -> Iterator[PlanOnRecordResponse]:
    """Give a question in parts."""
    asked: list[tuple[int, str | PartitionsQuestion]] = [
        *((_RECORDED, key) for key in question.recorded),
        *((_OWNED, key) for key in question.owned),
        *((_STEPS, key) for key in question.steps),
        *((_PARTITIONS, each) for each in question.partitions),
        *((_DYNAMIC, name) for name in question.dynamic),
    ]
    for begin in range(0, len(asked), PART_ITEMS) or (0,):
        part = asked[begin : begin + PART_ITEMS]
        keys = [(of, key) for of, key in part if isinstance(key, str)]
        yield PlanOnRecordResponse(
            answer=PlanQuestion(
                recorded_asset_keys=tuple(KeyText(key) for of, key in keys if of == _RECORDED),
                owned_asset_keys=tuple(KeyText(key) for of, key in keys if of == _OWNED),
                step_keys=tuple(StepKey(key) for of, key in keys if of == _STEPS),
                dynamic_names=tuple(name for of, name in keys if of == _DYNAMIC),
                partitions=tuple(each for _, each in part if isinstance(each, PartitionsQuestion)),
                last=begin + PART_ITEMS >= len(asked),
            )
        )
