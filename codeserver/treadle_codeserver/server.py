"""The code server: one location, loaded and served from its start until it is told to leave."""

from __future__ import annotations

import asyncio
import logging
import os
import zlib
from collections.abc import MutableMapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Final

from treadle_access.addresses import Address
from treadle_access.leaving import told_to_leave
from treadle_access.serving import Service, served, tell_address
from treadle_api.handlers import handlers
from treadle_api.refusals import refused_by
from treadle_api.v1 import codeserver_pb2
from treadle_codeserver import defaults
from treadle_codeserver.arguments import Settings
from treadle_codeserver.errors import BadTokenError, ShuttingDownError
from treadle_codeserver.loading import load
from treadle_codeserver.location import CodeLocation
from treadle_codeserver.orphans import adopt_orphans
from treadle_codeserver.service import CodeServerService
from treadle_codeserver.wire.error import status_of

_LOG = logging.getLogger(__name__)

_SERVICE = codeserver_pb2.DESCRIPTOR.services_by_name["CodeServerService"]

_OPTIONS = (
    # Who waits for a long load, or for a change, may ask so often whether we are alive.
    ("grpc.http2.min_ping_interval_without_data_ms", defaults.PING_INTERVAL_MS),
)


async def serve(settings: Settings) -> None:
    """Serve until told to leave. Afterwards no process and no socket is left.

    Raises:
        BadAddressError: the address cannot be bound.
    """
    adopt_orphans()
    share_hash_seed(f"{settings.command.working_directory}\0{settings.name}")
    with told_to_leave(settings.alive_fd) as leave:
        location = CodeLocation(settings.name, partial(load, settings.command))
        # The tasks inside, so that an address which cannot be bound is told as it is.
        async with _served(settings, location) as address, asyncio.TaskGroup() as tasks:
            tasks.create_task(_load_first(location, address, settings.ready_fd))
            await leave.wait()
            _LOG.info("leaving")
            await location.close()


def _served(settings: Settings, location: CodeLocation) -> AbstractAsyncContextManager[Address]:
    """Answer calls for the length of the block."""
    calls = CodeServerService(location, settings.command)
    service = Service(
        name=_SERVICE.full_name,
        handler=handlers(_SERVICE, calls, status_of),
        bad_token=refused_by(BadTokenError()),
        options=_OPTIONS,
    )
    return served(
        service,
        settings.bind,
        settings.token,
        stop_grace=defaults.STOP_GRACE_S,
        # Watchers and those who wait for a load are told, and end.
        before_stop=location.close,
    )


async def _load_first(location: CodeLocation, address: Address, ready_fd: int | None) -> None:
    """Load, then tell the starter where we serve: it finds the load done, or failed."""
    try:
        status, _ = await location.reload()
    except ShuttingDownError:
        return
    _LOG.info("serving address=%s name=%s state=%s", address, status.name, status.state)
    for report in status.modules:
        if report.problem:
            _LOG.warning("not_loaded target=%s state=%s", report.target, report.state)
    tell_address(ready_fd, address)


_HASH_SEED: Final = "PYTHONHASHSEED"


def share_hash_seed(identity: str, environment: MutableMapping[str, str] = os.environ) -> None:
    """Give this process and those that it starts one hash seed for texts.

    Definitions that are made in the order of a set would otherwise be others in each of them. The
    seed is the same for the same `identity`, so that they are the same tomorrow. One that somebody
    set stays.
    """
    if environment.get(_HASH_SEED, "random") in ("", "random"):
        environment[_HASH_SEED] = str(zlib.crc32(identity.encode(errors="surrogateescape")))
