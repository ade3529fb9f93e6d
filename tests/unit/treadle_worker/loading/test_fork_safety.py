"""What keeps a process from forking."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pytest

from treadle_worker.loading.fork_safety import _native_pool


def reason_after(code: str) -> str:
    check = (
        "\nfrom treadle_worker.loading.fork_safety import reason_to_spawn\nprint(reason_to_spawn())"
    )
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code) + check],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()


def test_a_process_with_one_thread_forks() -> None:
    assert reason_after("") == ""


def test_a_live_thread_is_named_with_its_module() -> None:
    reason = reason_after("""
        import threading
        def work():
            threading.Event().wait()
        threading.Thread(target=work, name="busy", daemon=True).start()
    """)

    assert reason == "importing the code left the thread 'busy' of module __main__ running"


@pytest.mark.parametrize("is_open", [True, False])
def test_an_open_grpc_channel_counts_and_a_closed_one_does_not(is_open: bool) -> None:
    reason = reason_after(f"""
        import grpc
        channel = grpc.insecure_channel("unix:/nowhere")
        if not {is_open}:
            channel.close()
    """)

    assert bool(reason) == is_open


def test_numpys_pool_mends_itself() -> None:
    assert reason_after("import numpy; numpy.ones((300, 300)) @ numpy.ones((300, 300))") == ""


def test_a_pool_that_hangs_is_named() -> None:
    assert "polars" in _native_pool(["python", "polars-0"])
    assert _native_pool(["python", "openblas"]) == ""


@pytest.mark.parametrize("name", ["torch", "tensorflow", "keras", "cupy", "mxnet", "paddle"])
def test_a_library_whose_generators_cannot_be_found_is_named_with_what_to_do(name: str) -> None:
    """Stand-ins: the libraries themselves are not installed here, and only their names count."""
    reason = reason_after(f"import sys, types; sys.modules[{name!r}] = types.ModuleType({name!r})")

    assert reason.startswith(f"importing the code imported {name}, whose random numbers")
    assert f"import {name} in the op, or seed it there and use --start-method fork" in reason


def test_a_library_whose_generators_are_values_or_that_is_barred_does_not_count() -> None:
    barred = "import sys, types; sys.modules['jax'] = types.ModuleType('jax')"

    assert reason_after(f"{barred}; sys.modules['torch'] = None") == ""
