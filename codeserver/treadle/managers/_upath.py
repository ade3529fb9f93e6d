"""UPathIOManager: the base of IO managers that keep each value in a file of its own."""

from __future__ import annotations

import shutil
import uuid
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar

from treadle._errors import ArgumentError, TreadleError
from treadle._metadata import MetadataValue
from treadle._source import user_line
from treadle._system import os
from treadle._value_words import in_words
from treadle.io._io_manager import InputContext, IOManager, OutputContext
from treadle.managers._by_partition import loaded_by_partition, path_of, values_by_partition


class StoredFileMissingError(TreadleError):
    """An IO manager was to load a value whose file is not there."""

    def __init__(self, what: str, path: Path) -> None:
        self.path = path
        super().__init__(
            f"There is no file of {what}: {path} does not exist. Materialize it first, with this"
            " manager and this base path."
        )


class UPathIOManager(IOManager):
    """Derive from this: say how a value is written to a path, and read from it.

    `base_path` is a folder, or any object like `pathlib.Path` (`upath.UPath`, for object stores); text
    with a scheme (`s3://…`) needs the package universal-pathlib. An asset lies under the components
    of its key, an intermediate under run, step and output, with `extension` at the end.

    With `atomic`, Treadle's, `dump_to_path` gets a path of the same name in a folder beside, and
    what it wrote there takes its place when it is whole: of two runs that write, readers get one.
    Leave it off where `dump_to_path` adds to what is there. Only folders of this machine have it.
    """

    extension: ClassVar[str | None] = None
    atomic: ClassVar[bool] = False
    _paths_are_keys: ClassVar[bool] = True

    def __init__(self, base_path: Any = None) -> None:
        extension = self.extension
        if extension is not None and not str(extension).startswith("."):
            raise ArgumentError(
                f"{type(self).__name__}.extension is {in_words(extension)}.",
                fix=f"Begin it with a dot: '.{extension}'.",
                source=user_line(),
            )
        self._base_path: Any = _as_path(base_path, type(self).__name__)

    @abstractmethod
    def dump_to_path(self, context: OutputContext, obj: Any, path: Any) -> None:
        """Write the value to the path."""

    @abstractmethod
    def load_from_path(self, context: InputContext, path: Any) -> Any:
        """Return the value that the path has."""

    def get_metadata(self, context: OutputContext, obj: Any) -> Mapping[str, Any]:
        """Override it to say more of what was stored than its path."""
        return {}

    def handle_output(self, context: OutputContext, obj: Any) -> None:
        """Write the value, and say where: that of each partition at a path of its own."""
        for partition, value in values_by_partition(context, obj):
            self._write(context, value, self._path_of(context, partition))

    def _write(self, context: OutputContext, obj: Any, path: Any) -> None:
        try:
            self.make_directory(path.parent)
        except (FileExistsError, NotADirectoryError) as error:
            raise NotADirectoryError(
                f"{path} cannot be written: a file lies where its folder would, the value of another key or"
                " asset. Give one of the two another name, or another base path."
            ) from error
        context.log.debug(self.get_writing_output_log_message(path))
        if self.atomic and isinstance(path, Path) and _is_local(path):
            with _put_in_place(path) as beside:
                self.dump_to_path(context, obj, beside)
        else:
            self.dump_to_path(context, obj, path)
        context.add_output_metadata(
            {"path": MetadataValue.path(str(path)), **self.get_metadata(context, obj)}
        )

    def load_input(self, context: InputContext) -> Any:
        """Read the value that the input names; of several partitions a mapping of key to value."""
        return loaded_by_partition(
            context,
            lambda key: self._load_single_input(self._path_of(context, key), context),
        )

    def has_output(self, context: OutputContext) -> bool:
        """Whether there is something where the value would lie."""
        return self.path_exists(self._get_path(context))

    def path_exists(self, path: Any) -> bool:
        """Whether there is something at the path."""
        return bool(path.exists())

    def make_directory(self, path: Any) -> None:
        """Make a folder, and those above it."""
        path.mkdir(parents=True, exist_ok=True)

    def unlink(self, path: Any) -> None:
        """Remove the file at the path."""
        path.unlink()

    @property
    def fs(self) -> Any:
        """The file system of the base path, as fsspec has it."""
        found = getattr(self._base_path, "fs", None)
        if found is not None:
            return found
        import fsspec  # noqa: PLC0415 -- who asks for it has it

        return fsspec.filesystem("file")

    @property
    def storage_options(self) -> dict[str, Any]:
        """What the base path's file system was opened with."""
        return dict(getattr(self._base_path, "storage_options", {}))

    def get_asset_relative_path(self, context: InputContext | OutputContext) -> Any:
        """Return where an asset lies below the base path, without extension; its partitions lie in it."""
        return PurePosixPath(*context.asset_key.parts)

    def get_path_for_partition(
        self, context: InputContext | OutputContext, path: Any, partition: str
    ) -> Any:
        """Return where a partition lies, whose asset lies at the path. Of several dimensions, `partition` has
        them with "/" between.
        """
        return path / partition

    def get_op_output_relative_path(self, context: InputContext | OutputContext) -> Any:
        """Return where an intermediate lies below the base path, without extension."""
        return PurePosixPath(*context.get_identifier())

    def get_loading_input_log_message(self, path: Any) -> str:
        """Return what the log says of a load, at its lowest level."""
        return f"Loading {path} with {type(self).__name__}."

    def get_writing_output_log_message(self, path: Any) -> str:
        """Return what the log says of a value that is stored, at its lowest level."""
        return f"Writing {path} with {type(self).__name__}."

    def _get_path(self, context: InputContext | OutputContext) -> Any:
        key = context.asset_partition_key if context.has_asset_partitions else ""
        return self._path_of(context, key)

    def _path_of(self, context: InputContext | OutputContext, partition: str) -> Any:
        path = self._get_path_without_extension(context)
        if partition:
            path = self.get_path_for_partition(context, path, "/".join(path_of(partition)))
        return self._with_extension(path)

    def _get_path_without_extension(self, context: InputContext | OutputContext) -> Any:
        if context.has_asset_key:
            below = self.get_asset_relative_path(context)
        else:
            below = self.get_op_output_relative_path(context)
        parts = PurePosixPath(str(below)).parts
        if ".." in parts or PurePosixPath(str(below)).is_absolute():
            raise ValueError(
                f"{type(self).__name__}: {str(below)!r} leaves the base path {self._base_path}."
                " Name a place below it."
            )
        return self._base_path.joinpath(*parts)

    def _with_extension(self, path: Any) -> Any:
        # Behind the name: keys have dots.
        return path.with_name(path.name + self.extension) if self.extension else path

    def _load_single_input(self, path: Any, context: InputContext) -> Any:
        context.log.debug(self.get_loading_input_log_message(path))
        try:
            return self.load_from_path(context, path)
        except FileNotFoundError as error:
            if self.path_exists(path):
                raise
            named = context.asset_key.parts if context.has_asset_key else None
            what = "/".join(named) if named else f"input {context.name!r}"
            raise StoredFileMissingError(what, path) from error


