"""Whose a module is."""

from __future__ import annotations

import pytest

from treadle_worker.loading.origins import is_own_module


@pytest.mark.parametrize(
    "name", ["treadle_inprocess._run", "treadle_launcher.runs", "treadle_client"]
)
def test_what_a_users_module_imports_of_ours_is_ours(name: str) -> None:
    assert is_own_module(name)


@pytest.mark.parametrize("name", ["treadles", "mine.treadle", "json"])
def test_what_only_has_a_name_like_ours_is_not(name: str) -> None:
    assert not is_own_module(name)
