"""Optional outputs of functions that return: they are always made, which people are told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from treadle._errors import listed
from treadle.ops._signatures import is_generator_function, unwrapped
from treadle.steps._step_code import StepCode

LEAVING_OUT: Final = "an optional output is left out by not yielding it, `if …: yield Output(…)`"


def never_left_out(codes: Iterable[StepCode]) -> Iterator[str]:
    """Yield a warning for each op that declares outputs optional and cannot leave them out."""
    for code in codes:
        if is_generator_function(unwrapped(code.op.fn)):
            continue
        # Several that are all Nothing are told apart by what is selected.
        outs = code.outs.values()
        is_selective = len(code.outs) > 1 and all(out.is_nothing for out in outs)
        optional = [name for name, out in code.outs.items() if not out.is_required]
        if optional and not is_selective:
            yield (
                f"{code.op.name} at {code.op.source} returns, so its optional"
                f" {'output' if len(optional) == 1 else 'outputs'} {listed(optional)} will always"
                f" be made, None included; {LEAVING_OUT}."
            )
