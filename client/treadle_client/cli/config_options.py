"""Config as the command line says it: files, text, and single values."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import click

from treadle_client._arguments import WrongArgument
from treadle_client._config import config_data
from treadle_client.text._metadata import PlainValue
from treadle_contract.config_data import laid_over, run_laid_over

_FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)

CONFIG_OPTIONS: Final = (
    click.option(
        "--config", "config_files", multiple=True, type=_FILE, metavar="FILE",
        help="The config of the run: YAML, TOML or JSON; repeatable, the last one counts.",
    ),
    click.option(
        "--config-json", metavar="JSON",
        help="""The same as text, over the files: '{"ops": {"my_asset": {"config": {"n": 1}}}}'.""",
    ),
    click.option(
        "--set", "settings", multiple=True, metavar="PATH=VALUE",
        help="One value of it, over both: ops.my_asset.config.n=1; JSON, else text. Repeatable.",
    ),
)  # fmt: skip


def read_config(
    config_files: Sequence[Path], config_json: str | None, settings: Sequence[str]
) -> PlainValue:
    """Return the config that a command line gives, None for none.

    Raises:
        click.UsageError: a file or a text cannot be read, or a setting is not PATH=VALUE.
    """
    config: PlainValue = None
    for path in config_files:
        config = run_laid_over(config, _checked(_read(path), f"--config {path}"))
    if config_json is not None:
        try:
            config = run_laid_over(config, _checked(json.loads(config_json), "--config-json"))
        except (ValueError, RecursionError) as error:
            raise click.UsageError(f"--config-json: it is no JSON: {error}") from error
    for setting in settings:
        config = laid_over(config, _setting(setting))
    return config


def _setting(setting: str) -> PlainValue:
    path, equals, text = setting.partition("=")
    names = path.split(".")
    if not equals or not all(names):
        raise click.UsageError(
            f"--set {setting}: it is not PATH=VALUE, such as ops.my_asset.config.n=1."
        )
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = text
    for name in reversed(names):
        value = {name: value}
    return _checked(value, f"--set {path}")


def _checked(config: Any, where: str) -> PlainValue:
    try:
        return config_data({} if config is None else config)
    except WrongArgument as error:
        raise click.UsageError(f"{where}: {error}") from error


def _read(path: Path) -> Any:
    try:
        if path.suffix == ".toml":
            return tomllib.loads(path.read_text())
        if path.suffix == ".json":
            return json.loads(path.read_text())
        return _read_yaml(path)
    except (OSError, ValueError, RecursionError) as error:
        raise click.UsageError(f"--config {path}: {error}") from error


def _read_yaml(path: Path) -> Any:
    import yaml  # noqa: PLC0415 -- only who has such a file waits for it

    try:
        return yaml.safe_load(path.read_text())
    except yaml.YAMLError as error:
        raise ValueError(f"it is no YAML: {error}") from error
