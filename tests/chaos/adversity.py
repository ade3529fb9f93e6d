"""What a machine does to a launcher and its hosts: no room, no descriptors, no time, half a line."""

from __future__ import annotations

import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import treadle_client
from tests.chaos.kills import SERVICES, Outcome, Victim, before_all, check, count_effects
from tests.chaos.place import Place, a_place, patiently, wait_until
from tests.chaos.power_cut import log_of

ASSET = "plain"
ROOM = "24m"


@dataclass(kw_only=True)
class Adversity:
    """What one kind of adversity led to."""

    name: str
    storm: Outcome = field(default_factory=Outcome)
    errors: Counter[str] = field(default_factory=Counter)
    """What callers were told while it lasted, by the first words."""

    @property
    def faults(self) -> list[str]:
        return self.storm.faults

    def figures(self) -> dict[str, object]:
        """Return what is printed."""
        return {
            "runs": dict(self.storm.runs),
            "steps that a host began by itself": self.storm.by_hosts,
            "attempts that failed, as classified": dict(self.storm.lost),
            "callers were told": dict(self.errors),
            "committed values read back": self.storm.values,
            "faults": len(self.storm.faults),
        }


Disturb = Callable[[Place, Adversity, random.Random], None]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of adversity. `allowed`: why attempts may fail; `once`: no op runs a second time."""

    name: str
    disturb: Disturb
    allowed: tuple[str, ...] = ("lost",)
    once: bool = False


def under(
    kinds: Sequence[Kind], seed: int, *, runs: int = 2, op_ms: int = 100, home: Path | None = None
) -> Adversity:
    """Have runs in flight for each kind, do it to the services, and hold what becomes of the runs."""
    rng = random.Random(seed)
    adversity = Adversity(name=", then ".join(kind.name for kind in kinds))
    outcome = adversity.storm
    outcome.allowed = tuple(reason for kind in kinds for reason in kind.allowed)
    with a_place(home=home, CHAOS_OP_MS=str(op_ms)) as place:
        place.start()
        with place.client() as client:
            expected, before = before_all(place, client, ASSET)
            logs = [before]
            for kind in kinds:
                quiet = len(place.effects())
                handles = [client.materialize(ASSET) for _ in range(runs)]
                wait_until(lambda quiet=quiet: len(place.effects()) > quiet + 2 * runs, "ops run")
                kind.disturb(place, adversity, rng)
                logs += [log_of(client, handle.run_id) for handle in handles]
            fresh = patiently(lambda: client.materialize(ASSET))
            logs.append(log_of(client, fresh.run_id))
            check(place, client, logs, expected, outcome)
            if not isinstance(logs[-1][-1], treadle_client.RunFinished) or (
                logs[-1][-1].state is not treadle_client.RunState.SUCCEEDED
            ):
                outcome.faults.append("a run that came after it did not succeed")
        is_once = all(kind.once for kind in kinds)
        count_effects(place, SERVICES if is_once else tuple(Victim), outcome, logs)
        outcome.faults += [f"left: {one}" for one in place.end()]
    return adversity


def told(adversity: Adversity, call: Callable[[], object]) -> None:
    """Take note of what a caller is told."""
    try:
        call()
    except treadle_client.TreadleClientError as error:
        # The figures name no place of the machine that they were taken on.
        words = " ".join("LAUNCHER" if "/" in word else word for word in str(error).split())
        adversity.errors[f"{type(error).__name__}: {words}"[:120]] += 1
    else:
        adversity.errors["it was done"] += 1


# The kinds.


def stopped_launcher(seconds: float) -> Kind:
    """SIGSTOP of the launcher for a while, and SIGCONT: nothing is lost, nothing runs twice."""

    def disturb(place: Place, adversity: Adversity, rng: random.Random) -> None:
        place.launcher.signal(signal.SIGSTOP)
        time.sleep(seconds)
        place.launcher.signal(signal.SIGCONT)

    # A host that had nothing to do for its whole grace leaves meanwhile, and takes no task more.
    return Kind(name="launcher stopped and continued", disturb=disturb, once=True)


def cut_journal() -> Kind:
    """Launcher and hosts are gone, and the last record of each journal is cut in its middle."""

    def disturb(place: Place, adversity: Adversity, rng: random.Random) -> None:
        place.launcher.kill()
        # The hosts go on alone: what their ops do meanwhile is in the journals only.
        before = sum(one.word == "ended" for one in place.effects())
        wait_until(
            lambda: sum(one.word == "ended" for one in place.effects()) > before, "ops end alone"
        )
        for pid in place.hosts():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not place.hosts(), "hosts are gone")
        for journal in place.home.glob("hosts/*/journal"):
            data = journal.read_bytes()
            if data:
                last = data[:-1].rfind(b"\n") + 1
                journal.write_bytes(data[: rng.randrange(last, len(data))])
        place.launcher.start()

    return Kind(name="journal cut in mid-record", disturb=disturb)


def no_descriptors_in_the_launcher(seconds: float = 0.7) -> Kind:
    """The launcher may open nothing more for a while."""

    def disturb(place: Place, adversity: Adversity, rng: random.Random) -> None:
        assert place.launcher.popen is not None
        with no_descriptors(place.launcher.popen.pid):
            told(adversity, lambda: treadle_client.Client.connect(place.address, timeout=1))
            time.sleep(seconds)

    return Kind(name="no descriptors left in the launcher", disturb=disturb, once=True)


def no_descriptors_in_hosts(seconds: float = 0.7) -> Kind:
    """The hosts may open nothing more for a while: no step can start."""

    def disturb(place: Place, adversity: Adversity, rng: random.Random) -> None:
        with ExitStack() as stack:
            for pid in place.hosts():
                # One that has just ended opens none.
                with suppress(ProcessLookupError, FileNotFoundError):
                    stack.enter_context(no_descriptors(pid))
            time.sleep(seconds)

    allowed = ("lost", "start_failed", "user_error")
    return Kind(name="no descriptors left in the hosts", disturb=disturb, allowed=allowed)


@contextmanager
def no_descriptors(pid: int) -> Iterator[None]:
    """Let a process open none but those that it has."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    highest = max((int(fd) for fd in os.listdir(f"/proc/{pid}/fd")), default=0)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (highest + 1, before[1]))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def full_disk(seed: int, *, seconds: float = 0.7) -> Adversity | None:
    """The disk of the home is full for a while. None: no small disk can be made here."""

    def disturb(place: Place, adversity: Adversity, rng: random.Random) -> None:
        filler = place.home / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(b"\0" * 4096):
                pass
        with place.client() as client:
            told(adversity, lambda: client.materialize("plain", idempotency_key="no room"))
            time.sleep(seconds)
            told(adversity, lambda: client.materialize("sturdy", idempotency_key="no room"))
        filler.unlink()

    with small_disk() as disk:
        if disk is None:
            return None
        allowed = ("lost", "start_failed", "user_error", "internal", "exit")
        kind = Kind(name="disk full", disturb=disturb, allowed=allowed)
        return under([kind], seed, home=disk / "home")


