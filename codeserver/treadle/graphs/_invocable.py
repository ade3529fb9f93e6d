"""What ops and graphs let a body say of one invocation of them."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from treadle._arguments import checked
from treadle._policies import RetryPolicy
from treadle.graphs._composition import PendingInvocation

if TYPE_CHECKING:
    from treadle.hooks._hook import HookDefinition


class Invocable:
    """A definition that bodies of graphs call: each of these begins what is said of one call."""

    __slots__ = ()

    @checked
    def alias(self, name: str) -> PendingInvocation:
        """Name the node of one invocation."""
        return self._pending().alias(name)

    @checked
    def tag(self, tags: Mapping[str, Any] | None) -> PendingInvocation:
        """Add tags to the steps of one invocation."""
        return self._pending().tag(tags)

    @checked
    def with_hooks(self, hook_defs: AbstractSet[HookDefinition]) -> PendingInvocation:
        """Run these hooks when the steps of one invocation end."""
        return self._pending().with_hooks(hook_defs)

    @checked
    def with_retry_policy(self, retry_policy: RetryPolicy) -> PendingInvocation:
        """Retry the steps of one invocation by this policy instead of their ops'."""
        return self._pending().with_retry_policy(retry_policy)

    def _pending(self) -> PendingInvocation:
        node: Any = self
        return PendingInvocation(node=node)
