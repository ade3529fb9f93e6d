"""The entry of every worker process: `INTERPRETER -P bootstrap.py load|host|step|debug <fd>`.

The user's interpreter has nothing of ours installed, or another version of it. So this file
makes exactly four packages findable, and imports the process's own module
before the user's folders are on the path. It is safe to import again: multiprocessing's spawn
does so in children of a step, where `import treadle` has to work as well.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType

_PACKAGES = frozenset({"treadle", "treadle_contract", "treadle_partitions", "treadle_worker"})
_FOLDER = Path(__file__).resolve().parent.parent
# The contract lies beside the others where they are installed, and in protos/ in a checkout.
_FOLDERS = [str(_FOLDER), str(_FOLDER.parent / "protos")]


class OwnPackages:
    """A meta-path finder for our packages, and for nothing else that lies beside them."""

    @staticmethod
    def find_spec(
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find `fullname` where ours lie, if it is one of ours."""
        if fullname not in _PACKAGES:
            return None
        return PathFinder.find_spec(fullname, _FOLDERS, target)


def main(role: str, fd: int) -> int:
    """Run one worker process and give its exit status; `fd` carries its specification."""
    # Imported here, and only the one that is asked for: this is the process's start. There is no
    # garbage among modules, and to look for it takes a tenth of that.
    gc.disable()
    from treadle._system import keep_all  # noqa: PLC0415 (see above)

    keep_all()
    if role == "load":
        from treadle_worker.loading.loader import main as run  # noqa: PLC0415 (see above)
    elif role == "host":
        from treadle_worker.host.host import main as run  # noqa: PLC0415 (see above)
    elif role == "step":
        from treadle_worker.attempts.spawned import main as run  # noqa: PLC0415 (see above)
    elif role == "debug":
        from treadle_worker.step.debug import main as run  # noqa: PLC0415 (see above)
    else:
        raise SystemExit(f"bootstrap.py: no such role: {role!r}; one of load, host, step, debug")
    gc.enable()
    return run(fd)


if not any(getattr(finder, "__name__", "") == "OwnPackages" for finder in sys.meta_path):
    sys.meta_path.insert(0, OwnPackages)

if __name__ == "__main__":
    _role, _fd = sys.argv[1:]
    del sys.argv[1:]  # User modules that look at the arguments find none.
    sys.exit(main(_role, int(_fd)))
