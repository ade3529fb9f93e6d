"""README and guides are true: their files are written, their commands run, their output compared.

In a page, a block marked

    python file=NAME         is a file of the page's folder,
    python edit=NAME         is a function that takes its namesake's place in that file,
    console                  is commands ("$ …") and what each prints, in one shell,
    console terminal=NAME    is a command that goes on running until the page ends,
    console demo             is what test_demo.py compares.

A line "..." stands for lines that the page leaves out. Ids, times, durations and digests may
differ, and so may the order of lines: steps run side by side. A command may name a run that a block
above it printed.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.processes import running

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = [
    REPOSITORY / "README.md",
    REPOSITORY / "docs" / "quickstart.md",
    *sorted((REPOSITORY / "docs" / "howto").glob("*.md")),
]
LEFT_OUT = "..."
SECONDS = 100

_BLOCK = re.compile(r"^```(python|console)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ID = re.compile(r"\b01[0-9A-HJKMNP-TV-Z]{24}\b")
_VARYING = (
    (_ID, "ID"),
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d([.,]\d+)?Z?"), "TIME"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "TIME"),
    (re.compile(r"\b\d+\.\d+ s\b"), "SPAN"),
    (re.compile(r"\b[0-9a-f]{12}([0-9a-f]{52})?\b"), "HEX"),
    (re.compile(r"\bPython 3\.\d+"), "PYTHON"),
    # Folders, the digits of a socket's name gone already.
    (re.compile(r"(?<![\w.])/[\w./-]*/"), "FOLDER/"),
    # Which part of a line a traceback marks depends on Python's version.
    (re.compile(r"^\s*[~^]+$"), ""),
    # Columns are as wide as what varies.
    (re.compile(r"\s+"), " "),
)


#: What every run says when the suite forces spawning, and no page shows.
IS_SPAWN_FORCED = os.environ.get("TREADLE_START_METHOD") == "spawn"
FORCED = "steps are spawned, not forked: the launcher asked for it"


@dataclass(frozen=True)
class Block:
    """A marked block of a page."""

    language: str
    mark: str
    text: str

    def commands(self) -> list[tuple[str, list[str]]]:
        """Return the commands, each with the lines that are shown below it."""
        found: list[tuple[str, list[str]]] = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
        return found


def blocks(page: Path) -> list[Block]:
    found = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [Block(language, mark.strip(), text) for language, mark, text in found]


def environment() -> dict[str, str]:
    folder = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def settled(lines: list[str]) -> Counter[str]:
    """Count the lines with all that varies from run to run taken out."""
    counted: Counter[str] = Counter()
    for line in lines:
        if IS_SPAWN_FORCED and line.endswith(FORCED):
            continue
        for pattern, name in _VARYING:
            line = pattern.sub(name, line)  # noqa: PLW2901 - one replacement after another
        if line.strip():
            counted[line.strip()] += 1
    return counted


def assert_shown(command: str, shown: list[str], printed: list[str]) -> None:
    wanted, found = settled([line for line in shown if line != LEFT_OUT]), settled(printed)
    missing = list((wanted - found).elements())
    more = [] if LEFT_OUT in shown else list((found - wanted).elements())
    text = "\n".join(printed)
    assert not missing, f"{command}\nshown, not printed: {missing}\nprinted:\n{text}"
    assert not more, f"{command}\nprinted, not shown: {more}\nprinted:\n{text}"


def run_block(block: Block, folder: Path, ids: dict[str, str]) -> None:
    """Run the commands in one shell, which prints a mark before each.

    `ids` are the runs of this time by the ids that the page shows; those of this block join them.
    """
    commands = [
        (_ID.sub(lambda found: ids.get(found[0], found[0]), command), shown)
        for command, shown in block.commands()
    ]
    marked = [f"echo '@@@{number}'\n{command}" for number, (command, _) in enumerate(commands)]
    done = subprocess.run(
        ["bash", "-c", "shopt -s expand_aliases\n" + "\n".join(marked)],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    parts = re.split(r"^@@@\d+\n", done.stdout, flags=re.MULTILINE)[1:]
    for (command, shown), printed in zip(commands, parts, strict=True):
        assert_shown(command, shown, printed.splitlines())
        new = dict.fromkeys(_ID.findall("\n".join(shown)))
        ids.update(zip(new, dict.fromkeys(_ID.findall(printed)), strict=False))


def edit(path: Path, function: str) -> None:
    """Put a function in its namesake's place."""
    head = re.search(r"^def \w+\(", function, re.MULTILINE)
    assert head is not None
    pieces = path.read_text().split("\n\n\n")
    assert sum(head[0] in piece for piece in pieces) == 1
    path.write_text("\n\n\n".join(function.rstrip() if head[0] in p else p for p in pieces))


@contextmanager
def terminal(block: Block, folder: Path) -> Iterator[None]:
    """Run a command that goes on, once it has printed as many lines as are shown."""
    ((command, shown),) = block.commands()
    with running(
        ["bash", "-c", f"exec {command}"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert_shown(command, shown, [process.stdout.readline() for _ in shown])
            yield
        finally:
            # Hosts outlive a launcher that is not their starter's: for the time that the page says.
            children = psutil.Process(process.pid).children(recursive=True)
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=SECONDS)
            psutil.wait_procs(children, timeout=SECONDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_happens(page: Path, tmp_path: Path) -> None:
    ids: dict[str, str] = {}
    with ExitStack() as terminals:
        for block in blocks(page):
            if block.mark.startswith("file="):
                (tmp_path / block.mark.removeprefix("file=")).write_text(block.text)
            elif block.mark.startswith("edit="):
                edit(tmp_path / block.mark.removeprefix("edit="), block.text)
            elif block.language == "console" and block.mark.startswith("terminal="):
                terminals.enter_context(terminal(block, tmp_path))
            elif block.language == "console" and block.mark != "demo":
                run_block(block, tmp_path, ids)


@pytest.mark.parametrize("page", sorted(REPOSITORY.glob("docs/**/*.md")) + PAGES[:1], ids=str)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []
