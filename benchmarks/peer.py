"""Dagster in an environment of its own: made here, asked through `dagster_driver.py`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rows import BenchmarkError

REQUIREMENT = "dagster>=1.13,<1.14"
INSTALL_SECONDS = 240
DRIVER = Path(__file__).with_name("dagster_driver.py")


@dataclass(frozen=True, slots=True)
class Peer:
    """A Python that has Dagster."""

    python: Path
    version: str
    folder: Path

    def ask(self, what: str, *arguments: str | Path, seconds: float) -> dict[str, Any]:
        """Measure something with the driver, in a session of its own that ends with it."""
        command = [self.python, DRIVER, what, *arguments]
        environment = {
            **os.environ,
            "DAGSTER_HOME": str(self.folder),
            "TMPDIR": str(self.folder),
            "DO_NOT_TRACK": "1",
        }
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=environment,
            start_new_session=True,
        ) as process:
            try:
                told, errors = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired as error:
                raise BenchmarkError(f"it took longer than {seconds:.0f} s") from error
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        if process.returncode != 0:
            raise BenchmarkError(f"its driver failed:\n{errors[-2000:].rstrip()}")
        answer: dict[str, Any] = json.loads(told.splitlines()[-1])
        return answer


def installed(cache: Path, folder: Path) -> Peer:
    """Return Dagster as it is below a folder; it is installed there first if it is not.

    Raises:
        BenchmarkError: it cannot be.
    """
    environment = cache.absolute() / "dagster"
    python = environment / "bin" / "python"
    version = [str(python), "-c", "import dagster; print(dagster.__version__)"]
    try:
        if not python.exists():
            _quietly([sys.executable, "-m", "venv", str(environment)])
        with suppress(subprocess.CalledProcessError):
            return Peer(python, _quietly(version), folder)
        _quietly([str(python), "-m", "pip", "install", "--quiet", REQUIREMENT])
        return Peer(python, _quietly(version), folder)
    except (OSError, subprocess.SubprocessError) as error:
        told = (getattr(error, "stderr", None) or str(error)).strip()
        last = told.splitlines()[-1] if told else ""
        raise BenchmarkError(f"it cannot be installed below {cache}: {last}") from error


def _quietly(command: Sequence[str]) -> str:
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, timeout=INSTALL_SECONDS
    )
    return done.stdout.strip()
