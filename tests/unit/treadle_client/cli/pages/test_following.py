from __future__ import annotations

import pytest

from treadle_client import Client
from treadle_client._errors import UnreachableError
from treadle_client.cli.pages.following import naming_what_goes_on
from treadle_client.cli.session import Lifetime, Session


@pytest.fixture
def client(address):
    with Client.connect(address) as client:
        yield client


def lost(client: Client, lifetime: Lifetime) -> UnreachableError:
    session = Session(client=client, lifetime=lifetime, home=None)
    with (
        pytest.raises(UnreachableError) as caught,
        naming_what_goes_on(session, "runs", "watch", "R"),
    ):
        raise UnreachableError("Nobody answers.", address="unix:/a")
    return caught.value


def test_a_launcher_that_stays_away_is_told_with_what_becomes_of_the_run(client) -> None:
    error = lost(client, Lifetime.STANDING)

    assert error.message == (
        "Nobody answers.\nThe run goes on without being watched, and the next launcher on its home"
        " takes it up. See it again: treadle runs watch R"
    )
    assert error.address == "unix:/a"


def test_services_of_the_commands_own_take_their_run_with_them(client) -> None:
    assert lost(client, Lifetime.COMMAND).message == "Nobody answers."
