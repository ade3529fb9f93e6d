"""How a backfill stands is what its runs say, partition by partition."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.model.examples import examples
from tests.unit.treadle_launcher.backfills.orders import key_set, order_of
from treadle_contract.backfill import BackfillPartitionState, BackfillState
from treadle_contract.run import RunState
from treadle_launcher.backfills.backfill import Backfill, BackfillCounts, BackfillRunRow
from treadle_launcher.backfills.standing import counted, end_of, state_of_part

REFUSED = "refused"
ended = st.sampled_from([None, REFUSED, *RunState])


@examples(40)
@given(data=st.data(), count=st.integers(1, 20), per_run=st.integers(1, 6))
def test_counts_are_those_of_the_partitions(data: st.DataObject, count: int, per_run: int) -> None:
    order = order_of(key_set(20, set(range(count))), per_run)
    state = data.draw(st.sampled_from(list(BackfillState)))
    backfill = Backfill(backfill_id="B", order=order, state=state)
    said = [data.draw(ended) for _ in range(order.run_count)]
    rows = [
        None
        if each is None
        else BackfillRunRow(position=0, refused_because="no")
        if each == REFUSED
        else BackfillRunRow(position=0, state=each)
        for each in said
    ]
    model: Counter[BackfillPartitionState] = Counter()
    for position, row in enumerate(rows):
        model[state_of_part(backfill, row)] += order.size_of(position)
    runs = Counter(None if each == REFUSED else each for each in said if each is not None)
    last = None if said[-1] == REFUSED else said[-1]
    parts = {each: (number, int(each == last)) for each, number in runs.items()}
    if said[-1] is None:
        parts = {each: (number, 0) for each, (number, _) in parts.items()}

    counts = counted(backfill, parts)

    assert counts == BackfillCounts(
        waiting=model[BackfillPartitionState.WAITING],
        running=model[BackfillPartitionState.RUNNING],
        succeeded=model[BackfillPartitionState.SUCCEEDED],
        failed=model[BackfillPartitionState.FAILED],
        cancelled=model[BackfillPartitionState.CANCELLED],
    )


def test_a_backfill_ends_as_its_partitions_did() -> None:
    order = order_of(key_set(3, {0, 1, 2}), 1)
    runs = Backfill(backfill_id="B", order=order)
    ends = Backfill(backfill_id="B", order=order, state=BackfillState.CANCELLING)

    assert end_of(runs, BackfillCounts(succeeded=3)) is BackfillState.SUCCEEDED
    assert end_of(ends, BackfillCounts(succeeded=3)) is BackfillState.SUCCEEDED
    assert end_of(runs, BackfillCounts(succeeded=2, failed=1)) is BackfillState.FAILED
    assert end_of(runs, BackfillCounts(succeeded=2, cancelled=1)) is BackfillState.FAILED
    assert end_of(ends, BackfillCounts(succeeded=2, failed=1)) is BackfillState.CANCELLED
