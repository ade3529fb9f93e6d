"""What the end-to-end tests share: real services for a user's module, on a home of the test's."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

import treadle_client
from treadle.io._files import FileStore
from treadle_contract.value import ValueRef

ASSETS = Path(__file__).resolve().parent.parent / "assets"


@dataclass(frozen=True)
class Session:
    """A client of local services, and the home that they write to."""

    client: treadle_client.Client
    home: Path

    def run(self, selection: str | None = None, **options: object) -> treadle_client.RunResult:
        """Launch a run and wait for its end."""
        handle = self.client.materialize(selection, **options)  # type: ignore[arg-type]  # passed on
        return handle.result(timeout=60)

    def succeed(self, selection: str | None = None, **options: object) -> treadle_client.RunResult:
        """Launch a run that must succeed."""
        result = self.run(selection, **options)
        result.raise_for_failure()
        return result

    def events(self, run_id: str) -> list[treadle_client.Event]:
        """Return the events of a run that has ended."""
        return list(self.client.run(run_id).events())

    def value(self, asset_key: str) -> object:
        """Return the stored value of an asset's latest materialization."""
        latest = next(self.client.materializations(asset_key))
        assert latest.value_ref is not None
        return self.read(latest.value_ref)

    def read(self, ref: treadle_client.ValueRef) -> object:
        """Return a stored value."""
        return FileStore(self.home / "values").read_value(ValueRef(**asdict(ref)))


Start = Callable[..., Session]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start code server and launcher for a module of tests/assets, or a path; end them after."""
    with ExitStack() as stack:

        def start_local(target: str | Path, **options: object) -> Session:
            path = ASSETS / target if isinstance(target, str) else target
            home = Path(str(options.pop("home", tmp_path / "home")))
            client = stack.enter_context(
                treadle_client.local(path, home=home, **options)  # type: ignore[arg-type]  # passed on
            )
            return Session(client, home)

        yield start_local


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder that modules of tests/assets are told of, for services that tests of a file share."""
    folder = tmp_path_factory.mktemp("scratch")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TREADLE_TEST_SCRATCH", str(folder))
        yield folder


def emptied(folder: Path) -> Path:
    """Remove what the tests before left in a folder."""
    shutil.rmtree(folder)
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Start services once for all tests of a file; each names the module of tests/assets it wants.

    It is served from a copy, which has the name of the first: another one is written in its place
    and loaded anew. For tests that expect nothing of what was, or was not, made before them.
    """
    folder = tmp_path_factory.mktemp("shared")
    sessions: list[Session] = []
    served: list[str] = []
    with ExitStack() as stack:

        def serve(target: str) -> Session:
            if not sessions:
                file = Path(shutil.copy(ASSETS / target, folder))
                client = stack.enter_context(treadle_client.local(file, home=folder / "home"))
                sessions.append(Session(client, folder / "home"))
            elif served[-1] != target:
                shutil.copy(ASSETS / target, folder / served[0])
                sessions[0].client.reload().raise_for_failure()
            served.append(target)
            return sessions[0]

        yield serve
