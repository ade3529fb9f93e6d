"""What a resource is that is made in the step's process, and what it is told there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, TypeGuard

from treadle.ops._resource import Resource
from treadle.steps._resources import Resources
from treadle_contract.lazy_dataclasses import dataclass, field
from treadle_contract.message import UserValue

if TYPE_CHECKING:
    import logging

    from treadle_contract.value import ConfigPlace


@dataclass(slots=True, kw_only=True)
class InitResourceContext:
    """What a resource may know when it is made.

    `resource_config` is its config as plain data; `resources` are those that it asks for.
    `given` has what Definitions have, by key.
    """

    resource_config: Any = None
    resources: Resources = field(default_factory=lambda: Resources({}))
    run_id: str = ""
    run_tags: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, object] = field(default_factory=dict)

    @property
    def log(self) -> logging.Logger:
        """The step's logger."""
        from treadle.steps._step_logger import step_logger  # noqa: PLC0415 -- logging is not what a start waits for

        return step_logger()


def is_openable(value: object) -> TypeGuard[Openable]:
    """Whether a resource is made in the step's process. A proxy is not asked what it stands for."""
    return issubclass(type(value), Openable)


def key_of(resource: object, given: Mapping[str, object]) -> str | None:
    """Return the key by which Definitions have a resource, None if they do not."""
    return next((key for key, each in given.items() if each is resource), None)


class Openable(Resource, ABC):
    """A resource that is made in the step's process, and put away when the step has ended."""

    @property
    def shown_type(self) -> str:
        """The name of what it is, for people."""
        return type(self).__qualname__

    @property
    def made_type(self) -> Any:
        """The class of what ops get; Any where it is not known."""
        return Any

    def needs(self, given: Mapping[str, object]) -> AbstractSet[str]:
        """Return the keys of the resources that it asks for, of those that Definitions have."""
        return frozenset()

    def place_in_config(self, key: str) -> ConfigPlace | None:
        """Return where a run may tell it something, None where it takes no config."""
        return None

    @abstractmethod
    def open_in_step(
        self, context: InitResourceContext, told: UserValue
    ) -> AbstractContextManager[Any]:
        """Make it, for what the run tells it (None: nothing), give it, and put it away."""
