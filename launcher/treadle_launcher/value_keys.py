"""Where values and captured output lie below the home: pure, the same for every launcher."""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import quote

from treadle_launcher.ids import KeyText, RunId, StepKey

_COMPONENT_BYTES: Final = 120
_HASH_DIGITS: Final = 16
_UNPARTITIONED: Final = "="
_CURRENT: Final = "current"


def path_component(text: str) -> str:
    """Return one path component for a text: letters, digits, "_" and "-", else percent-encoded.

    What would be longer than 120 bytes is cut and gets a hash of the whole. Hosts name the
    folders of captured output by the same rule.
    """
    encoded = quote(text, safe="").replace(".", "%2E").replace("~", "%7E")
    if len(encoded) <= _COMPONENT_BYTES:
        return encoded
    digest = hashlib.sha256(text.encode()).hexdigest()[:_HASH_DIGITS]
    return f"{encoded[: _COMPONENT_BYTES - _HASH_DIGITS - 1]}-{digest}"


def asset_value_key(
    location: str, asset_key: KeyText, run_id: RunId, step_key: StepKey, attempt: int
) -> str:
    """Return the key in the file store under which an attempt stores an asset."""
    parts = [_key_part(part) for part in asset_key.split("/")]
    name = f"{run_id}.{path_component(step_key)}.{attempt}"
    return "/".join(["assets", path_component(location), *parts, _UNPARTITIONED, name])


def intermediate_value_key(run_id: RunId, step_key: StepKey, attempt: int, output: str) -> str:
    """Return the key in the file store under which an attempt stores an intermediate."""
    return f"runs/{run_id}/{path_component(step_key)}/{attempt}/{path_component(output)}"


def _key_part(part: str) -> str:
    # `current` beside the "=" folder is the link for people: an asset key cannot have it.
    return "%63urrent" if part == _CURRENT else path_component(part)
