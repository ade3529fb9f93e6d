"""Threads that meet a class at once: each has its codec whole, or waits for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

CODEC = """
import sys, threading
sys.setswitchinterval(1e-6)
from treadle_contract import event, json_codec, worker
from treadle_contract.value import ValueRef
stored = event.OutputStored(output="a", value_ref=ValueRef(store="s", key="k"))
made = worker.AttemptSucceeded(stored=(stored,), pid=3)
start, texts = threading.Barrier(8), []
def write():
    start.wait()
    texts.append(json_codec.dumps(made))
threads = [threading.Thread(target=write) for _ in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
read = []
start = threading.Barrier(8)
def again():
    start.wait()
    read.append(json_codec.loads(worker.AttemptSucceeded, texts[0]))
threads = [threading.Thread(target=again) for _ in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
assert len(texts) == len(read) == 8, (texts, read)
assert set(texts) == {json_codec.dumps(made)} and b"valueRef" in texts[0], texts
assert all(each == made for each in read), read
"""
CLASSES = """
import sys, threading
sys.setswitchinterval(1e-6)
from treadle.locations.snapshot import Asset
start, made = threading.Barrier(8), []
def make():
    start.wait()
    made.append(Asset(key="a"))
threads = [threading.Thread(target=make) for _ in range(8)]
[each.start() for each in threads]
[each.join() for each in threads]
assert len(made) == 8 and all(each == made[0] for each in made), made
"""


@pytest.mark.parametrize("program", [CODEC, CLASSES])
def test_threads_that_come_at_once_find_it_whole(program: str) -> None:
    for _ in range(3):
        subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
