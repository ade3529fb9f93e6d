from __future__ import annotations

import os

import pytest

from treadle_access.tokens import TokenFileError, read_token

TOKEN = "open-sesame-open-sesame"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "token"
    path.touch(mode=0o600)
    path.chmod(0o600)
    return path


def test_a_token_is_what_the_file_holds(file):
    file.write_text(f"{TOKEN}\n")
    assert read_token(file) == TOKEN


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602, 0o666])
def test_one_that_others_may_read_or_write_is_refused(file, mode):
    file.write_text(TOKEN)
    file.chmod(mode)
    with pytest.raises(TokenFileError, match=f"chmod 600 {file}"):
        read_token(file)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_another_user_s_file_is_refused(file):
    file.write_text(TOKEN)
    os.chown(file, 12345, -1)
    with pytest.raises(TokenFileError, match="user 12345"):
        read_token(file)


@pytest.mark.parametrize("content", ["", "\n", "two words of a token", "ä" * 16, "x" * 20 + "\0y"])
def test_what_is_no_word_of_ascii_is_refused(file, content):
    file.write_text(content)
    with pytest.raises(TokenFileError, match="one word of ASCII"):
        read_token(file)


def test_a_short_one_is_refused_with_how_to_make_another(file):
    file.write_text("x" * 15)
    with pytest.raises(TokenFileError, match=r"15 characters.*openssl rand"):
        read_token(file)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(TokenFileError, match="nowhere"):
        read_token(tmp_path / "nowhere")
