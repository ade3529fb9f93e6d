from __future__ import annotations

import treadle_worker
from treadle.locations.snapshot import SourceLine
from treadle_codeserver.loader_output import cleaned, last_user_line

OURS = f"{treadle_worker.__path__[0]}/loading/importing.py"

STACK = f"""\
hello from the module
Fatal Python error: Aborted

Current thread 0x00007f (most recent call first):
  File "/usr/lib/python3.11/threading.py", line 327 in wait
  File "/home/u/helper.py", line 4 in pause
  File "/home/u/assets.py", line 12 in <module>
  File "<frozen importlib._bootstrap>", line 241 in _call_with_frames_removed
  File "{OURS}", line 150 in _import_file

Extension modules: numpy._core (total: 1)
"""


def test_the_users_innermost_line_is_found() -> None:
    assert last_user_line(STACK) == SourceLine(file="/home/u/helper.py", line=4)


def test_installed_code_is_not_the_users() -> None:
    line = '  File "/venv/lib/python3.11/site-packages/numpy/x.py", line 4 in f\n'

    assert last_user_line(line) is None


def test_what_is_not_about_the_users_code_is_left_out() -> None:
    text = cleaned(STACK)

    assert "hello from the module" in text
    assert "/home/u/assets.py" in text
    assert OURS not in text
    assert "importlib" not in text
    assert "Aborted" not in text
    assert "Extension modules" not in text
