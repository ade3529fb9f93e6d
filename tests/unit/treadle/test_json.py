"""JSON is written and read as ever, whatever was done to the json module."""

from __future__ import annotations

import json

import pytest

from treadle import _json

DATA = {"b": [1, 2.5, None, True], "a": "ü\ud800"}


def test_it_writes_what_json_writes() -> None:
    assert _json.dumps(DATA, sort_keys=True) == json.dumps(DATA, sort_keys=True)


def test_it_reads_what_json_reads() -> None:
    text = json.dumps(DATA)

    assert _json.loads(text) == _json.loads(text.encode()) == DATA


@pytest.mark.parametrize("text", ["{", b"\xff", "", "[1] 2"])
def test_what_is_no_json_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        _json.loads(text)


def test_a_patched_module_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json.JSONEncoder, "encode", lambda *_: "patched")
    monkeypatch.setattr(json.JSONDecoder, "decode", lambda *_: "patched")

    assert _json.loads(_json.dumps(DATA)) == DATA
