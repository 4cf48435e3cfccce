"""Where the processes of `up` listen."""

import errno
import socket
from collections.abc import Mapping
from typing import Final

from pocketpay.embedded.nats import free_ports
from pocketpay.plan import ACTORS, DEFAULT_PORT, GATEWAY, MAILS, MAILS_PORT, MONITOR, MONITOR_PORT, SMTP, SMTP_PORT

_TROUBLES: Final[Mapping[int, str]] = {
    errno.EADDRINUSE: "port {port} is in use: stop what listens there, or choose another with --port",
    errno.EADDRNOTAVAIL: "{host} is no address of this machine: --host takes another",
    errno.EACCES: "port {port} is not for this user: --port takes another, from 1024 on",
}


class PortTaken(Exception):
    """The gateway cannot listen where it should; the message says why."""


def choose_ports(host: str, port: int) -> dict[str, int]:
    """A port per process. Raises PortTaken when the gateway's cannot be had; those for health move elsewhere."""
    if (trouble := _trouble_at(host, port)) is not None:
        raise PortTaken(trouble)
    usual = {**ACTORS, MONITOR: MONITOR_PORT, MAILS: MAILS_PORT, SMTP: SMTP_PORT}
    gateway, *health = free_ports(1 + len(usual))
    if port == DEFAULT_PORT and all(_is_free("127.0.0.1", each) for each in usual.values()):
        health = list(usual.values())
    return {**dict(zip(usual, health, strict=True)), GATEWAY: port or gateway}


def _is_free(host: str, port: int) -> bool:
    return _trouble_at(host, port) is None


def _trouble_at(host: str, port: int) -> str | None:
    """Why nobody can listen there, and what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            return None
    except UnicodeError:
        words = _TROUBLES[errno.EADDRNOTAVAIL]
    except OSError as error:
        number = errno.EADDRNOTAVAIL if (error.errno or 0) < 0 else error.errno  # below are those of names
        words = _TROUBLES.get(number or 0, f"nobody can listen on {{host}}, port {{port}}: {error.strerror}")
    return words.format(host=host, port=port)
