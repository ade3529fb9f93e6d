from __future__ import annotations

import socket
from pathlib import Path

from treadle_worker.dead_sockets import remove_dead_sockets


def test_only_sockets_at_which_nobody_listens_are_removed(tmp_path: Path) -> None:
    dead, alive, file = (tmp_path / name for name in ("dead", "alive", "file"))
    file.write_text("no socket")
    with socket.socket(socket.AF_UNIX) as listener:
        with socket.socket(socket.AF_UNIX) as gone:
            gone.bind(str(dead))
        listener.bind(str(alive))
        listener.listen()
        remove_dead_sockets(map(str, (dead, alive, file, tmp_path / "missing")))
    remove_dead_sockets(["", str(tmp_path)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alive", "file"]
