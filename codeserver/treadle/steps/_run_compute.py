"""Calls an op's function, of whatever kind it is, and gives each output when it comes."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncGenerator, Generator, Iterator, Sequence
from contextlib import suppress
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import Any, Final

from treadle._arguments import made
from treadle._errors import did_you_mean, listed
from treadle._output import AssetCheckResult, MaterializeResult, ObserveResult, Output
from treadle._value_words import a, in_words
from treadle.ops._fan_out import DynamicOutput
from treadle.ops._ins_outs import DEFAULT_OUTPUT
from treadle.ops._left_out import LEAVING_OUT
from treadle.ops._op import OpDefinition
from treadle.ops._signatures import ParameterKind, is_generator_function, parameters_of
from treadle.steps._context import OpExecutionContext
from treadle.steps._context_answers import is_told
from treadle.steps._failures import StepFailedError, user_code
from treadle.steps._interrupted import StepInterrupted
from treadle.steps._step_code import StepCode
from treadle_contract.lazy_dataclasses import replace
from treadle_contract.run import FailureWhere

_END: Final = object()


def computed(
    code: StepCode, context: OpExecutionContext, arguments: dict[str, Any]
) -> Generator[Output[Any], None, None]:
    """Call the op and yield its outputs, each named. Must be closed.

    Nothing of an output is held once the next one is asked for. A tuple stands for several
    outputs in declared order, None for several that are all Nothing. A None in the place of an
    optional output that is not selected says nothing of it: it was not made.

    Raises:
        StepFailedError: the op raised, or returned or yielded what is no output.
    """
    op = code.op
    subject = f"Step {context.step_key!r}: op {op.name!r}"
    result = _called(op, context, arguments, subject)
    del arguments
    if isinstance(result, GeneratorType):
        items = _generated(result, context, subject)
    elif isinstance(result, AsyncGeneratorType):
        items = _generated_async(result, subject)
    else:
        yield from _returned(result, code, context, subject)
        return
    names = _value_names(code)
    try:
        for item in items:
            if isinstance(item, ObserveResult) or (code.observes and not _is_beside(item)):
                yield from _observed(item, code, context, subject)
                continue
            results: tuple[AssetCheckResult, ...] = ()
            if isinstance(item, MaterializeResult):
                results = _results(item)
                item = _of_asset(item, code, subject)  # noqa: PLW2901 -- the same, by its output
            elif isinstance(item, AssetCheckResult):
                item = _of_check(item, code, subject)  # noqa: PLW2901 -- the same, by its output
            if not isinstance(item, Output):
                if is_told(item):
                    context.log_event(item)
                    continue
                raise _no_output(op, item, subject)
            try:
                yield _named(item, names)
                for result in results:
                    yield _of_check(result, code, subject)
            except StepInterrupted as error:
                items.throw(error)
                raise
            del item
    finally:
        items.close()


def _no_output(op: OpDefinition, item: object, subject: str) -> StepFailedError:
    kind = a(type(item).__name__)
    if is_generator_function(op.fn):
        return _refused(
            f"{subject} yielded {kind}, which is no Output.", "Yield Output(value, output_name=…)."
        )
    return _refused(
        f"{subject} returned a generator, which yielded {kind} and no Output.",
        "Return a list of what it yields, to store that, or have it yield Outputs.",
    )


def _called(
    op: OpDefinition, context: OpExecutionContext, arguments: dict[str, Any], subject: str
) -> Any:
    given: tuple[OpExecutionContext, ...] = (context,)
    if op.context_param is None:
        given = ()
    elif _is_keyword_only(op, op.context_param):
        given, arguments = (), {**arguments, op.context_param: context}
    with user_code(FailureWhere.COMPUTE, subject):
        result = op.fn(*given, **arguments)
        if not isinstance(result, CoroutineType):
            return result
        import asyncio  # noqa: PLC0415 -- a fifth of what a host imports, and few ops need it

        return asyncio.run(result)


def _is_keyword_only(op: OpDefinition, name: str) -> bool:
    return any(
        each.name == name and each.kind is ParameterKind.KEYWORD_ONLY
        for each in parameters_of(op.fn)
    )


def _generated(
    generator: Generator[Any, Any, Any], context: OpExecutionContext, subject: str
) -> Generator[Any, None, None]:
    returned = None
    try:
        while True:
            with user_code(FailureWhere.COMPUTE, subject):
                try:
                    item = next(generator)
                except StopIteration as stop:
                    returned = stop.value
                    break
            try:
                yield item
            except StepInterrupted as error:
                # It came while the output was stored: the op hears it where it waits.
                with user_code(FailureWhere.COMPUTE, subject), suppress(StopIteration):
                    generator.throw(error)
                raise
            del item
    finally:
        _close(generator, context)
    if returned is not None:
        raise _refused(
            f"{subject} yields its outputs, and returned {a(type(returned).__name__)} besides.",
            "Yield Output(…) for it, or return nothing.",
        )


def _close(generator: Generator[Any, Any, Any], context: OpExecutionContext) -> None:
    # Why the step failed is known by now; what its clean-up raises must not take that place.
    try:
        generator.close()
    except Exception:
        context.log.exception("The op raised while it was closed early.")


def _generated_async(
    generator: AsyncGenerator[Any, Any], subject: str
) -> Generator[Any, None, None]:
    import asyncio  # noqa: PLC0415 -- as above

    async def following() -> Any:
        return await anext(generator, _END)

    with asyncio.Runner() as runner:
        while True:
            with user_code(FailureWhere.COMPUTE, subject):
                item = runner.run(following())
            if item is _END:
                return
            try:
                yield item
            except StepInterrupted as error:
                with user_code(FailureWhere.COMPUTE, subject):
                    runner.run(_thrown(generator, error))
                raise
            del item


async def _thrown(generator: AsyncGenerator[Any, Any], error: StepInterrupted) -> None:
    with suppress(StopAsyncIteration):
        await generator.athrow(error)


def _returned(
    result: Any, code: StepCode, context: OpExecutionContext, subject: str
) -> Iterator[Output[Any]]:
    if isinstance(result, ObserveResult) or code.observes:
        yield from _observed(result, code, context, subject)
        return
    names = tuple(code.op.outs)
    result, results = _as_output(result, code, subject)
    if isinstance(result, Output):
        yield _named(result, _value_names(code))
        for each in results:
            yield _of_check(each, code, subject)
    elif len(names) == 1:
        yield from _only(result, names[0], code, context, subject)
    else:
        is_nothing = result is None and all(code.outs[name].is_nothing for name in names)
        is_nothing = is_nothing and not code.checks
        if code.checks and not isinstance(result, tuple):
            # What gives results of checks by itself: they are looked for when it has ended.
            yield from _before_checks(result, code, context, subject)
            return
        values = deque(
            [None] * len(names) if is_nothing else _checked_tuple(result, names, subject)
        )
        del result
        for position, name in enumerate(names):
            value = values.popleft()
            if isinstance(value, MaterializeResult):
                results = _results(value)
                value = _of_asset(value, code, subject, name)
            out = code.outs[name]
            if value is None and not (out.is_required or name in context.selected_output_names):
                continue
            if out.is_dynamic:
                yield from _listed(value, name, subject)
                continue
            _tell_none(value, name, code, context)
            yield _at(position, name, value, subject)
            del value
            for each in results:
                yield _of_check(each, code, subject)
            results = ()


def _as_output(
    result: Any, code: StepCode, subject: str
) -> tuple[Any, tuple[AssetCheckResult, ...]]:
    """Return a result of an asset or of a check as an output, with those that came with it."""
    if isinstance(result, MaterializeResult):
        return _of_asset(result, code, subject), _results(result)
    if isinstance(result, AssetCheckResult):
        return _of_check(result, code, subject), ()
    return result, ()


def _only(
    result: Any, name: str, code: StepCode, context: OpExecutionContext, subject: str
) -> Iterator[Output[Any]]:
    """Yield what was returned as the only output that there is."""
    if code.outs[name].is_dynamic:
        yield from _listed(result, name, subject)
        return
    _tell_none(result, name, code, context)
    yield made(Output, result, name)


def _listed(result: Any, name: str, subject: str) -> Iterator[Output[Any]]:
    """Yield the elements of a dynamic output that were returned as a list; none for None."""
    for element in () if result is None else result if isinstance(result, list) else (None,):
        if not isinstance(element, DynamicOutput):
            raise _refused(
                f"{subject} returned {in_words(result)} as {name!r}, which is dynamic.",
                "Return a list of DynamicOutput(value, mapping_key=…), or yield each.",
            )
        if element.output_name not in (DEFAULT_OUTPUT, name):
            raise _refused(
                f"{subject} returned an element named {element.output_name!r} in the list of {name!r}.",
                "Put it in the list of its own output, or leave output_name out.",
            )
        yield replace(element, output_name=name)


def _before_checks(
    result: Any, code: StepCode, context: OpExecutionContext, subject: str
) -> Iterator[Output[Any]]:
    """Yield what was returned as the only output that is no check."""
    names = _value_names(code)
    if not names and result is None:
        return
    if len(names) != 1:
        raise _refused(
            f"{subject} has the outputs {', '.join(code.op.outs)}, and returned"
            f" {'None' if result is None else a(type(result).__name__)}.",
            "Return AssetCheckResult(passed=…); of several checks, yield one for each, or return a tuple."
            if not names
            else "Yield Output(…) for each, and AssetCheckResult(…) for each check.",
        )
    _tell_none(result, names[0], code, context)
    yield made(Output, result, names[0])


def _value_names(code: StepCode) -> tuple[str, ...]:
    """Return the outputs that are no results of checks."""
    if not code.checks:
        return tuple(code.op.outs)
    return tuple(name for name in code.op.outs if name not in code.checks)


def _results(result: MaterializeResult[Any]) -> tuple[AssetCheckResult, ...]:
    """Return the results that come with an asset: of its checks, where they do not say of which."""
    return tuple(
        replace(each, asset_key=each.asset_key or result.asset_key) for each in result.check_results
    )


def _is_beside(item: object) -> bool:
    """Whether what was yielded is said beside an observation."""
    return isinstance(item, AssetCheckResult) or is_told(item)


def _observed(
    result: object, code: StepCode, context: OpExecutionContext, subject: str
) -> Iterator[Output[Any]]:
    from treadle.steps._run_observations import observations  # noqa: PLC0415 -- few ops observe

    for each in observations(result, code, context, subject):
        yield each if isinstance(each, Output) else _of_check(each, code, subject)


def _of_check(result: AssetCheckResult, code: StepCode, subject: str) -> Output[Any]:
    from treadle.steps._run_checks import check_output  # noqa: PLC0415 -- few ops evaluate checks

    return check_output(result, code, subject)


def _tell_none(value: object, name: str, code: StepCode, context: OpExecutionContext) -> None:
    out = code.outs[name]
    if value is None and not out.is_required and not out.is_nothing:
        context.log.warning(
            "Optional output %r was returned as None, which is what is stored: %s.",
            name,
            LEAVING_OUT,
        )


def _checked_tuple(result: object, names: Sequence[str], subject: str) -> tuple[Any, ...]:
    has = f"{subject} has the outputs {', '.join(names)}"
    fix = "Return a tuple with one value for each in that order, or yield Output(…) for each."
    if not isinstance(result, tuple):
        kind = "None" if result is None else a(type(result).__name__)
        raise _refused(f"{has}, and returned {kind}.", fix)
    if len(result) != len(names):
        raise _refused(f"{has}, and returned a tuple of {len(result)}.", fix)
    return result


def _at(position: int, name: str, value: Any, subject: str) -> Output[Any]:
    if not isinstance(value, Output):
        return Output(value, name)
    if value.output_name not in (DEFAULT_OUTPUT, name):
        raise _refused(
            f"{subject} returned an Output named {value.output_name!r} at position {position}"
            f" of a tuple, which is that of {name!r}.",
            "Put the tuple in the order of the outputs, or yield the Outputs.",
        )
    return replace(value, output_name=name)


def _of_asset(
    result: MaterializeResult[Any], code: StepCode, subject: str, place: str | None = None
) -> Output[Any]:
    """Return the output that a result is of: by its asset, its place in a tuple, or the only one."""
    names = _value_names(code)
    if result.asset_key is None:
        if place is None and len(names) > 1:
            raise _refused(
                f"{subject} gave a MaterializeResult without an asset_key, and makes"
                f" {listed(key.text for keys in code.assets.values() for key in keys)}.",
                "Say which: MaterializeResult(asset_key=…).",
            )
        return _materialized(result, place or names[0])
    for name in names:
        if result.asset_key in code.assets.get(name, ()):
            return _materialized(result, name)
    keys = [key.text for made in code.assets.values() for key in made]
    key = result.asset_key.text
    raise _refused(
        f"{subject} gave a MaterializeResult of {key!r}, which it does not make."
        f"{did_you_mean(key, keys)}",
        f"It makes {listed(keys)}.",
    )


def _materialized(result: MaterializeResult[Any], name: str) -> Output[Any]:
    return Output(result.value, name, result.metadata, partition_key=result.partition_key)


def _named(output: Output[Any], names: Sequence[str]) -> Output[Any]:
    """Take an output without a name for the only one there is that is no check."""
    if len(names) == 1 and output.output_name == DEFAULT_OUTPUT:
        return replace(output, output_name=names[0])
    return output


def _refused(problem: str, fix: str) -> StepFailedError:
    return StepFailedError(FailureWhere.OUTPUT, f"{problem} {fix}")
