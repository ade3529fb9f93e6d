"""What a host leaves on disk: its journal, what it printed, and which process it is."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from treadle_contract.ids import HostId, TaskId
from treadle_contract.lazy_dataclasses import dataclass
from treadle_contract.worker import ProcessId
from treadle_launcher.durability import Durability
from treadle_launcher.hosts.frames import FrameError, decode_journal_line
from treadle_launcher.hosts.host_tag import tag_of
from treadle_launcher.private_files import write_private
from treadle_launcher.runs.journal import Record

_TAIL_BYTES = 8 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRecords:
    """What a host that is gone had told, and what of it cannot be read: "" is nothing."""

    records: tuple[Record, ...] = ()
    damage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFolder:
    """The folder of one host below the home. It outlives the host until all of it is read."""

    path: Path

    @property
    def host_id(self) -> HostId:
        """The host, by whose id the folder is named."""
        return HostId(self.path.name)

    @property
    def tag(self) -> int:
        """The number that everything carries that the host ever started.

        Raises:
            OSError: the folder is not there.
        """
        return tag_of(self.host_id, self._inode)

    @property
    def journal(self) -> Path:
        """The file of records that the launcher had not committed."""
        return self.path / "journal"

    @property
    def output(self) -> Path:
        """What the host itself wrote to stdout and stderr."""
        return self.path / "output"

    def write_process(self, process: ProcessId, *, is_ephemeral: bool = False) -> None:
        """Note which process the host's guard is, for a launcher that comes later.

        An ephemeral host ends with its launcher.
        """
        content = {
            "boot_id": process.boot_id,
            "pid": process.pid,
            "start_ticks": process.start_ticks,
            "folder": self._inode,
            "path": str(self.path),
            "ephemeral": is_ephemeral,
        }
        write_private(self._process_file, json.dumps(content) + "\n")

    def read_process(self) -> ProcessId | None:
        """Return which process the host's guard is; None when that was never noted.

        In a copy of a home it is none either: what it names is the other home's.
        """
        if self._is_copy:
            return None
        try:
            content = json.loads(self._process_file.read_text())
            return ProcessId(
                boot_id=str(content["boot_id"]),
                pid=int(content["pid"]),
                start_ticks=int(content["start_ticks"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @property
    def is_ephemeral(self) -> bool:
        """Whether the host is noted as one that ends with its launcher."""
        try:
            return bool(json.loads(self._process_file.read_text()).get("ephemeral"))
        except (OSError, ValueError, AttributeError):
            return False

    @property
    def is_moved(self) -> bool:
        """Whether the host was started for a folder at another place, to which it still writes."""
        try:
            noted = json.loads(self._process_file.read_text()).get("path")
            return noted is not None and not os.path.samefile(str(noted), self.path)
        except FileNotFoundError:
            return self._process_file.exists()
        except (OSError, ValueError, AttributeError):
            return False

    def read_cgroup(self) -> Path | None:
        """Return the cgroup that was made for the host alone; None: there was none.

        In a copy of a home it is none either.
        """
        if self._is_copy:
            return None
        try:
            path = Path((self.path / "cgroup").read_text().strip())
        except FileNotFoundError:
            return None
        return path if path.name == f"treadle-{self.host_id}" else None

    def read_journal(self, after: int) -> LastRecords:
        """Return the records with a larger number. For a host that is gone: nobody writes.

        A last line without its end was being written when the host was killed: it is none.
        """
        try:
            lines = self.journal.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            return LastRecords()
        except OSError as error:
            return LastRecords(damage=f"{self.journal} cannot be read: {error}")
        records, damage = [], ""
        for number, line in enumerate(lines, start=1):
            try:
                record = decode_journal_line(line)
            except FrameError as error:
                damage = damage or f"line {number} of {self.journal}: {error}"
                continue
            if record is not None and record.number > after:
                records.append(record)
        return LastRecords(records=tuple(records), damage=damage)

    def next_tasks(self, after: int) -> frozenset[TaskId]:
        """Return the tasks that the records with a larger number say were started by the host itself.

        For a host without a connection: what it has not written of by now, it does not start.
        """
        records = self.read_journal(after).records
        return frozenset(record.next_task_id for record in records if record.next_task_id)

    def write_durability(self, durability: Durability) -> None:
        """Note what the host's values and journal survive, for a launcher that comes later."""
        write_private(self._durability_file, f"{durability.value}\n")

    def read_durability(self) -> Durability:
        """Return what the host's values and journal survive; the least when that is not known."""
        try:
            return Durability(self._durability_file.read_text().strip())
        except (OSError, ValueError):
            return Durability.PROCESS

    def output_tail(self) -> str:
        """Return the last of what the host itself wrote to stdout and stderr."""
        try:
            with self.output.open("rb") as file:
                file.seek(max(0, self.output.stat().st_size - _TAIL_BYTES))
                return file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""

    def remove(self) -> None:
        """Remove the folder: everything in it is in the store."""
        shutil.rmtree(self.path, ignore_errors=True)

    @property
    def _is_copy(self) -> bool:
        try:
            noted = json.loads(self._process_file.read_text()).get("folder")
            return noted is not None and noted != self._inode
        except (OSError, ValueError, AttributeError):
            return False

    @property
    def _inode(self) -> int:
        return self.path.stat().st_ino

    @property
    def _durability_file(self) -> Path:
        return self.path / "durability"

    @property
    def _process_file(self) -> Path:
        return self.path / "process.json"
