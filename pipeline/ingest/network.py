"""A network back end for httpcore that connects to public addresses only, and only until a deadline.

Knows: name look-up, addresses, time-outs. Must not know: HTTP, redirects, what is fetched.

The name is resolved once and the connection goes to the very address that was checked, so a name that resolves
differently a moment later (DNS rebinding) gains nothing. TLS still verifies the name, not the address.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

import httpcore

from pipeline.errors import FetchFailed, TargetForbidden
from pipeline.ingest.addresses import is_public

Resolve = Callable[[str, int], list[str]]  # host, port -> numeric addresses, in the resolver's order


def resolve(host: str, port: int) -> list[str]:
    """Ask the system's resolver. Raises OSError when the name is unknown."""
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


class Deadline:
    """A moment on the monotonic clock after which nothing more is waited for."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._seconds = seconds

    def left(self, at_most: float | None = None) -> float:
        """Seconds that remain, `at_most` if that is less. Raises FetchFailed when none do."""
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise FetchFailed(
                f"The whole exchange took longer than {self._seconds:g} seconds.",
                es=f"Todo el intercambio tardó más de {self._seconds:g} segundos.",
            )
        return remaining if at_most is None else min(at_most, remaining)


class GuardedStream(httpcore.NetworkStream):
    """A stream whose every wait ends at the deadline: a peer that drips one byte at a time is cut off in time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return GuardedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves once, refuses a name when any of its addresses is not public, connects to a checked address."""

    def __init__(self, *, deadline: Deadline, may_be_private: bool = False, resolver: Resolve = resolve) -> None:
        self._deadline = deadline
        self._may_be_private = may_be_private
        self._resolver = resolver
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        failure: Exception | None = None
        for address in self._checked_addresses(host, port, timeout):
            try:
                stream = self._plain.connect_tcp(
                    address, port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
                continue
            return GuardedStream(stream, self._deadline)
        raise FetchFailed(
            f"{host} does not accept connections on port {port} ({failure}).",
            es=f"{host} no acepta conexiones en el puerto {port} ({failure}).",
        ) from failure

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        raise TargetForbidden(
            "Sockets of this machine are not contacted.", es="No se consultan los conectores internos de esta máquina."
        )

    def _checked_addresses(self, host: str, port: int, timeout: float | None) -> list[str]:
        addresses = self._look_up(host, port, self._deadline.left(timeout))
        if self._may_be_private:
            return addresses
        for address in addresses:
            if not is_public(address):
                raise TargetForbidden(
                    f"{host} is at {address}, which is not a public address, so it is not contacted. If it is a "
                    "server of your own, add its name to the hosts that may be private.",
                    es=f"{host} está en {address}, que no es una dirección pública, así que no se consulta. Si es "
                    "un servidor suyo, añada su nombre a los que pueden ser privados.",
                )
        return addresses

    def _look_up(self, host: str, port: int, seconds: float) -> list[str]:
        # getaddrinfo knows no time-out, so it runs in a thread that may be left behind
        answer: list[list[str]] = []
        failure: list[Exception] = []

        def ask() -> None:
            try:
                answer.append(self._resolver(host, port))
            except (OSError, UnicodeError) as error:
                failure.append(error)

        thread = threading.Thread(target=ask, daemon=True, name="look-up")
        thread.start()
        thread.join(seconds)
        if failure:
            raise FetchFailed(
                f"The name {host} cannot be looked up ({failure[0]}).",
                es=f"No se puede resolver el nombre {host} ({failure[0]}).",
            ) from failure[0]
        if not answer or not answer[0]:
            raise FetchFailed(
                f"The name {host} was not answered for in {seconds:.0f} seconds.",
                es=f"No hubo respuesta sobre el nombre {host} en {seconds:.0f} segundos.",
            )
        return answer[0]
