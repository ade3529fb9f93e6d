"""The gRPC server of a launcher, and the locations that it follows."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager

from treadle_access import serving
from treadle_access.addresses import Address
from treadle_api.handlers import handlers
from treadle_api.v1 import launcher_pb2
from treadle_contract.launcher import GetLauncherResponse
from treadle_contract.version import VERSION
from treadle_launcher import defaults
from treadle_launcher.errors import BadTokenError
from treadle_launcher.locations.location_names import LocationNames
from treadle_launcher.locations.locations import Locations
from treadle_launcher.serving.answering import status_of
from treadle_launcher.serving.arguments import Settings
from treadle_launcher.serving.service import LauncherService
from treadle_launcher.wire.error import encode_refusal

_SERVICE = launcher_pb2.DESCRIPTOR.services_by_name["LauncherService"]


def about(settings: Settings, home_id: str, values_root: str) -> GetLauncherResponse:
    """Return what a launcher says of itself."""
    return GetLauncherResponse(
        version=VERSION,
        home_id=home_id,
        ephemeral=settings.is_ephemeral,
        max_steps=settings.max_steps,
        max_runs=settings.max_runs,
        values_root=values_root,
    )


@contextlib.asynccontextmanager
async def followed(
    settings: Settings, names: LocationNames, leave: asyncio.Event
) -> AsyncIterator[Locations]:
    """Follow the locations for the length of the block.

    A launcher that is told to leave no longer waits for their first answers.
    """
    locations = Locations(settings.locations, names)
    try:
        # An ephemeral launcher is of one starter, which starts its code server at the same time.
        opening = asyncio.create_task(
            locations.open(lambda: None, is_awaited=settings.is_ephemeral)
        )
        leaving = asyncio.create_task(leave.wait())
        await asyncio.wait((opening, leaving), return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if opening.done():
            opening.result()
        else:
            opening.cancel()
        yield locations
    finally:
        await locations.close()


def served(
    settings: Settings, bind: Address, launcher: LauncherService
) -> AbstractAsyncContextManager[Address]:
    """Answer calls for the length of the block."""
    service = serving.Service(
        name=_SERVICE.full_name,
        handler=handlers(_SERVICE, launcher, status_of),
        bad_token=encode_refusal(BadTokenError()),
    )
    return serving.served(service, bind, settings.token, stop_grace=defaults.STOP_GRACE)
