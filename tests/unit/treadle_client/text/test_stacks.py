from __future__ import annotations

from treadle_client.text._stacks import without_own_frames

LIB = "/venv/lib/python3.11/site-packages"

#: As faulthandler writes it of a step whose module lies in a folder named treadle.
STACK = f"""\
before
Current thread 0x00007ff2d69bab80 (most recent call first):
  File "{LIB}/user_lib/wait.py", line 3 in wait
  File "/home/ada/treadle/my_assets.py", line 8 in slow
  File "{LIB}/treadle/steps/_run_compute.py", line 64 in _called
  File "{LIB}/treadle_worker/step/step.py", line 107 in run_attempt
  File "{LIB}/treadle_worker/bootstrap.py", line 58 in <module>
  File "<frozen runpy>", line 88 in _run_code
"""


def test_a_stack_keeps_what_the_op_does_and_says_what_is_left_out() -> None:
    assert without_own_frames(STACK).splitlines()[1:] == [
        "Current thread 0x00007ff2d69bab80 (most recent call first):",
        f'  File "{LIB}/user_lib/wait.py", line 3 in wait',
        '  File "/home/ada/treadle/my_assets.py", line 8 in slow',
        "  … 4 frames of Treadle, which called it",
    ]


def test_each_of_several_stacks_is_cut() -> None:
    assert without_own_frames(STACK + STACK).count("4 frames of Treadle") == 2
    assert without_own_frames(STACK.rstrip()).endswith("which called it")


def test_what_is_no_stack_of_a_step_stays_as_it_is() -> None:
    thread = """Thread 0x0 (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 1038 in _bootstrap
"""
    traceback = f"""Traceback (most recent call last):
  File "{LIB}/treadle_worker/step/step.py", line 107, in run_attempt
"""
    only_ours = f'  File "{LIB}/treadle_worker/step/step.py", line 1 in run_attempt\n'

    for text in ("", "text\n", thread, traceback, only_ours):
        assert without_own_frames(text) == text
