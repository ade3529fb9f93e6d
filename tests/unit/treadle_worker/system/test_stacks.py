from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from treadle_worker.system import stacks

PREPARE = f"""
    import os, signal, sys
    sys.path.insert(0, {str(Path(stacks.__file__).parents[2])!r})
    from treadle_worker.system import stacks
    def user(number, frame): ...
"""


def run(code: str) -> str:
    """Run code in a process of its own, and return what it wrote."""
    program = textwrap.dedent(PREPARE) + textwrap.dedent(code)
    with tempfile.TemporaryFile() as output:
        subprocess.run(
            [sys.executable, "-c", program], stdout=output, stderr=output, check=True, timeout=20
        )
        output.seek(0)
        return output.read().decode()


def test_stacks_are_written_while_c_code_runs_and_the_process_goes_on() -> None:
    written = run("""
        def here():
            # In C: the interpreter would call a handler of Python's only afterwards.
            signal.pthread_kill(__import__("threading").get_ident(), stacks.SIGNAL)
        stacks.show_on_signal(2)
        assert stacks.is_caught(os.getpid())
        here()
        print("goes on")
    """)

    assert " in here\n" in written
    assert written.endswith("goes on\n")


def test_a_process_that_does_not_answer_is_not_asked() -> None:
    run("assert not stacks.ask(os.getpid())")


def test_a_process_that_is_gone_is_not_asked() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()

    assert not stacks.ask(child.pid)


def test_nothing_is_caught_once_stacks_are_shown_no_more() -> None:
    run("""
        stacks.show_on_signal(2)
        stacks.show_no_more()
        assert not stacks.is_caught(os.getpid())
    """)


def test_what_the_user_made_of_the_signal_meanwhile_stays() -> None:
    run("""
        stacks.show_on_signal(2)
        signal.signal(stacks.SIGNAL, user)
        stacks.show_no_more()
        assert stacks.is_caught(os.getpid())
        assert signal.getsignal(stacks.SIGNAL) is user
    """)


def test_the_signal_is_none_that_has_a_name() -> None:
    assert stacks.SIGNAL not in {int(number) for number in signal.Signals}
    assert stacks.SIGNAL in signal.valid_signals()
    assert not stacks.is_caught(os.getpid())
