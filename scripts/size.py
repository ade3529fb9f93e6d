"""Print how large the source is, and where it says the contract a second time.

`python scripts/size.py` counts the hand-written Python of the packages that are installed: lines,
files, functions, folders, classes that are named as a message of the contract, and modules that
translate between forms of it. `--against COMMIT` counts that commit too and shows both.
How many files a plan, an output and a cancel pass, `python -m scripts.routes` counts.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ("protos", "codeserver", "launcher", "client", "scripts")
_GENERATED = re.compile(r"_pb2(_grpc)?\.pyi?$")
_GENERATED_MARK = "by scripts/gen_protos.py: change that file"
_MIGRATIONS = "store/migrations/"
_MESSAGE = re.compile(r"^(?:message|enum) (\w+)", re.MULTILINE)
_WIRE_PARTS = frozenset({"wire", "_wire"})
MOST_IN_A_FOLDER = 25
LONGEST_FILE = 400
P90_FUNCTION = 20


@dataclass(frozen=True)
class Size:
    """What was counted. Lines are all lines of a file; functions are measured without the rest."""

    lines: int
    files: int
    wire_lines: int
    mirrors: tuple[str, ...]
    largest_files: tuple[tuple[int, str], ...]
    p90_function: int
    longest_function: int
    full_folders: tuple[tuple[int, str], ...]


def measure(files: Mapping[str, str], contract: Iterable[str]) -> Size:
    """Count hand-written sources by path; `contract` are the texts of the .proto files."""
    messages = {name for text in contract for name in _MESSAGE.findall(text)}
    trees = {path: ast.parse(text) for path, text in files.items()}
    lengths = sorted(
        (node.end_lineno or node.lineno) - node.lineno + 1
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    counts = {path: text.count("\n") for path, text in files.items()}
    folders = Counter(str(PurePosixPath(path).parent) for path in files)
    return Size(
        lines=sum(counts.values()),
        files=len(files),
        wire_lines=sum(n for path, n in counts.items() if _WIRE_PARTS & set(Path(path).parts)),
        mirrors=tuple(sorted(_mirrors(trees, messages))),
        largest_files=tuple(sorted(((n, path) for path, n in counts.items()), reverse=True)[:5]),
        p90_function=lengths[len(lengths) * 9 // 10],
        longest_function=lengths[-1],
        full_folders=tuple(
            sorted(((n, path) for path, n in folders.items() if n > MOST_IN_A_FOLDER), reverse=True)
        ),
    )


def _mirrors(trees: Mapping[str, ast.Module], messages: set[str]) -> Iterable[str]:
    """Name the classes that are called as a message, and hold fields of their own."""
    for path, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name in messages and _has_fields(node):
                yield f"{path}: {node.name}"


def _has_fields(node: ast.ClassDef) -> bool:
    return any(isinstance(each, ast.AnnAssign | ast.Assign) for each in node.body)


def is_hand_written(path: str, text: str) -> bool:
    """Whether a file of the sources is Python that somebody wrote."""
    return (
        path.endswith(".py")
        and not _GENERATED.search(path)
        and _MIGRATIONS not in path
        and _GENERATED_MARK not in text[:2000]
    )


def here() -> tuple[dict[str, str], list[str]]:
    """Return the sources of this tree by path, and its .proto files."""
    found = {
        str(path.relative_to(ROOT)): path.read_text()
        for top in SOURCES
        for path in (ROOT / top).rglob("*")
        if path.suffix in {".py", ".proto"}
    }
    return _sorted_out(found)


def at(commit: str) -> tuple[dict[str, str], list[str]]:
    """Return the sources of a commit by path, and its .proto files."""
    archive = subprocess.run(
        ["git", "archive", commit, *SOURCES], cwd=ROOT, check=True, capture_output=True
    ).stdout
    found = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            body = tar.extractfile(member) if member.name.endswith((".py", ".proto")) else None
            if body is not None:
                found[member.name] = body.read().decode()
    return _sorted_out(found)


def _sorted_out(found: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    sources = {path: text for path, text in found.items() if is_hand_written(path, text)}
    return sources, [text for path, text in found.items() if path.endswith(".proto")]


def too_large(size: Size) -> list[str]:
    """Return, a line each, what is larger than docs/style.md lets it be."""
    return [
        *(
            f"{path} has {count} lines, and {LONGEST_FILE} is the most"
            for count, path in size.largest_files
            if count > LONGEST_FILE
        ),
        *(
            f"{path}/ has {count} files, and {MOST_IN_A_FOLDER} is the most"
            for count, path in size.full_folders
        ),
        *(
            [f"one function in ten has more than {P90_FUNCTION} lines: {size.p90_function}"]
            if size.p90_function > P90_FUNCTION
            else []
        ),
    ]


def report(size: Size, before: Size | None) -> str:
    """Return what people read: each figure, and what it was before."""
    rows = [
        ("hand-written lines", size.lines, before and before.lines),
        ("files", size.files, before and before.files),
        ("lines that translate", size.wire_lines, before and before.wire_lines),
        ("classes that mirror a message", len(size.mirrors), before and len(before.mirrors)),
        ("p90 of functions, lines", size.p90_function, before and before.p90_function),
        ("longest function, lines", size.longest_function, before and before.longest_function),
        ("largest file, lines", size.largest_files[0][0], before and before.largest_files[0][0]),
        (
            f"folders of more than {MOST_IN_A_FOLDER} files",
            len(size.full_folders),
            before and len(before.full_folders),
        ),
    ]
    lines = [
        f"{name:34}{now:>9,}{'' if was is None else f'  was {was:,}'}" for name, now, was in rows
    ]
    lines += [f"  {count:>5} lines  {path}" for count, path in size.largest_files]
    lines += [f"  {count:>5} files  {path}/" for count, path in size.full_folders]
    return "\n".join(lines)


def main() -> int:
    """Print the sizes; `--mirrors` lists the classes, too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--against", metavar="COMMIT", help="count this commit too")
    parser.add_argument("--mirrors", action="store_true", help="list classes named as messages")
    parser.add_argument(
        "--check", action="store_true", help="fail for what is too large; print that"
    )
    options = parser.parse_args()
    size = measure(*here())
    if options.check:
        found = too_large(size)
        sys.stdout.writelines(f"{each}\n" for each in found)
        return int(bool(found))
    print(report(size, measure(*at(options.against)) if options.against else None))
    if options.mirrors:
        print("\n".join(size.mirrors))
    return 0


if __name__ == "__main__":
    sys.exit(main())
