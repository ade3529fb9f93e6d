"""config_from_files and its siblings: the config of a run, read from YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from treadle._arguments import checked, refuse_no_list
from treadle._errors import ArgumentError, MissingError
from treadle._source import user_line
from treadle._system import os, read_bytes
from treadle._value_words import in_words
from treadle_contract.config_data import run_laid_over


@checked
def config_from_files(config_files: Iterable[str | os.PathLike[str]]) -> dict[str, Any]:
    """Return the config that YAML files say together; what a later one says wins.

    Each is a path, or a pattern such as "config/*.yaml", whose files come in the order of their names.

    Raises:
        MissingError: there is no such file.
        ArgumentError: one of them is no YAML, or no mapping.
    """
    owner = "config_from_files"
    refuse_no_list(f"{owner}: config_files", config_files)
    texts: list[tuple[str, str]] = []
    for each in config_files:
        found = _files(os.fspath(each))
        if not found:
            raise MissingError(
                f"{owner}: there is no file {os.fspath(each)!r}.",
                fix="Give a path from the folder that the code is loaded in, or"
                " file_relative_path(__file__, NAME) for one beside the module.",
                source=user_line(),
            )
        texts += ((file, _text(file, owner)) for file in found)
    return _joined(texts, owner)


@checked
def config_from_yaml_strings(yaml_strings: Iterable[str]) -> dict[str, Any]:
    """Return the config that YAML texts say together; what a later one says wins.

    Raises:
        ArgumentError: one of them is no YAML, or no mapping.
    """
    owner = "config_from_yaml_strings"
    refuse_no_list(f"{owner}: yaml_strings", yaml_strings)
    return _joined([(f"text {at}", text) for at, text in enumerate(yaml_strings)], owner)


@checked
def config_from_pkg_resources(pkg_resource_defs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the config that YAML files in packages say together, each given as (package, file).

    Raises:
        MissingError: there is no such package or file.
        ArgumentError: one of them is no YAML, or no mapping.
    """
    from importlib.resources import files  # noqa: PLC0415 -- few read config from packages

    owner = "config_from_pkg_resources"
    refuse_no_list(f"{owner}: pkg_resource_defs", pkg_resource_defs)
    texts = []
    for package, name in pkg_resource_defs:
        try:
            text = files(package).joinpath(name).read_text(encoding="utf-8")
        except (OSError, ImportError) as error:
            raise MissingError(
                f"{owner}: {name!r} of package {package!r} cannot be read: {error}.",
                fix="Give the package's name as it is imported, and the file's path in it.",
                source=user_line(),
            ) from error
        texts.append((f"{name} of {package}", text))
    return _joined(texts, owner)


def _files(pattern: str) -> list[str]:
    if os.path.isfile(pattern):
        return [pattern]
    from glob import glob  # noqa: PLC0415 -- few give patterns

    return sorted(filter(os.path.isfile, glob(pattern, recursive=True)))


def _text(file: str, owner: str) -> str:
    try:
        return read_bytes(file).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise ArgumentError(
            f"{owner}: {file} cannot be read: {error}.",
            fix="Give a file of UTF-8 text.",
            source=user_line(),
        ) from error


def _joined(texts: Iterable[tuple[str, str]], owner: str) -> dict[str, Any]:
    import yaml  # noqa: PLC0415 -- who reads no config does not wait for it

    joined: Any = {}
    for name, text in texts:
        try:
            said = yaml.safe_load(text)
        except yaml.YAMLError as error:
            raise ArgumentError(
                f"{owner}: {name} is no YAML: {' '.join(str(error).split())}.",
                fix="Mend it at that place.",
                source=user_line(),
            ) from error
        if said is None:
            continue
        if not isinstance(said, Mapping):
            raise ArgumentError(
                f"{owner}: {name} holds {in_words(said)}, and no mapping.",
                fix="Write what a run says: ops: {NAME: {config: …}}.",
                source=user_line(),
            )
        joined = run_laid_over(joined, said)
    return dict(joined)
