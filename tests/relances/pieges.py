"""Real SMTP servers on loopback that behave badly on purpose."""

import asyncio
import socket
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Boite:
    """Takes every message, and keeps it."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.messages.append(envelope.content)
        return "250 OK"


class RefuseLeDestinataire(Boite):
    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        return "550 5.1.1 no such user"


class Reporte(Boite):
    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        return "451 4.7.1 greylisted, try again"


class RaccrocheApresLesDonnees(Boite):
    """Takes the message, then drops the line without a word: has it been accepted?"""

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        self.messages.append(envelope.content)
        server.transport.abort()
        return "250 OK"


class RaccrocheAvantLesDonnees(Boite):
    async def handle_MAIL(self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        server.transport.abort()
        return "250 OK"


class SeTait(Boite):
    """Takes the message and never answers."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.messages.append(envelope.content)
        await asyncio.sleep(3600)
        return "250 OK"


class _Silencieux(SMTP):
    """A dropped line is what these servers are for: nothing to log."""

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)


class _Controleur(Controller):
    def factory(self) -> SMTP:
        return _Silencieux(self.handler, hostname="localhost")


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


@contextmanager
def serveur(boite: Boite, settings: Any):
    """The server, running, with Django's settings turned to it."""
    controleur = _Controleur(boite, hostname="127.0.0.1", port=port_libre(), ready_timeout=10)
    controleur.start()
    try:
        settings.EMAIL_BACKEND = "relances.messagerie.BackendSMTP"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = controleur.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_TIMEOUT = 1
        yield boite
    finally:
        controleur.stop(no_assert=True)
