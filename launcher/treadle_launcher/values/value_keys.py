"""Where values and captured output lie below the home: pure, the same for every launcher."""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import quote, unquote

from treadle_contract.ids import KeyText, RunId, StepKey
from treadle_contract.lazy_dataclasses import dataclass

_COMPONENT_BYTES: Final = 120
_HASH_DIGITS: Final = 16
_UNPARTITIONED: Final = "="
_CURRENT: Final = "current"
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.-]*")

UNFINISHED: Final = ".unfinished-"
"""Begins the name of a file that is being written, beside where it will be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueOwner:
    """The attempt that a value's key names; `step` is the path component of its step key."""

    run_id: RunId
    step: str
    attempt: int


def path_component(text: str) -> str:
    """Return one path component for a text: letters, digits, "_" and "-", else percent-encoded.

    What would be longer than 120 bytes is cut and gets a hash of the whole. Hosts name the
    folders of captured output by the same rule.
    """
    is_plain = _PLAIN.fullmatch(text) is not None
    encoded = (text if is_plain else quote(text, safe="").replace("~", "%7E")).replace(".", "%2E")
    if len(encoded) <= _COMPONENT_BYTES:
        return encoded
    digest = hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]
    return f"{encoded[: _COMPONENT_BYTES - _HASH_DIGITS - 1]}-{digest}"


def asset_value_key(
    location: str, asset_key: KeyText, run_id: RunId, step_key: StepKey, attempt: int
) -> str:
    """Return the key in the file store under which an attempt stores an asset."""
    name = f"{run_id}.{path_component(step_key)}.{attempt}"
    return f"{asset_folder(location, asset_key)}/{name}"


def of_partition(key: str, partition_key: str) -> str:
    """Return the key of a partition's value; `key` is the asset's without one, "" stays."""
    if not (key and partition_key):
        return key
    folder, _, name = key.rpartition("/")
    return f"{folder}{path_component(partition_key)}/{name}"


def intermediate_value_key(run_id: RunId, step_key: StepKey, attempt: int, output: str) -> str:
    """Return the key in the file store under which an attempt stores an intermediate."""
    return f"runs/{run_id}/{path_component(step_key)}/{attempt}/{path_component(output)}"


def asset_folder(location: str, asset_key: KeyText) -> str:
    """Return the folder, as a key, that holds all versions of an asset without partitions.

    Those of a partition lie beside it, in a folder that begins with the same.
    """
    parts = [_key_part(part) for part in asset_key.split("/")]
    return "/".join(["assets", path_component(location), *parts, _UNPARTITIONED])


def current_link(key: str) -> str:
    """Return where, as a key, the link for people to a stored asset, or a partition of one, is."""
    folder, _, versions = key.rpartition("/")[0].rpartition("/")
    return f"{folder}/{_CURRENT}{'' if versions == _UNPARTITIONED else versions}"


def run_folder(run_id: RunId) -> str:
    """Return the folder, as a key, that holds a run's intermediates."""
    return f"runs/{run_id}"


def owner_of(key: str) -> ValueOwner | None:
    """Return the attempt that wrote a value; None for a key that no attempt has."""
    match key.split("/"):
        case ["runs", run_id, step, attempt, _] if attempt.isdecimal():
            return ValueOwner(run_id=RunId(run_id), step=step, attempt=int(attempt))
        case ["assets", _, *parts, partition, name] if parts and partition.startswith("="):
            run_id, _, rest = name.partition(".")
            step, _, attempt = rest.partition(".")
            if run_id and step and attempt.isdecimal():
                return ValueOwner(run_id=RunId(run_id), step=step, attempt=int(attempt))
    return None


def asset_named_by(key: str) -> KeyText | None:
    """Return the asset whose version a key names, as far as the key tells it."""
    match key.split("/"):
        case ["assets", _, *parts, _, _] if parts:
            return KeyText("/".join(unquote(part) for part in parts))
    return None


def _key_part(part: str) -> str:
    # `current` beside the "=" folder is the link for people: an asset key cannot have it. Those of
    # partitions, `current=…`, no asset key has: there, "=" is percent-encoded.
    return "%63urrent" if part == _CURRENT else path_component(part)
