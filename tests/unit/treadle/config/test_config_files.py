from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from treadle import (
    ArgumentError,
    DefinitionError,
    MissingError,
    config_from_files,
    config_from_pkg_resources,
    config_from_yaml_strings,
)


def test_what_a_later_file_says_wins(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("ops: {x: {config: {n: 1, m: 2}}}\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("ops: {x: {config: {n: 3}}}\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("", encoding="utf-8")

    by_pattern = config_from_files([str(tmp_path / "*.yaml")])
    by_path = config_from_files([tmp_path / "b.yaml", tmp_path / "a.yaml"])

    assert by_pattern == {"ops": {"x": {"config": {"n": 3, "m": 2}}}}
    assert by_path == {"ops": {"x": {"config": {"n": 1, "m": 2}}}}


def test_texts_are_joined() -> None:
    assert config_from_yaml_strings(["a: {b: 1}", "a: {c: 2}"]) == {"a": {"b": 1, "c": 2}}
    assert config_from_yaml_strings([]) == {}


def test_files_of_packages_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "settings_of_a_test"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "run.yaml").write_text("a: 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    assert config_from_pkg_resources([("settings_of_a_test", "run.yaml")]) == {"a": 1}


@pytest.mark.parametrize(
    ("read", "kind", "words"),
    [
        (lambda: config_from_files(["nowhere/*.yaml"]), MissingError, "no file 'nowhere"),
        (lambda: config_from_files("run.yaml"), ArgumentError, "is not a list"),
        (lambda: config_from_yaml_strings(["- 1"]), ArgumentError, "text 0 holds a list"),
        (lambda: config_from_yaml_strings(["a: 1", "b: ["]), ArgumentError, "text 1 is no YAML"),
        (lambda: config_from_pkg_resources([("treadle", "x")]), MissingError, "'x' of package"),
        (lambda: config_from_pkg_resources([("no_such", "x")]), MissingError, "cannot be read"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_line(
    read: Any, kind: type[DefinitionError], words: str
) -> None:
    with pytest.raises(kind, match=words) as refused:
        read()

    assert __file__ in str(refused.value)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    file.write_bytes(b"\xff\xfe\xff")

    with pytest.raises(ArgumentError, match="cannot be read"):
        config_from_files([file])
