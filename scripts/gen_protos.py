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

from google.protobuf import descriptor_pb2

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
CONTRACT = "treadle_contract"


def generate(root: Path) -> None:
    """Run protoc over every .proto file and write the generated modules below `root`, as here.

    Raises:
        subprocess.CalledProcessError: protoc refused a file; its message is on stderr.
    """
    out = root / "protos"
    out.mkdir(exist_ok=True)
    sources = sorted(str(path.relative_to(PROTOS)) for path in PROTOS.rglob("*.proto"))
    outputs = [f"--{kind}_out={out}" for kind in ("python", "grpc_python", "mypy", "mypy_grpc")]
    protoc = [sys.executable, "-m", "grpc_tools.protoc", f"-I{PROTOS}"]
    subprocess.run([*protoc, *outputs, *sources], check=True, cwd=PROTOS)
    with tempfile.NamedTemporaryFile() as described:
        wanted = ["--include_imports", "--include_source_info"]
        into = f"--descriptor_set_out={described.name}"
        subprocess.run([*protoc, into, *wanted, *sources], check=True, cwd=PROTOS)
        # Imported now: it reads the options of fields with the module that was just generated.
        sys.path.insert(0, str(ROOT))
        from scripts.gen_client import MODULE, client_module  # noqa: PLC0415 (see above)
        from scripts.gen_contract import modules  # noqa: PLC0415

        descriptors = descriptor_pb2.FileDescriptorSet.FromString(Path(described.name).read_bytes())
    folder = out / CONTRACT
    folder.mkdir(exist_ok=True)
    for name, text in modules(descriptors).items():
        (folder / name).write_text(text)
    (root / MODULE).parent.mkdir(parents=True, exist_ok=True)
    (root / MODULE).write_text(client_module(descriptors))


def generated_files(root: Path) -> set[Path]:
    """List the generated files below a folder, relative to it."""
    files = {path for path in root.glob("protos/**/*_pb2*.py*") if path.suffix != ".pyc"}
    files |= {
        path
        for pattern in (f"protos/{CONTRACT}/*.py", "client/treadle_client/*.py")
        for path in root.glob(pattern)
        if "scripts/gen_protos.py: change that file" in path.read_text()
    }
    return {path.relative_to(root) for path in files}


def stale_files(fresh: Path) -> list[str]:
    """List the generated files that differ between `fresh` and the committed tree."""
    names = generated_files(fresh) | generated_files(ROOT)
    return sorted(
        str(name)
        for name in names
        if not (ROOT / name).exists()
        or not (fresh / name).exists()
        or not filecmp.cmp(ROOT / name, fresh / name, shallow=False)
    )


def main() -> int:
    """Generate, or check with --check; the exit code says whether the tree is fresh."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    if not parser.parse_args().check:
        generate(ROOT)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        stale = stale_files(Path(folder))
    for name in stale:
        print(f"not fresh: {name} (run `python scripts/gen_protos.py`)", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
