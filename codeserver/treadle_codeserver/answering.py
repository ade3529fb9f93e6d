"""Answering calls: the code server's gRPC service at its address, for as long as it is served."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

from treadle_access.addresses import Address
from treadle_access.serving import Service, served
from treadle_api.handlers import handlers
from treadle_api.refusals import refused_by
from treadle_api.v1 import codeserver_pb2
from treadle_codeserver import defaults
from treadle_codeserver.arguments import Settings
from treadle_codeserver.errors import BadTokenError
from treadle_codeserver.location import CodeLocation
from treadle_codeserver.service import CodeServerService
from treadle_codeserver.wire.error import status_of

_SERVICE = codeserver_pb2.DESCRIPTOR.services_by_name["CodeServerService"]

_OPTIONS = (
    # Who waits for a long load, or for a change, may ask so often whether we are alive.
    ("grpc.http2.min_ping_interval_without_data_ms", defaults.PING_INTERVAL_MS),
)


def answering(settings: Settings, location: CodeLocation) -> AbstractAsyncContextManager[Address]:
    """Answer calls for the length of the block; give the address.

    Raises:
        BadAddressError: the address cannot be bound.
    """
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
