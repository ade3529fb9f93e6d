"""Where modules come from: the standard library, an installed distribution, us, or the user."""

from __future__ import annotations

import site
import sys
import sysconfig
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType

import treadle_worker
from treadle._system import os

#: What a module of the user's may import of ours, and what that imports.
OWN_PACKAGES = frozenset(
    {
        "treadle",
        "treadle_access",
        "treadle_api",
        "treadle_client",
        "treadle_codeserver",
        "treadle_contract",
        "treadle_inprocess",
        "treadle_launcher",
        "treadle_partitions",
        "treadle_planner",
        "treadle_worker",
    }
)


@cache
def site_folders() -> tuple[str, ...]:
    """Return the folders that installers put distributions into, in the order of sys.path."""
    known = {*site.getsitepackages(), sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    if site.ENABLE_USER_SITE:
        known.add(site.getusersitepackages())
    # Virtual environments made with --system-site-packages have the base's folders too: they
    # are on the path and named as no other folder is.
    named = {path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}}
    found = {path for path in known | named if Path(path).is_dir()}
    order = {path: position for position, path in reversed(list(enumerate(sys.path)))}
    return tuple(sorted(found, key=lambda path: (order.get(path, len(order)), path)))


@lru_cache(maxsize=16_384)
def is_user_file(path: str) -> bool:
    """Tell whether a file is neither the standard library's, nor installed, nor ours.

    An editable install lies outside the folders of installed distributions: it is the user's.
    """
    full = os.path.realpath(path)
    return not any(full.startswith(folder) for folder in _foreign_folders())


def is_own_module(name: str) -> bool:
    """Tell whether the module is ours, or the entry of this process."""
    return name.partition(".")[0] in OWN_PACKAGES or name in {"__main__", "__mp_main__"}


def file_of(module: ModuleType) -> str | None:
    """Return the file that a module was or will be loaded from, without running its code."""
    # Past the module's own attribute access: a lazy module would be imported by it.
    names = object.__getattribute__(module, "__dict__")
    spec = names.get("__spec__")
    if spec is not None and spec.has_location and isinstance(spec.origin, str):
        return spec.origin
    file = names.get("__file__")
    return file if isinstance(file, str) else None


@cache
def _foreign_folders() -> tuple[str, ...]:
    ours = Path(treadle_worker.__file__).resolve().parent
    folders = [
        *site_folders(),
        sysconfig.get_path("stdlib"),
        sysconfig.get_path("platstdlib"),
        str(ours),
        str(ours.with_name("treadle")),
    ]
    return tuple(os.path.realpath(folder) + os.sep for folder in folders)