def _as_path(given: Any, owner: str) -> Any:
    """Return what a base path is told as, as an object with a path's methods.

    Raises:
        ArgumentError: it is none, or the package is missing that reads it.
    """
    if given is None:
        return Path()
    if not isinstance(given, str):
        if hasattr(given, "joinpath"):
            return given
        raise ArgumentError(
            f"{owner}: base_path is {in_words(given)}.",
            fix="Give a path: text, pathlib.Path(…) or upath.UPath(…).",
            source=user_line(),
        )
    if "://" not in given:
        return Path(given)
    try:
        from upath import UPath  # noqa: PLC0415 -- who has no object store need not have it
    except ImportError:
        raise ArgumentError(
            f"{owner}: base_path is {given!r}, and the package that reads such paths is missing.",
            fix="Install universal-pathlib, and the fsspec driver of the store (s3fs, gcsfs, adlfs…).",
            source=user_line(),
        ) from None
    return UPath(given)


def _is_local(path: Path) -> bool:
    """Whether a path is of this machine's files: a UPath of a store may be a Path, too."""
    return getattr(path, "protocol", "") in {"", "file", "local"}


@contextmanager
def _put_in_place(path: Path) -> Iterator[Path]:
    """Give a path beside to write to. What lies there in the end takes its place, whole."""
    folder = path.with_name(f".writing-{uuid.uuid4().hex}")
    folder.mkdir()
    try:
        yield folder / path.name
        for made in folder.iterdir():
            target = path.with_name(made.name)
            if target.is_dir():
                if not made.is_dir():
                    raise IsADirectoryError(
                        f"{target} is a folder, in which other values lie: those of keys that go on from this"
                        " one, or the partitions that the asset had. Move the folder away, or give"
                        " one of them another name or another base path."
                    )
                # What is a folder cannot be replaced in one step.
                os.replace(target, folder / f".was-{made.name}")
            os.replace(made, target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
