"""The config of a run: from what a caller gives, and as text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from treadle_client._arguments import WrongArgument, shown
from treadle_client.text._metadata import PlainValue
from treadle_contract.config_data import TOO_DEEP, as_json, is_too_deep, is_too_large


def config_data(config: object) -> PlainValue:
    """Return config as plain data: of a mapping, or of what has `to_config_dict`, a RunConfig.

    Raises:
        ValueError: it is neither, or holds what JSON does not.
    """
    to_dict = getattr(config, "to_config_dict", None)
    given = config if to_dict is None else to_dict()
    if given is None:
        return None
    if not isinstance(given, Mapping):
        raise WrongArgument(
            f'config is {shown(given)}; give a mapping such as {{"ops": …}}, or a RunConfig.'
        )
    if is_too_deep(given):
        raise WrongArgument(f"config {TOO_DEEP}.")
    return _plain(given, "config")


def told_config(config: PlainValue) -> Iterator[str]:
    """Yield each value of a config with the path that leads to it."""
    yield from _leaves(config, "")


def _leaves(value: PlainValue, path: str) -> Iterator[str]:
    if isinstance(value, Mapping) and value:
        for name, each in value.items():
            yield from _leaves(each, f"{path}.{name}" if path else name)
    elif value is not None:
        yield f"{path}={json.dumps(as_json(value), ensure_ascii=False)}"


def _plain(value: Any, path: str) -> PlainValue:
    if isinstance(value, Mapping):
        wrong = next((name for name in value if not isinstance(name, str)), None)
        if wrong is not None:
            raise WrongArgument(f"{path} has the key {shown(wrong)}; keys are text.")
        return {name: _plain(each, f"{path}.{name}") for name, each in value.items()}
    if isinstance(value, list | tuple):
        return tuple(_plain(each, f"{path}[{place}]") for place, each in enumerate(value))
    if isinstance(value, date):
        # An unquoted date of YAML: what is written there is text.
        return value.isoformat()
    if is_too_large(value):
        raise WrongArgument(f"{path} has more than 64 bits; give it as text.")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise WrongArgument(
        f"{path} is {shown(value)}; give text, numbers, truth values, lists or mappings of these."
    )
