from __future__ import annotations

from pathlib import Path

import click
import pytest

from treadle_client.cli.config_options import read_config


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "ops: {a: {config: {n: 1, l: [1, x]}}}"),
        ("a.yml", "ops:\n  a:\n    config:\n      n: 1\n      l: [1, x]\n"),
        ("a.json", '{"ops": {"a": {"config": {"n": 1, "l": [1, "x"]}}}}'),
        ("a.toml", '[ops.a.config]\nn = 1\nl = [1, "x"]\n'),
    ],
)
def test_each_kind_of_file_is_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)

    found = read_config([tmp_path / name], None, [])

    assert found == {"ops": {"a": {"config": {"n": 1, "l": (1, "x")}}}}


def test_text_lies_over_files_and_settings_over_both(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"a": {"n": 1, "m": 1, "k": 1}}')

    found = read_config([tmp_path / "a.json"], '{"a": {"m": 2, "k": 2}}', ["a.k=3", "a.word=x=y"])

    assert found == {"a": {"n": 1, "m": 2, "k": 3, "word": "x=y"}}


def test_a_setting_is_json_or_text() -> None:
    settings = [
        "a.n=1",
        "a.x=1.5",
        "a.is_on=true",
        "a.l=[1, 2]",
        'a.t="1"',
        "a.u=one",
        "a.e=",
        "a.z=null",
    ]

    assert read_config([], None, settings) == {
        "a": {
            "n": 1,
            "x": 1.5,
            "is_on": True,
            "l": (1, 2),
            "t": "1",
            "u": "one",
            "e": "",
            "z": None,
        }
    }


def test_a_date_of_yaml_is_the_text_that_stands_there(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("day: 2024-01-01")

    assert read_config([tmp_path / "a.yaml"], None, []) == {"day": "2024-01-01"}


def test_nothing_is_none_and_an_empty_file_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("")

    assert read_config([], None, []) is None
    assert read_config([tmp_path / "a.yaml"], None, []) == {}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.yaml", "a: [", "it is no YAML"),
        ("a.yaml", "- 1", "config is [1]; give a mapping"),
        ("a.json", "[" * 100_000, "maximum recursion depth"),
        ("a.yaml", "what: !!binary aGk=", "config.what is b'hi'; give text"),
        ("a.yaml", "a: !!python/object:os.system {}", "it is no YAML"),
        ("a.json", "{", "Expecting property name"),
        ("a.toml", "a = ", "Invalid value"),
        ("a.yaml", "1: 2", "config has the key 1; keys are text"),
    ],
)
def test_a_file_that_is_no_config_is_refused_by_its_name(
    tmp_path: Path, name: str, text: str, words: str
) -> None:
    path = tmp_path / name
    path.write_text(text)

    with pytest.raises(click.UsageError) as refused:
        read_config([path], None, [])

    assert words in str(refused.value)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("setting", ["a", "=1", "a..b=1", ".a=1"])
def test_a_setting_without_path_or_value_is_refused(setting: str) -> None:
    with pytest.raises(click.UsageError, match="it is not PATH=VALUE"):
        read_config([], None, [setting])


def test_text_that_is_no_json_is_refused() -> None:
    with pytest.raises(click.UsageError, match="--config-json: it is no JSON"):
        read_config([], "{", [])
    with pytest.raises(click.UsageError, match="--config-json: it is no JSON"):
        read_config([], "[" * 100_000, [])
    with pytest.raises(click.UsageError, match="--config-json: config is 5"):
        read_config([], "5", [])
