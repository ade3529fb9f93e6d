from __future__ import annotations

from typing import Any

import pytest

from treadle import (
    ArgumentError,
    ConflictError,
    DefinitionError,
    Definitions,
    asset,
    define_asset_job,
    graph,
    in_process_executor,
    job,
    multi_or_in_process_executor,
    multiprocess_executor,
    op,
)
from treadle.locations.location import build_location
from treadle_contract.plan import Isolation


@op
def one() -> int:
    return 1


@op
def more(value: int) -> int:
    return value + 1


@graph
def both() -> Any:
    return more(one())


@asset
def made() -> int:
    return 1


def told(*jobs: Any, **given: Any) -> dict[str, Isolation | None]:
    snapshot = build_location([("", Definitions([made], jobs=jobs, **given))]).snapshot
    return {each.name: each.isolation for each in snapshot.jobs}


@pytest.mark.parametrize(
    ("executor", "isolation"),
    [
        (in_process_executor, Isolation.RUN),
        (multiprocess_executor, Isolation.OP),
        (multiprocess_executor.configured({}), Isolation.OP),
        (multi_or_in_process_executor, None),
        (None, None),
    ],
)
def test_an_executor_says_which_steps_of_a_job_share_a_process(
    executor: Any, isolation: Isolation | None
) -> None:
    @job(executor_def=executor)
    def of_ops() -> None:
        one()

    found = told(
        of_ops,
        both.to_job(name="of_graph", executor_def=executor),
        define_asset_job("of_assets", executor_def=executor),
    )

    assert found == dict.fromkeys(("of_ops", "of_graph", "of_assets"), isolation)


def test_it_may_say_what_isolation_says() -> None:
    said = define_asset_job("a", executor_def=in_process_executor, isolation="run")

    assert said.isolation is Isolation.RUN
    with pytest.raises(ConflictError, match="Give one of them"):
        define_asset_job("a", executor_def=in_process_executor, isolation="op")


def test_definitions_may_name_what_holds_anyway() -> None:
    assert told(executor=multiprocess_executor) == told(executor=multi_or_in_process_executor) == {}
    with pytest.raises(ArgumentError, match="--isolation run"):
        Definitions([made], executor=in_process_executor)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: multiprocess_executor.configured({"max_concurrent": 4}), "--max-steps N"),
        (lambda: define_asset_job("a", executor_def=3), "no executor"),  # type: ignore[arg-type]
        (lambda: Definitions(executor="in_process"), "no executor"),  # type: ignore[arg-type]
    ],
)
def test_what_the_launcher_is_told_is_refused_at_its_line(make: Any, words: str) -> None:
    with pytest.raises(DefinitionError, match=words) as refused:
        make()

    assert __file__ in str(refused.value)
