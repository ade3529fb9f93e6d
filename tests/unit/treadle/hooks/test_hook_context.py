"""HookContext: what a context says that was built for a test, and what it has not."""

from __future__ import annotations

import pytest

from treadle import ArgumentError, ContextError, NotInContextError, build_hook_context, op


@op
def load() -> int:
    return 1


def test_it_says_what_it_was_told() -> None:
    context = build_hook_context(
        resources={"db": 5},
        op=load,
        job_name="nightly",
        step_key="g.load",
        op_config={"n": 1},
        op_output_values={"result": 1},
        op_output_metadata={"result": {"rows": 1}},
        run_tags={"team": "blue"},
    )

    assert (context.resources.db, context.op.name, context.job_name) == (5, "load", "nightly")
    assert (context.step_key, context.op_config) == ("g.load", {"n": 1})
    assert (context.op_output_values, context.op_output_metadata) == (
        {"result": 1},
        {"result": {"rows": 1}},
    )
    assert context.run_tags == {"team": "blue"}
    assert context.op_exception is None


def test_of_an_invocation_it_is_the_op() -> None:
    assert build_hook_context(op=load.alias("other")).op is load


def test_what_it_was_not_told_it_says_how_to_tell() -> None:
    with pytest.raises(ContextError, match=r"Give build_hook_context\(op=…\)"):
        _ = build_hook_context().op
    with pytest.raises(ContextError, match="Call the hook with the context"):
        _ = build_hook_context().hook_def


def test_it_has_no_more() -> None:
    context = build_hook_context()

    with pytest.raises(NotInContextError, match=r"There is no context\.instance"):
        _ = context.instance
    with pytest.raises(
        AttributeError, match=r"no context\.op_excepton in a hook\. Did you mean 'op_e"
    ):
        _ = context.op_excepton
    with pytest.raises(ArgumentError, match="instance"):
        build_hook_context(instance=object())
