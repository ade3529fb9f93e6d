"""What modules do when they are imported, as data: a row of docs/howto/imports.md each.

A new habit: an entry here, a row there. tests/integration/worker/test_import_habits.py runs it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

METHOD = os.environ.get("TREADLE_START_METHOD", "fork")


class Outcome(StrEnum):
    """What becomes of it. The values are the headings of the page."""

    HARMLESS = "Nothing happens to what is not yours"
    """Loader, host and steps work; a forked step has what the module set."""
    SPAWNED = "Steps are spawned, and an event says why"
    """Each step imports the module itself; `says` is in the reason."""
    REFUSED = "The load says so"
    """The loader reports it; `says` is in the problem."""
    NOT_STARTED = "The run says so"
    """The host does not start, or the step fails; `says` is in the failure."""


@dataclass(frozen=True, kw_only=True)
class Habit:
    """One habit. `row` is its first column on the page, `module` the lines of the import.

    `op` are the lines of the op, which runs twice: they raise unless the step is as it should
    be. `after` raises unless what is left in FOLDER is, once the host has ended: FOLDER is
    defined in the module. `methods` are the start methods that it is tried with.
    """

    row: str
    module: str
    op: str = "pass"
    outcome: Outcome = Outcome.HARMLESS
    says: str = ""
    after: Callable[[Path], None] | None = None
    methods: tuple[str, ...] = ("fork", "spawn")


def _has_drawn(path: Path, *, different: int) -> None:
    found = path.read_text().split()
    assert len(set(found)) == different, found


def _has_lines(path: Path, expected: list[str]) -> None:
    found = path.read_text().split()
    assert found == expected, found


def differ(path: Path, count: int = 2) -> None:
    """See that a file has so many lines, no two of them equal."""
    found = path.read_text().splitlines()
    assert len(found) == len(set(found)) == count, found


def once_each(folder: Path, imported: str, ran: str) -> None:
    """See that the two steps wrote to one file, and each process that imported to the other.

    Those are the loader and the host; and the steps where they were spawned.
    """
    importers, steps = ((folder / name).read_text().split() for name in (imported, ran))
    differ(folder / ran)
    differ(folder / imported, 2 if METHOD == "fork" else 4)
    assert set(steps) <= set(importers) if METHOD == "spawn" else not set(steps) & set(importers)


def readable(*folders: Path) -> None:
    """See that what is there can be read by who made it, in whatever folder."""
    found = [path for folder in folders for path in folder.rglob("*")]
    assert found
    assert all(path.stat().st_mode & 0o600 == 0o600 for path in found)


def empty(folder: Path) -> None:
    """See that nothing is left."""
    assert list(folder.iterdir()) == []


HABITS: dict[str, Habit] = {
    "socket-default-timeout": Habit(
        row="`socket.setdefaulttimeout(10)`",
        module="import socket; socket.setdefaulttimeout(10)",
        op="assert socket.getdefaulttimeout() == 10",
    ),
    "sigchld-ignored": Habit(
        row="`signal.signal` with `SIGCHLD`, `SIGTERM`, `SIGINT`, `SIGALRM`",
        module="""
            import signal
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
                signal.signal(number, signal.SIG_IGN)
        """,
        op="""
            for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
                assert signal.getsignal(number) is signal.SIG_IGN
        """,
    ),
    "timer": Habit(
        row="`signal.setitimer`, `signal.alarm`",
        module="import os, signal; signal.alarm(3600); IMPORTER = os.getpid()",
        op="assert (signal.alarm(0) > 0) == (os.getpid() == IMPORTER)",
    ),
    "standard-streams-closed": Habit(
        row="Descriptors 0, 1 and 2 closed",
        module="import os; os.closerange(0, 3); IMPORTER = os.getpid()",
        op="os.getpid() == IMPORTER or (os.fstat(0), os.fstat(1), os.fstat(2))",
    ),
    "stamped-definitions": Habit(
        row="Time, pid or random numbers in descriptions, metadata, tags or defaults",
        module="""
            import uuid
            from treadle import AssetSpec
            other = AssetSpec("other", metadata={"loaded_at": uuid.uuid4().hex})
        """,
    ),
    "generator": Habit(
        row="`random.Random()`, `numpy.random.default_rng()`",
        module="import random; dice = random.Random()",
        op="""
            with open(f"{FOLDER}/drawn", "a") as file:
                print(dice.random(), random.random(), file=file)
        """,
        after=lambda folder: _has_drawn(folder / "drawn", different=4),
    ),
    "seeded-generator": Habit(
        row="`random.Random(7)`, `numpy.random.default_rng(7)`, `random.seed(7)`",
        module="import random; dice = random.Random(7); random.seed(8)",
        op="""
            with open(f"{FOLDER}/drawn", "a") as file:
                print(dice.random(), random.random(), file=file)
        """,
        after=lambda folder: _has_drawn(folder / "drawn", different=2),
    ),
    "file-read": Habit(
        row="A file open to be read",
        module="""
            lines = open(__file__)
            first = next(lines)
        """,
        op="""
            assert first.startswith("from treadle")
            assert next(lines).startswith("FOLDER")
            assert "def thing" in lines.read()
        """,
    ),
    "file-written": Habit(
        row="A file open to be written, a log say",
        module="""
            log = open(f"{FOLDER}/log", "a")
            log.write("imported\\n")
        """,
        op="log.write('ran\\n')",
        after=lambda folder: _has_lines(folder / "log", ["imported", "ran", "ran"]),
        methods=("fork",),
    ),
    "connection": Habit(
        row="A connection, or any socket",
        module="""
            import socket
            with socket.create_server(("127.0.0.1", 0)) as server:
                connection = socket.create_connection(server.getsockname())
        """,
        op="assert connection.fileno() > 2",
        outcome=Outcome.SPAWNED,
        says=" 127.0.0.1:",
    ),
    "event-loop": Habit(
        row="An event loop, an epoll, an inotify or another descriptor of events",
        module="import select; poll = select.epoll()",
        op="assert poll.poll(timeout=0) == []",
        outcome=Outcome.SPAWNED,
        says="a descriptor of kind eventpoll open",
    ),
    "pipe": Habit(
        row="A pipe, or a queue of `multiprocessing`",
        module="import multiprocessing; queue = multiprocessing.SimpleQueue()",
        op="queue.put(3); assert queue.get() == 3",
        outcome=Outcome.SPAWNED,
        says="a pipe open",
    ),
    "database": Habit(
        row="A database, or a file open to be read and written",
        module="""
            import sqlite3
            base = sqlite3.connect(f"{FOLDER}/base.db")
            base.execute("CREATE TABLE IF NOT EXISTS facts (fact)")
        """,
        op="""
            base.execute("INSERT INTO facts VALUES (1)")
            base.commit()
        """,
        outcome=Outcome.SPAWNED,
        says="/base.db open at ",
    ),
    "child": Habit(
        row="A process that runs on: `subprocess.Popen`, pools",
        module="import subprocess; child = subprocess.Popen(['cat'], stdin=subprocess.PIPE)",
        op="assert child.poll() is None",
        outcome=Outcome.SPAWNED,
        says="started the process cat (",
    ),
    "gevent-like": Habit(
        row="`gevent.monkey.patch_all()` and its like: `socket`, `select`, `os`, `subprocess`, `threading`, `time`",
        module="""
            import os, queue, select, selectors, signal, socket, subprocess, threading, time, _thread
            def patched(*args, **options):
                raise RuntimeError("a patched function was called")
            class Patched:
                def __init__(self, *args, **options):
                    patched()
            for module, names in {
                os: "fork waitpid posix_spawn",
                select: "select poll",
                selectors: "DefaultSelector",
                signal: "signal getsignal",
                socket: "socketpair create_connection",
                subprocess: "run call",
                _thread: "allocate_lock start_new_thread",
                time: "sleep",
            }.items():
                for name in names.split():
                    setattr(module, name, patched)
            socket.socket = Patched
            subprocess.Popen = Patched
            threading.Lock = Patched
            del select.epoll, selectors.EpollSelector
        """,
        op="""
            assert not hasattr(select, "epoll")
            try:
                os.fork()
            except RuntimeError:
                return 1
            raise AssertionError("it was not patched")
        """,
    ),
    "frozen-clock": Habit(
        row="A clock that stands still: `time.time`, `time.monotonic`, `datetime.datetime`, in every module",
        module="""
            import datetime, sys, time
            class Frozen(datetime.datetime):
                @classmethod
                def now(cls, tz=None):
                    return cls(2001, 1, 1, tzinfo=tz)
            real = {id(datetime.datetime): Frozen}
            for name in ("time", "monotonic", "perf_counter", "time_ns", "monotonic_ns"):
                real[id(getattr(time, name))] = lambda: 1
            for module in list(sys.modules.values()):
                for name, value in list(vars(module).items()):
                    if id(value) in real:
                        setattr(module, name, real[id(value)])
        """,
        op="assert time.time() == 1 and datetime.datetime.now().year == 2001",
    ),
    "os-patched": Habit(
        row="`os.read`, `os.write`, `os._exit`, `os.getpid`, `os.open`, `os.close` and others patched",
        module="""
            import os
            def patched(*args, **options):
                raise RuntimeError("a patched function was called")
            REAL = {name: getattr(os, name) for name in (
                "read", "write", "_exit", "getpid", "getppid", "close", "dup2", "pipe",
                "fork", "fstat", "kill", "makedirs", "mkdir", "posix_spawn", "replace", "rename",
                "set_blocking", "set_inheritable", "splice", "unlink", "wait4", "waitpid", "pidfd_open",
            )}
            for name in REAL:
                setattr(os, name, patched)
        """,
        op="assert os.read is os.getpid is patched",
    ),
    "builtins-patched": Habit(
        row="`builtins.open`, `builtins.print` and `builtins.__import__` patched",
        module="""
            import builtins
            def patched(*args, **options):
                raise RuntimeError("a patched function was called")
            IMPORT = builtins.__import__
            builtins.open = builtins.print = patched
            builtins.__import__ = lambda *args, **options: IMPORT(*args, **options)
        """,
        op="assert builtins.open is builtins.print is patched",
    ),
    "json-patched": Habit(
        row="`json`, `pickle` and `struct` patched",
        module="""
            import json, pickle, struct
            def patched(*args, **options):
                raise RuntimeError("a patched function was called")
            for module, names in {
                json: "dumps loads dump load",
                json.encoder: "c_make_encoder",
                json.decoder: "scanstring",
                pickle: "dumps loads dump load Pickler Unpickler",
                struct: "pack unpack Struct",
            }.items():
                for name in names.split():
                    setattr(module, name, patched)
            json.JSONEncoder.default = json.JSONEncoder.encode = json.JSONEncoder.iterencode = patched
            json.JSONDecoder.decode = json.JSONDecoder.raw_decode = patched
        """,
        op="assert json.dumps is pickle.dumps is struct.pack is patched",
    ),
    "logging": Habit(
        row="`logging.disable`, `logging.config.dictConfig`, `logging.raiseExceptions`",
        module="""
            import logging, logging.config
            logging.config.dictConfig({"version": 1, "disable_existing_loggers": True})
            logging.disable(logging.CRITICAL)
            logging.raiseExceptions = False
        """,
        op="context.log.warning('heard')",
    ),
    "excepthook": Habit(
        row="`sys.excepthook`, `threading.excepthook`, `sys.unraisablehook`",
        module="""
            import os, sys, threading
            HEARD = []
            sys.excepthook = lambda *_: os._exit(9)
            threading.excepthook = sys.unraisablehook = HEARD.append
            def fails():
                raise RuntimeError("in a thread")
            class Fails:
                def __del__(self):
                    raise RuntimeError("in a finalizer")
        """,
        op="""
            thread = threading.Thread(target=fails)
            thread.start()
            thread.join()
            Fails()
            heard = {str(each.exc_value) for each in HEARD}
            assert heard == {"in a thread", "in a finalizer"}, heard
        """,
    ),
    "path-cleared": Habit(
        row="`sys.path`, `sys.meta_path`, `sys.argv` emptied",
        module="import sys; sys.path.clear(); sys.meta_path.clear(); sys.argv.clear()",
        op="assert sys.path == []",
    ),
    "modules-removed": Habit(
        row="Modules removed from `sys.modules`",
        module="""
            import sys
            for name in list(sys.modules):
                if name.startswith(("json", "logging", "multiprocessing", "threading")):
                    del sys.modules[name]
        """,
        op="""
            import json
            assert json.loads("1") == 1
        """,
    ),
    "chdir": Habit(
        row="`os.chdir`, also into a folder that is removed",
        module="""
            import os
            os.mkdir(FOLDER + "/gone")
            os.chdir(FOLDER + "/gone")
            os.rmdir(FOLDER + "/gone")
        """,
        op="""
            try:
                os.getcwd()
            except FileNotFoundError:
                return 1
            raise AssertionError(os.getcwd())
        """,
    ),
    "umask": Habit(
        row="`os.umask`",
        module="import os; os.umask(0o777)",
        op="assert os.umask(0o777) == 0o777",
        after=lambda folder: readable(folder.parent / "values", folder.parent / "logs"),
    ),
    "environ-cleared": Habit(
        row="`os.environ.clear()`",
        module="import os; os.environ.clear()",
        op="assert not os.environ",
    ),
    "locale": Habit(
        row="`locale.setlocale`, `time.tzset`",
        module="""
            import locale, os, time
            locale.setlocale(locale.LC_ALL, "C.UTF-8")
            os.environ["TZ"] = "Pacific/Chatham"
            time.tzset()
        """,
        op="assert time.timezone == -45900 and locale.getlocale()[1] == 'UTF-8'",
    ),
    "signals-blocked": Habit(
        row="`signal.pthread_sigmask`",
        module="""
            import signal
            signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        """,
        op="assert signal.SIGTERM in signal.pthread_sigmask(signal.SIG_BLOCK, ())",
    ),
    "pipe-signal": Habit(
        row="`signal.signal(SIGPIPE, SIG_DFL)`, `SIGXFSZ`, `SIGXCPU`",
        module="""
            import signal
            for number in (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGXCPU):
                signal.signal(number, signal.SIG_DFL)
        """,
        op="assert signal.getsignal(signal.SIGPIPE) is signal.SIG_DFL",
    ),
    "faulthandler": Habit(
        row="`faulthandler.disable`, `faulthandler.dump_traceback_later`, `faulthandler.register`",
        module="""
            import faulthandler, signal
            faulthandler.disable()
            faulthandler.dump_traceback_later(1.0, exit=True)
            faulthandler.register(signal.SIGUSR1)
        """,
        op="assert faulthandler.is_enabled()",
    ),
    "gc": Habit(
        row="`gc.disable`, `gc.freeze`, `gc.set_threshold`",
        module="import gc; gc.disable(); gc.freeze(); gc.set_threshold(1)",
        op="assert not gc.isenabled() and gc.get_threshold()[0] == 1",
    ),
    "switch-interval": Habit(
        row="`sys.setswitchinterval`, `sys.set_int_max_str_digits`",
        module="import sys; sys.setswitchinterval(100); sys.set_int_max_str_digits(640)",
        op="assert sys.getswitchinterval() == 100",
    ),
    "tracemalloc": Habit(
        row="`tracemalloc.start`",
        module="import tracemalloc; tracemalloc.start()",
        op="assert tracemalloc.is_tracing()",
    ),
    "warnings-are-errors": Habit(
        row='`warnings.simplefilter("error")`',
        module="import warnings; warnings.simplefilter('error')",
        op="assert warnings.filters[0][0] == 'error'",
    ),
    "event-loop-policy": Habit(
        row="`asyncio` policies",
        module="""
            import asyncio
            class Policy(asyncio.DefaultEventLoopPolicy):
                pass
            asyncio.set_event_loop_policy(Policy())
        """,
        op="""
            async def ran():
                return isinstance(asyncio.get_event_loop_policy(), Policy)
            assert asyncio.run(ran())
        """,
    ),
    "start-method": Habit(
        row="`multiprocessing.set_start_method`",
        module="import multiprocessing; multiprocessing.set_start_method('spawn')",
        op="assert multiprocessing.get_start_method() == 'spawn'",
    ),
    "atexit": Habit(
        row="`atexit.register`",
        module="""
            import atexit, os
            def leave():
                with open(FOLDER + "/left", "a") as file:
                    file.write(f"{os.getpid()}\\n")
            atexit.register(leave)
        """,
        op="""
            atexit.register(lambda: open(FOLDER + "/op-left", "a").write(f"{os.getpid()}\\n"))
        """,
        after=lambda folder: once_each(folder, "left", "op-left"),
    ),
    "finalize": Habit(
        row="`weakref.finalize`, `threading._register_atexit`",
        module="""
            import atexit, os, threading, weakref
            class Thing:
                pass
            THING = Thing()
            def left(name):
                with open(f"{FOLDER}/{name}", "a") as file:
                    file.write(f"{os.getpid()}\\n")
            weakref.finalize(THING, left, "finalized")
            threading._register_atexit(left, "thread-handler")
        """,
        op="""
            OTHER = Thing()
            globals()["OTHER"] = OTHER
            weakref.finalize(OTHER, left, "op-finalized")
        """,
        after=lambda folder: (
            once_each(folder, "finalized", "op-finalized"),
            once_each(folder, "thread-handler", "op-finalized"),
        ),
    ),
    "temporary-folder": Habit(
        row="`tempfile.TemporaryDirectory()`",
        module="""
            import os, tempfile
            PLACE = tempfile.TemporaryDirectory(dir=FOLDER)
            BOUND = __import__("atexit").register(tempfile.TemporaryDirectory(dir=FOLDER).cleanup)
        """,
        op="""
            assert os.path.isdir(PLACE.name)
            assert os.path.isdir(BOUND.__self__.name)
        """,
        after=empty,
    ),
    "pool": Habit(
        row="`concurrent.futures`, `multiprocessing` imported",
        module="""
            import multiprocessing.pool
            from concurrent.futures import ThreadPoolExecutor
        """,
        op="""
            with ThreadPoolExecutor(1) as pool:
                assert pool.submit(int, "3").result() == 3
        """,
    ),
    "session": Habit(
        row="`os.setsid`, `os.setpgid`, `os.nice`",
        module="""
            import os
            for action in (os.setsid, lambda: os.setpgid(0, 0), lambda: os.nice(1)):
                try:
                    action()
                except PermissionError:
                    pass
            NICE = os.nice(0)
        """,
        op="assert os.getsid(0) == os.getpid() and os.nice(0) == NICE",
    ),
    "prctl": Habit(
        row="`prctl`: parent-death signal, subreaper, name, dumpable",
        module="""
            import ctypes
            libc = ctypes.CDLL(None)
            libc.prctl(1, 0, 0, 0, 0)
            libc.prctl(36, 0, 0, 0, 0)
            libc.prctl(15, b"renamed", 0, 0, 0)
            libc.prctl(4, 0, 0, 0, 0)
        """,
    ),
    "forked-on": Habit(
        row="`os.fork()` whose child runs on out of the module",
        module="""
            import os
            CHILD = os.fork()
            with open(FOLDER + "/imported", "a") as file:
                file.write(f"{os.getpid()}\\n")
        """,
        op="open(FOLDER + '/ran', 'a').write(f'{os.getpid()}\\n')",
        # Whether a host forks after that is a matter of moments.
        methods=("spawn",),
    ),
    "at-fork": Habit(
        row="`os.register_at_fork`",
        module="""
            import os
            IMPORTER, CALLED = os.getpid(), []
            def fails():
                CALLED.append(os.getpid())
                raise RuntimeError("at fork")
            os.register_at_fork(before=fails, after_in_child=fails, after_in_parent=fails)
        """,
        op="assert os.getpid() == IMPORTER or {IMPORTER, os.getpid()} <= set(CALLED)",
    ),
    "output": Habit(
        row="A flood of output",
        module="""
            import sys
            for _ in range(64):
                sys.stdout.write("x" * 65536 + "\\n")
        """,
    ),
    "streams-replaced": Habit(
        row="`sys.stdout` and `sys.stderr` replaced, closed or `None`",
        module="""
            import sys
            class Broken:
                def flush(self):
                    pass
                def write(self, text):
                    raise RuntimeError("no write")
            sys.stderr.close()
            sys.stdout, sys.stderr, sys.__stderr__ = Broken(), None, None
        """,
        op="assert sys.stderr is None",
    ),
    "recursion-limit": Habit(
        row="`sys.setrecursionlimit`",
        module="import sys; sys.setrecursionlimit(120)",
        op="""
            def deep():
                return deep()
            try:
                deep()
            except RecursionError:
                pass
            assert sys.getrecursionlimit() < 300
        """,
    ),
    "wakeup-fd": Habit(
        row="`signal.set_wakeup_fd`",
        module="""
            import os, signal
            WRITER = os.open(os.devnull, os.O_WRONLY | os.O_NONBLOCK)
            signal.set_wakeup_fd(WRITER)
        """,
        op="assert signal.set_wakeup_fd(-1) == WRITER",
    ),
    "soft-limits": Habit(
        row="`resource.setrlimit`: a soft limit of files, file size, CPU time, memory, processes",
        module="""
            import resource
            LIMITS = {
                resource.RLIMIT_NOFILE: 16, resource.RLIMIT_FSIZE: 1 << 16, resource.RLIMIT_CORE: 0,
                resource.RLIMIT_NPROC: 0,
            }
            for kind, soft in LIMITS.items():
                resource.setrlimit(kind, (soft, resource.getrlimit(kind)[1]))
        """,
        op="""
            assert all(resource.getrlimit(kind)[0] == soft for kind, soft in LIMITS.items())
        """,
    ),
    "tracing": Habit(
        row="`sys.settrace`, `sys.setprofile`, `threading.settrace`",
        module="""
            import sys, threading
            SEEN = []
            def trace(frame, event, argument):
                SEEN.append(frame.f_code.co_filename)
            sys.settrace(trace); sys.setprofile(trace); threading.settrace(trace)
        """,
        op="""
            assert sys.gettrace() is trace and sys.getprofile() is trace
            # Neither what checked the definitions, nor what ran in between.
            assert not [file for file in tuple(SEEN) if file.endswith(("digest.py", "host.py", "loop.py"))]
        """,
    ),
    "descriptors-closed": Habit(
        row="`os.closerange(3, …)`, every descriptor up to 4096",
        module="import os; os.closerange(3, 4096)",
    ),
    "thread": Habit(
        row="A thread that runs on",
        module="""
            import threading
            threading.Thread(target=threading.Event().wait, name="busy", daemon=True).start()
        """,
        op="assert [each.name for each in threading.enumerate()].count('busy') == 1",
        outcome=Outcome.SPAWNED,
        says="'busy' of module",
    ),
    "lock-taken": Habit(
        row="A lock of `threading` taken and kept: `Lock`, `RLock`, `Condition`",
        module="import threading; gate = threading.Lock(); gate.acquire()",
        op="assert gate.locked()",
        outcome=Outcome.SPAWNED,
        says="took the lock 'gate' at ",
    ),
    "shared-lock": Habit(
        row="A lock of `multiprocessing`, taken or not: `Lock`, `Semaphore`, `Event`, `Barrier`",
        module="import multiprocessing; gate = multiprocessing.Lock()",
        op="assert gate.acquire(timeout=0)",
        outcome=Outcome.SPAWNED,
        says="made the multiprocessing Lock 'gate' at ",
    ),
    "shared-memory": Habit(
        row="Memory of `multiprocessing`: `Value`, `Array`, `SharedMemory`",
        module="import multiprocessing; counter = multiprocessing.Value('i', 1)",
        op="assert counter.value == 1",
        outcome=Outcome.SPAWNED,
        says="memory of multiprocessing (that of a Value or an Array, say) open at ",
    ),
    "file-locked": Habit(
        row="A file locked: `fcntl.flock`, `fcntl.lockf`",
        module="""
            import fcntl
            guard = open(f"{FOLDER}/guard", "a")
            fcntl.flock(guard, fcntl.LOCK_EX)
        """,
        # Whoever opens it anew finds it locked: by the import in this process.
        op="""
            try:
                fcntl.flock(open(guard.name), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return 1
            raise AssertionError("it was not locked")
        """,
        outcome=Outcome.SPAWNED,
        says="/guard locked by flock at ",
    ),
    "other-generators": Habit(
        row="`import torch`, `tensorflow`, `keras`, `cupy`, `mxnet`, `paddle`",
        # A module of that name: the library itself is not installed here.
        module="import sys, types; sys.modules['torch'] = types.ModuleType('torch')",
        outcome=Outcome.SPAWNED,
        says="importing the code imported torch, whose random numbers would be the same",
    ),
    "hard-limit": Habit(
        row="`resource.setrlimit`, a hard limit that is too low for a host's work",
        module="""
            import ctypes, os, resource, struct
            if os.path.exists(FOLDER + "/loaded"):
                # Nobody may raise it again then, whoever runs the test.
                ctypes.CDLL(None).capset(struct.pack("Ii", 0x20080522, 0), bytes(24))
                resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
            open(FOLDER + "/loaded", "w").close()
        """,
        outcome=Outcome.NOT_STARTED,
        says="RLIMIT_NOFILE: while the code was imported it lowered the hard limit to 32",
    ),
    "all-descriptors-closed": Habit(
        row="Every descriptor closed, whatever its number",
        module="""
            import os
            if os.path.exists(FOLDER + "/loaded"):
                os.closerange(3, 1 << 20)
            open(FOLDER + "/loaded", "w").close()
        """,
        outcome=Outcome.NOT_STARTED,
        says="importing the code closed every descriptor of its process",
    ),
    "fork-refused": Habit(
        row="`sys.addaudithook` that refuses `os.fork`",
        module="""
            import os, sys
            if os.path.exists(FOLDER + "/loaded"):
                def refuses(event, arguments):
                    if event == "os.fork":
                        raise RuntimeError("no process may be forked here")
                sys.addaudithook(refuses)
            open(FOLDER + "/loaded", "w").close()
        """,
        outcome=Outcome.NOT_STARTED,
        says="No process could be started for thing: builtins.RuntimeError: no process may be",
    ),
    "exits": Habit(
        row="`sys.exit`",
        module="import sys; sys.exit('no configuration')",
        outcome=Outcome.REFUSED,
        says="sys.exit was called while it was imported.",
    ),
}
