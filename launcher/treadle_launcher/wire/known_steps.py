"""Steps of plans that were read and are what the contract allows, by the bytes that they came as.

Most of a plan is what was in an earlier one, and to read it anew holds up all else that a launcher does.
"""

from __future__ import annotations

from collections.abc import Iterable

from treadle_api.v1 import plan_pb2
from treadle_contract.plan import PlannedStep
from treadle_launcher import defaults
from treadle_launcher.wire.answers import read


class KnownSteps:
    """Steps that one code server said. Of too many all are forgotten."""

    def __init__(self) -> None:
        self._known: dict[bytes, PlannedStep] = {}
        self._size = 0

    def read(self, steps: Iterable[plan_pb2.PlannedStep]) -> tuple[PlannedStep, ...]:
        """Return what some steps say.

        Raises:
            ContractError: a field of one is not what the contract allows.
        """
        return tuple(map(self._read, steps))

    def _read(self, step: plan_pb2.PlannedStep) -> PlannedStep:
        data = step.SerializeToString(deterministic=True)
        found = self._known.get(data)
        if found is None:
            found = read(step, PlannedStep)
            self._size += len(data)
            if self._size > defaults.KNOWN_STEP_BYTES:
                self._known, self._size = {}, len(data)
            self._known[data] = found
        return found
