"""Is the address of the web server free?

Knows: sockets. Must not know: what would be served there.

The server shares its port with whoever else is willing to, so that its own processes can. Without a look beforehand a
second newsroom on the port would start, and every other request would get the wrong one's answer.
"""

from __future__ import annotations

import socket

from pipeline.errors import ConfigError


def refuse_taken(host: str, port: int) -> None:
    """Raise ConfigError when nothing can listen there. The look is over when this returns; the port is free again."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # one that was closed just now is no hindrance
            door.bind(address)
    except (OSError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"The web server cannot listen at {host}:{port}: {why}. "
            "Stop what listens there, or choose another address with --host and --port."
        ) from error
