"""An attempt's log folder."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from treadle_worker.step.capture import log_folder, open_append


def test_a_folder_has_a_component_for_run_step_and_attempt(tmp_path: Path) -> None:
    folder = log_folder(str(tmp_path), "run1", "graph.work[k/0]", 2)

    os.close(open_append(folder.log))

    (step,) = (tmp_path / "run1").iterdir()
    assert "/" not in step.name
    assert Path(folder.path) == step / "2"
    assert os.listdir(folder.path) == ["log"]
    assert stat.S_IMODE(os.stat(folder.path).st_mode) == 0o700


def test_the_tail_is_made_of_whole_lines(tmp_path: Path) -> None:
    folder = log_folder(str(tmp_path), "run", "step", 1)
    fd = open_append(folder.stderr)
    os.write(fd, b"".join(b"line %d\n" % number for number in range(2000)))
    os.close(fd)

    tail = folder.stderr_tail().splitlines()

    assert tail[-1] == "line 1999"
    assert tail[0] in {f"line {number}" for number in range(1000, 2000)}


def test_no_file_has_no_tail(tmp_path: Path) -> None:
    assert log_folder(str(tmp_path), "run", "step", 1).stderr_tail() == ""
