"""The resources of one step: each is made when it is first asked for, and put away at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from treadle.resources._openable import InitResourceContext, is_openable
from treadle.steps._failures import StepFailedError, user_code
from treadle.steps._resources import Resources
from treadle_contract.message import UserValue
from treadle_contract.run import FailureWhere


class ResourceScope(Mapping[str, Any]):
    """Resources by key, made where they are asked for. Enter it; what was made ends with it.

    What is put away is so in the opposite order. A failure of that fails the step too, unless it has
    failed by then.
    """

    def __init__(
        self,
        given: Mapping[str, Any],
        told: Mapping[str, UserValue],
        context: InitResourceContext,
        subject: str,
    ) -> None:
        self._given = given
        self._told = told
        self._context = context
        self._subject = subject
        self._made: dict[str, Any] = {}
        #: What each that was made was made with.
        self.configs: dict[str, Any] = {}
        self._making: list[str] = []
        #: Puts away what was made.
        self.open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            with user_code(FailureWhere.RESOURCE, f"{self._subject}: putting a resource away"):
                self.open.close()
        except StepFailedError:
            if error is None:
                raise
            # Why the step failed is known by now.
            self._context.log.exception("A resource raised while it was put away.")

    def __getitem__(self, key: str) -> Any:
        if key not in self._made:
            self._made[key] = self._make(key)
        return self._made[key]

    def __contains__(self, key: object) -> bool:
        return key in self._given

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def _make(self, key: str) -> Any:
        value = self._given[key]
        if not is_openable(value):
            return value
        if key in self._making:
            circle = " → ".join((*self._making[self._making.index(key) :], key))
            problem = f"{self._subject}: the resource {key!r} needs itself: {circle}."
            raise StepFailedError(FailureWhere.RESOURCE, problem)
        self._making.append(key)
        context = InitResourceContext(
            resources=Resources(self),
            run_id=self._context.run_id,
            run_tags=self._context.run_tags,
            given=self._given,
        )
        try:
            with user_code(FailureWhere.RESOURCE, f"{self._subject}: the resource {key!r}"):
                made = self.open.enter_context(value.open_in_step(context, self._told.get(key)))
                self.configs[key] = context.resource_config
                return made
        finally:
            self._making.pop()
