"""The spec of a host, read from the descriptor that its launcher gave it."""

from __future__ import annotations

from collections.abc import Mapping

from treadle import _json as json
from treadle._system import open_file, os
from treadle.io.durability import Durability
from treadle.locations.canonical import CanonicalError, from_json
from treadle_contract.event import StartMethod
from treadle_contract.ids import HostId
from treadle_contract.lazy_dataclasses import dataclass, field, field_names

DEFAULT_LOG_LIMIT = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class HostSpec:
    """What the launcher tells a host when it starts it; durations in milliseconds.

    `start_method` is what was asked for, None for what the import allows.
    `targets` are {"file": path} or {"module": name}. `files` are those that the digest was taken
    over, module names to SHA-256, and `definitions` what else was, by name; `core_digest` is over
    what steps rest on alone, `generator_states` are those that another import left. `alive_fd`: the launcher is ephemeral,
    and the end of that pipe ends the host. `log_limit_bytes`: kept of each log stream. `tag`:
    what everything of this host is known by, 0 for none.
    `served_socket` is where callers find the launcher, "" if not at a Unix socket. `durability`:
    what its values and its journal survive.
    """

    host_id: HostId
    location: str
    launcher_socket: str
    working_directory: str
    targets: tuple[Mapping[str, str], ...]
    digest: str
    import_timeout_ms: int
    values_root: str
    logs_root: str
    journal: str
    served_socket: str = ""
    alive_fd: int | None = None
    orphan_grace_ms: int = 0
    idle_grace_ms: int = 0
    term_grace_ms: int = 0
    log_limit_bytes: int = DEFAULT_LOG_LIMIT
    start_method: StartMethod | None = None
    tag: int = 0
    durability: Durability = Durability.PROCESS
    files: Mapping[str, str] = field(default_factory=dict)
    core_digest: str = ""
    generator_states: tuple[str, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)

    @property
    def output(self) -> str:
        """The file beside its journal that a host itself prints to; "": it has none."""
        return os.path.join(os.path.dirname(self.journal), "output") if self.journal else ""


def read_spec(fd: int) -> HostSpec:
    """Read the spec and close the descriptor.

    Raises:
        ValueError: it is not JSON, or a field is not what the launcher writes.
    """
    with open_file(fd, "rb") as stream:
        content = json.loads(stream.read())
    if not isinstance(content, dict):
        raise CanonicalError(f"a host's spec is an object, not {type(content).__name__}")
    names = {_camel(name): name for name in field_names(HostSpec) or ()}
    known = {names[name]: value for name, value in content.items() if name in names}
    if known.get("start_method") == "auto":
        del known["start_method"]
    return from_json(HostSpec, known)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
