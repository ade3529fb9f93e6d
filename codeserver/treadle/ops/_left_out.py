"""Optional outputs of functions that return: they are always made, which people are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from treadle._errors import listed
from treadle.graphs._flat import FlatStep
from treadle.ops._signatures import is_generator_function, unwrapped

LEAVING_OUT: Final = "an optional output is left out by not yielding it, `if …: yield Output(…)`"


def never_left_out(steps: Iterable[FlatStep]) -> Iterator[str]:
    """Yield a warning for each op that declares outputs optional and cannot leave them out."""
    for step in steps:
        optional = [name for name, out in step.outs.items() if not out.is_required]
        if not optional or is_generator_function(unwrapped(step.op.fn)):
            continue
        # Several that are all Nothing are told apart by what is selected.
        outs = step.outs.values()
        if len(outs) == 1 or not all(out.is_nothing for out in outs):
            yield (
                f"{step.op.name} at {step.op.source} returns, so its optional"
                f" {'output' if len(optional) == 1 else 'outputs'} {listed(optional)} will always"
                f" be made, None included; {LEAVING_OUT}."
            )
