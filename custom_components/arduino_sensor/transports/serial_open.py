"""Opening a serial port, and why that failed."""

import asyncio
import errno
import logging
from typing import Final

import serialx

from .serial_line import SerialConnection

_LOGGER = logging.getLogger(__name__)

_OPEN_TIMEOUT: Final = 15.0


class PortError(Exception):
    """A serial port that cannot be used, and why."""

    def __init__(self, key: str, **placeholders: str) -> None:
        """Keep what a translation needs.

        `key` is one of

        - `port_missing`: there is no such port; the board is not plugged in,
        - `port_taken`: another board of this integration has it, or is about to:
          `board` is its title,
        - `port_busy`: another program has it open, such as the Serial Monitor,
        - `port_denied`: Home Assistant may not open it,
        - `port_failed`: anything else: `error` says what.

        `port` is always among the placeholders.
        """
        super().__init__(key)
        self.key = key
        self.placeholders = placeholders


_MISSING: Final = frozenset(
    {errno.ENOENT, errno.ENXIO, errno.ENODEV, errno.EIO, errno.ENOTDIR}
)


def _port_error(port: str, error: BaseException) -> PortError:
    number = error.errno if isinstance(error, OSError) else None
    if number in _MISSING:
        return PortError("port_missing", port=port)
    if number == errno.EBUSY:
        return PortError("port_busy", port=port)
    if number in (errno.EACCES, errno.EPERM):
        return PortError("port_denied", port=port)
    if isinstance(error, TimeoutError):
        return PortError("port_failed", port=port, error="no answer")
    return PortError("port_failed", port=port, error=str(error) or repr(error))


async def async_open(connection: SerialConnection) -> None:
    """Open a connection's port; raises PortError.

    Whatever becomes of that, also if it is cancelled, the connection is to be closed.
    """
    port = connection.source
    try:
        async with asyncio.timeout(_OPEN_TIMEOUT):
            await serialx.create_serial_connection(
                asyncio.get_running_loop(),
                lambda: connection,
                port,
                baudrate=connection.baudrate,
            )
    except Exception as err:
        # There are many kinds of ports, some brought by other integrations, and each
        # fails in its own way. Whatever it is, the port is tried again.
        if not isinstance(err, OSError):
            _LOGGER.debug("%s cannot be opened", port, exc_info=True)
        raise _port_error(port, err) from err
