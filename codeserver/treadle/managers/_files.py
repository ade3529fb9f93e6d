"""FilesystemIOManager and its older forms: each value a pickle below a folder, as Dagster lays them out."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from treadle._metadata import MetadataValue
from treadle._system import pickle
from treadle.io._io_manager import InputContext, IOManager, OutputContext
from treadle.io._managers import MaybeOwn
from treadle.io._own import OwnIOManager
from treadle.io._pickle5 import NotPicklableError
from treadle.managers._upath import StoredFileMissingError, UPathIOManager, _put_in_place
from treadle.resources._configurable import ConfigurableIOManagerFactory
from treadle.resources._manager_definitions import IOManagerDefinition
from treadle.resources._openable import InitResourceContext
from treadle_contract.value import ConfigPlace


class PickledObjectFilesystemIOManager(UPathIOManager):
    """Pickles below `base_dir`: an asset under its key, an intermediate under run, step and output."""

    atomic: ClassVar[bool] = True

    def __init__(self, base_dir: Any = None) -> None:
        super().__init__(base_dir)

    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        """Write the value's pickle."""
        _dump(obj, path)

    def load_from_path(self, context: InputContext, path: Any) -> Any:
        """Read it."""
        with path.open("rb") as file:
            return pickle.load(file)


class CustomPathPickledObjectFilesystemIOManager(IOManager):
    """Pickles below `base_dir`, each where the metadata "path" of its output says."""

    def __init__(self, base_dir: str | None = None) -> None:
        self.base_dir = Path(base_dir or ".")

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Write the value, and say where."""
        path = self._path(context)
        path.parent.mkdir(parents=True, exist_ok=True)
        with _put_in_place(path) as beside:
            _dump(obj, beside)
        context.add_output_metadata({"path": MetadataValue.path(str(path.absolute()))})

    def load_input(self, context: InputContext) -> Any:
        """Read the value of the output that the input reads."""
        path = self._path(context.upstream_output or OutputContext(name=context.name))
        try:
            with path.open("rb") as file:
                return pickle.load(file)
        except FileNotFoundError as error:
            raise StoredFileMissingError(f"input {context.name!r}", path) from error

    def _path(self, context: OutputContext) -> Path:
        said = context.definition_metadata.get("path")
        said = said.value if isinstance(said, MetadataValue) else said
        if not said:
            raise ValueError(
                f"Output {context.name!r} of {context.step_key!r} has no metadata 'path', which says where"
                " custom_path_fs_io_manager stores it. Write Out(metadata={'path': …})."
            )
        return self.base_dir / str(said)


class FilesystemIOManager(ConfigurableIOManagerFactory[IOManager], MaybeOwn):
    """Pickles below `base_dir`; without one, Treadle's own IO manager, whose values lie in the home.

    Without one no run tells a `base_dir` either: `FilesystemIOManager.configure_at_launch()` has
    every run tell it.
    """

    base_dir: str | None = None
    _paths_are_keys: ClassVar[bool] = True

    def create_io_manager(self, context: InitResourceContext) -> IOManager:
        """Make what stores and loads."""
        return _manager(self.base_dir)

    def is_treadles_own(self) -> bool:
        """Whether no folder was said."""
        return self.base_dir is None

    def place_in_config(self, key: str) -> ConfigPlace | None:
        """Return where a run may tell another folder, if there is one."""
        return None if self.is_treadles_own() else super().place_in_config(key)


class _FsDefinition(IOManagerDefinition, MaybeOwn):
    """`fs_io_manager`: Treadle's own, unless it is configured with a folder."""

    _paths_are_keys: ClassVar[bool] = True

    def is_treadles_own(self) -> bool:
        """Whether no folder was said."""
        told = self.configured_with
        return not (isinstance(told, dict) and told.get("base_dir"))

    def place_in_config(self, key: str) -> ConfigPlace | None:
        """Return where a run may tell another folder, if there is one."""
        return None if self.is_treadles_own() else super().place_in_config(key)


def _manager(base_dir: str | None) -> IOManager:
    return OwnIOManager() if base_dir is None else PickledObjectFilesystemIOManager(base_dir)


def _dump(obj: Any, path: Any) -> None:
    try:
        data = pickle.dumps(obj, protocol=5)
    except Exception as error:  # pickling runs the user's own __reduce__
        raise NotPicklableError(obj, error) from error
    with path.open("wb") as file:
        file.write(data)


def _base_dir_of(context: InitResourceContext) -> Any:
    told = context.resource_config
    return told.get("base_dir") if isinstance(told, dict) else None


def _schema() -> Any:
    from treadle.config._config_schema import Field, StringSource  # noqa: PLC0415 -- beside its use

    return {"base_dir": Field(StringSource, is_required=False)}


def _fs(context: InitResourceContext) -> IOManager:
    return _manager(_base_dir_of(context))


def _custom_path(context: InitResourceContext) -> IOManager:
    return CustomPathPickledObjectFilesystemIOManager(_base_dir_of(context))


# What people are shown.
_fs.__name__, _custom_path.__name__ = "fs_io_manager", "custom_path_fs_io_manager"

fs_io_manager = _FsDefinition(
    _fs,
    config_schema=_schema(),
    description="Pickles below base_dir; without one, Treadle's own IO manager.",
)
custom_path_fs_io_manager = IOManagerDefinition(
    _custom_path,
    config_schema=_schema(),
    description="Pickles below base_dir, each where the metadata 'path' of its output says.",
)