@contextmanager
def small_disk(options: str = f"size={ROOM}") -> Iterator[Path | None]:
    """Mount a small disk in memory; None where that is not permitted."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(a_folder()))
        mount = ["mount", "-t", "tmpfs", "-o", options, "none", str(folder)]
        try:
            made = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        except FileNotFoundError:
            made = False
        if not made:
            yield None
            return
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def unwritable_home() -> Adversity:
    """Start a launcher on a home that cannot be written: it says so and ends."""
    adversity = Adversity(name="unwritable home")
    with small_disk("size=1m,ro") as disk, a_folder() as folder:
        home = folder / "file" / "home" if disk is None else disk / "home"
        if disk is None:
            (folder / "file").write_text("not a folder")
        ended = subprocess.run(
            [sys.executable, "-P", "-m", "treadle_launcher", "--home", str(home)],
            env={**os.environ, "XDG_RUNTIME_DIR": str(folder)},
            capture_output=True,
            check=False,
            timeout=60,
        )
    words = ended.stderr.decode().replace(str(home), "HOME").strip()
    adversity.errors[f"{words} (exit status {ended.returncode})"] += 1
    if ended.returncode != 1 or "cannot be used" not in words:
        adversity.faults.append(f"status {ended.returncode}: {words}")
    return adversity


@contextmanager
def a_folder() -> Iterator[Path]:
    """Make a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="tc-") as folder:
        yield Path(folder)
