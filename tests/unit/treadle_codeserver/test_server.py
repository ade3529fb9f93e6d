from __future__ import annotations

import subprocess
import sys

import pytest

from treadle_codeserver.server import share_hash_seed


@pytest.mark.parametrize("before", [{}, {"PYTHONHASHSEED": ""}, {"PYTHONHASHSEED": "random"}])
def test_a_seed_that_nobody_set_is_the_same_for_the_same_location(before: dict[str, str]) -> None:
    one, again, other = dict(before), dict(before), dict(before)

    share_hash_seed("/work\0etl", one)
    share_hash_seed("/work\0etl", again)
    share_hash_seed("/work\0report", other)

    assert one == again != other
    assert 0 <= int(one["PYTHONHASHSEED"]) < 2**32


def test_a_seed_that_somebody_set_stays() -> None:
    environment = {"PYTHONHASHSEED": "7"}

    share_hash_seed("/work\0etl", environment)

    assert environment == {"PYTHONHASHSEED": "7"}


def test_it_starts_its_loader_before_it_imports_grpc() -> None:
    code = (
        "import sys; import treadle_codeserver.process;"
        " print(sorted({'grpc', 'google.protobuf'} & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == ["[]"]
