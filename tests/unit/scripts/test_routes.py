"""What a route is made of, from what traced processes noted."""

from __future__ import annotations

from pathlib import Path

from scripts.routes import routes_in


def test_a_route_has_each_hand_written_file_of_the_packages_once(tmp_path: Path) -> None:
    files = {
        name: tmp_path / name
        for name in ("client/a.py", "launcher/b.py", "protos/c_pb2.py", "tests/d.py")
    }
    for file in files.values():
        file.parent.mkdir(exist_ok=True)
        file.write_text("x = 1\n")
    noted = "".join(f"{part} {file}\n" for file in files.values() for part in (1, 1, 3))
    noted += f"2 {files['launcher/b.py']}\n2 <frozen importlib>\n2 {tmp_path / 'gone.py'}\n"

    assert routes_in(noted, tmp_path) == {
        "plan": ("client/a.py", "launcher/b.py"),
        "output to event": ("launcher/b.py",),
        "cancel": ("client/a.py", "launcher/b.py"),
    }
