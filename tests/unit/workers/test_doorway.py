"""A port that another program has is not shared with it."""

from __future__ import annotations

import socket

import pytest

from pipeline.errors import ConfigError
from workers.doorway import refuse_taken


def test_a_port_is_refused_even_from_a_program_that_would_share_it() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"cannot listen at 127.0.0.1:{port}: .* --port"):
            refuse_taken("127.0.0.1", port)
    refuse_taken("127.0.0.1", port)
    refuse_taken("127.0.0.1", port)  # looking takes nothing


@pytest.mark.parametrize(("host", "port"), [("198.51.100.7", 8000), ("no.such.host.invalid", 80)])
def test_an_address_that_this_machine_has_not_is_refused_in_a_sentence(host: str, port: int) -> None:
    with pytest.raises(ConfigError, match="choose another address with --host and --port"):
        refuse_taken(host, port)
