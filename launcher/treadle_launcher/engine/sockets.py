"""The sockets of a running launcher, which somebody may remove below it."""

from __future__ import annotations

import logging

from treadle_access.addresses import Address, BadAddressError, UnixAddress
from treadle_launcher.hosts.listener import HostListener
from treadle_launcher.hosts.provider import HostStartError

_LOG = logging.getLogger(__name__)


class Sockets:
    """Sees to it that hosts find the launcher: logins that end take their folders with them."""

    def __init__(self, listener: HostListener, hosts: UnixAddress, served: Address | None) -> None:
        self._listener = listener
        self._hosts = hosts
        self._served = served

    def check(self) -> None:
        """Make the socket that hosts dial anew if it was removed.

        Raises:
            HostStartError: it was removed, and cannot be put there again.
        """
        if self._listener.is_there:
            return
        _LOG.error("hosts_socket_gone path=%s", self._hosts.path)
        if isinstance(self._served, UnixAddress) and not self._served.path.exists():
            # It is the server's own: no other can take its place while that lives.
            _LOG.error("launcher_socket_gone address=%s remedy=start_again", self._served)
        try:
            self._listener.listen_again()
        except (OSError, BadAddressError) as error:
            raise HostStartError(
                f"the socket that hosts dial was removed, {self._hosts.path}, and cannot be made"
                f" again: {error}",
                "Start the launcher again, with XDG_RUNTIME_DIR naming a folder that stays. Steps"
                " that run now go on",
            ) from error
