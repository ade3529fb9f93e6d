"""How the steps of the code that a host holds are started: forked from it, or spawned."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from treadle._system import os
from treadle_contract.event import StartMethod
from treadle_worker.attempts.starters import ForkStarter, SpawnStarter, Starter
from treadle_worker.host.held_code import HeldCode
from treadle_worker.host.host_spec import HostSpec
from treadle_worker.rules import Rules, rules_for
from treadle_worker.step import interrupts
from treadle_worker.system import stacks


def starter_of(
    spec: HostSpec,
    code: HeldCode,
    environment: Mapping[str, str],
    leave_to_parent: Callable[[], None],
) -> tuple[Starter, Rules]:
    """Return what starts steps of the code, and the rules for them.

    `environment` is the host's own, as it was given it, `leave_to_parent` of ForkStarter.
    """
    shows_stacks = not stacks.is_caught(os.getpid())
    are_free = interrupts.are_free(os.getpid())
    rules = rules_for(spec, code.start_method, shows_stacks=shows_stacks, interrupts=are_free)
    if code.start_method is not StartMethod.FORK:
        return SpawnStarter(spec, environment), rules
    if shows_stacks:
        # For the steps, which inherit it: each writes to an stderr of its own.
        stacks.show_on_signal(2)
    return ForkStarter(spec, code, leave_to_parent, interrupts=are_free), rules
