"""How messages read in a sentence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from treadle_client._messages import (
    Job,
    ModuleReport,
    ModuleState,
    PlannedInputRef,
    PlannedSource,
    Reexecution,
    ReexecutionKind,
    Selection,
    Source,
    SourceLocation,
)
from treadle_client._view import View
from treadle_client.text._text import Text

LINE = SourceLocation(file="/a.py", line=3)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (Selection(), "every asset"),
        (Selection(job="nightly"), "job nightly"),
        (Selection(expressions=("+a", "b")), "+a or b"),
        (LINE, "/a.py:3"),
        (SourceLocation(file="/a.py"), "/a.py"),
        (Source(step_key="g.foo", output="o"), "g.foo:o"),
        (Source(asset_key="a"), "a"),
        (PlannedSource(load="a", asset_key="a"), "load a"),
        (PlannedSource(step_key="g.foo", output="o", asset_key="a"), "g.foo:o"),
        (PlannedInputRef(step_key="g.foo", input="x"), "g.foo.x"),
        (PlannedInputRef(step_key="g.foo"), "g.foo"),
        (
            ModuleReport(
                target="a.py",
                state=ModuleState.RAISED,
                problem=Text(head="no\n"),
                source=LINE,
                duration=timedelta(),
            ),
            "a.py: RAISED (/a.py:3)\nno",
        ),
        (
            Reexecution(parent_run_id="R", kind=ReexecutionKind.FROM_FAILURE),
            "from what failed in run R",
        ),
        (
            Reexecution(
                parent_run_id="R",
                kind=ReexecutionKind.STEPS,
                step_expressions=("a", "b"),
                rerun_changed=True,
                same_code=True,
            ),
            "of a, b, and of what changed in run R, with the same code",
        ),
    ],
)
def test_it_reads_as_people_say_it(message: View, text: str) -> None:
    assert str(message) == text


def test_what_has_no_text_of_its_own_names_its_fields() -> None:
    assert str(Job(name="nightly")).startswith("Job(name='nightly', selection=''")
