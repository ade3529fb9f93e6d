"""Generate the Python code of the contract beside its .proto files, or check that it is fresh.

`python scripts/gen_protos.py` writes; `--check` compares and exits 1, naming what differs.
"""

from __future__ import annotations

import argparse
import filecmp
import subprocess
import sys
import tempfile
from pathlib import Path

PROTOS = Path(__file__).resolve().parent.parent / "protos"


def generate(out: Path) -> None:
    """Run protoc over every .proto file and write the generated modules below `out`.

    Raises:
        subprocess.CalledProcessError: protoc refused a file; its message is on stderr.
    """
    sources = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto"))
    outputs = [f"--{kind}_out={out}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")]
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTOS}", *outputs, *sources]
    subprocess.run(command, check=True, cwd=PROTOS)


def stale_files(fresh: Path) -> list[str]:
    """List the generated files that differ between `fresh` and the committed tree."""
    names = {path.relative_to(fresh) for path in fresh.rglob("*_pb2*.py*")}
    names |= {
        path.relative_to(PROTOS) for path in PROTOS.rglob("*_pb2*.py*") if path.suffix != ".pyc"
    }
    return sorted(
        str(name)
        for name in names
        if not (PROTOS / name).exists()
        or not (fresh / name).exists()
        or not filecmp.cmp(PROTOS / name, fresh / name, shallow=False)
    )


def main() -> int:
    """Generate, or check with --check; the exit code says whether the tree is fresh."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    if not parser.parse_args().check:
        generate(PROTOS)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        stale = stale_files(Path(folder))
    for name in stale:
        print(f"not fresh: protos/{name} (run `python scripts/gen_protos.py`)", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
