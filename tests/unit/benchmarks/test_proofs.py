"""What a run must prove before its time counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.proofs import Proof, faults

CHAIN = [
    Proof(step=f"chain.{i}", told_pid=i, pid=i, above=i - 1 if i > 1 else 0, ran_before=0, at=i)
    for i in range(1, 4)
]


def test_ops_in_processes_of_their_own_prove_a_run():
    assert faults(CHAIN, 3) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ({"told_pid": 0}, "no step_succeeded in the log: chain.3 (1 ops)"),
        ({"told_pid": 7}, "another pid in the log than the op's: chain.3 (1 ops)"),
        ({"ran_before": 1}, "a global that another op had changed: chain.3 (1 ops)"),
        ({"above": 9}, "an input that no op of the run wrote: chain.3 (1 ops)"),
        ({"pid": 2, "told_pid": 2}, "2 processes for 3 ops"),
    ],
)
def test_what_one_op_shows_breaks_it(broken, said):
    assert faults([*CHAIN[:2], replace(CHAIN[2], **broken)], 3) == [said]


def test_a_value_that_is_missing_breaks_it():
    assert faults(CHAIN[:2], 3) == ["2 values on the disk, of 3 ops"]
