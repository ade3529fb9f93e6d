"""The code server: one location, loaded and served from its start until it is told to leave."""

from __future__ import annotations

import asyncio
import logging
import os
import zlib
from collections.abc import Callable, MutableMapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Final, TypeAlias

from treadle_access.addresses import Address, tell_address
from treadle_access.importing import modules_for_good
from treadle_access.leaving import told_to_leave
from treadle_codeserver.arguments import Settings
from treadle_codeserver.errors import ShuttingDownError
from treadle_codeserver.loading import load
from treadle_codeserver.location import CodeLocation
from treadle_codeserver.orphans import adopt_orphans

_LOG = logging.getLogger(__name__)

_Answering: TypeAlias = Callable[[Settings, CodeLocation], AbstractAsyncContextManager[Address]]


async def serve(settings: Settings) -> None:
    """Serve until told to leave. Afterwards no process and no socket is left.

    Raises:
        BadAddressError: the address cannot be bound.
    """
    adopt_orphans()
    share_hash_seed(f"{settings.command.working_directory}\0{settings.name}")
    with told_to_leave(settings.alive_fd) as leave:
        location = CodeLocation(settings.name, partial(load, settings.command))
        loading = asyncio.create_task(_load_first(location))
        try:
            # What answers calls is imported while the loader starts: it takes half of our start.
            answering = await asyncio.to_thread(_import_answering)
            # The task inside, so that an address which cannot be bound is told as it is.
            async with answering(settings, location) as address, asyncio.TaskGroup() as tasks:
                tasks.create_task(_tell_when_loaded(loading, location, address, settings.ready_fd))
                await leave.wait()
                _LOG.info("leaving")
                await location.close()
        finally:
            await location.close()
            await loading


def _import_answering() -> _Answering:
    with modules_for_good():
        from treadle_codeserver.answering import answering  # noqa: PLC0415 (see above)
    return answering


async def _load_first(location: CodeLocation) -> bool:
    """Load; tell whether that came to its end."""
    try:
        await location.reload()
    except ShuttingDownError:
        return False
    return True


async def _tell_when_loaded(
    loading: asyncio.Task[bool], location: CodeLocation, address: Address, ready_fd: int | None
) -> None:
    """Tell the starter where we serve once the load ended: it finds it done, or failed."""
    if not await loading:
        return
    status = location.status
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
