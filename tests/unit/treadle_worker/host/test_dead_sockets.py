from __future__ import annotations

import socket
import threading
from pathlib import Path

from treadle_worker.host.dead_sockets import remove_dead_sockets


def test_only_sockets_at_which_nobody_listens_are_removed(tmp_path: Path) -> None:
    dead, alive, file = (tmp_path / name for name in ("dead", "alive", "file"))
    file.write_text("no socket")
    with socket.socket(socket.AF_UNIX) as listener:
        with socket.socket(socket.AF_UNIX) as gone:
            gone.bind(str(dead))
        listener.bind(str(alive))
        listener.listen()
        remove_dead_sockets(map(str, (dead, alive, file, tmp_path / "missing")))
        remove_dead_sockets([str(alive)], grace=0.01)
    remove_dead_sockets(["", str(tmp_path)])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["alive", "file"]


def test_the_socket_of_a_listener_that_is_dying_is_removed_when_it_is_dead(tmp_path: Path) -> None:
    path = tmp_path / "dying"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()

    def die() -> None:
        # It ends what it has accepted, and then listens no more: as a process that was killed.
        accepted, _ = listener.accept()
        listener.close()
        accepted.close()

    dying = threading.Thread(target=die)
    dying.start()

    remove_dead_sockets([str(path)], grace=30)

    dying.join()
    assert not path.exists()
