"""Deciding and mailing to a local SMTP server, against the same messages handed raw to the same server."""

import asyncio
import multiprocessing
import smtplib
import socket
import sys
import time
from datetime import UTC, datetime

from bench.base import AU, base_jetable, entreprise_prete, garnir, memoire

PAR_CLIENT = 5
INSTANT = datetime(2026, 11, 18, 9, tzinfo=UTC)


def evier(port: int, recus: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    """The least SMTP server that a client accepts: it counts messages and keeps none."""

    async def servir(lecteur: asyncio.StreamReader, ecrivain: asyncio.StreamWriter) -> None:
        ecrivain.write(b"220 evier\r\n")
        while ligne := await lecteur.readline():
            mot = ligne[:4].upper()
            if mot == b"DATA":
                ecrivain.write(b"354 go\r\n")
                await ecrivain.drain()
                while (await lecteur.readline()) != b".\r\n":
                    pass
                recus.value += 1
            elif mot == b"QUIT":
                break
            ecrivain.write(b"250 ok\r\n")
            await ecrivain.drain()
        ecrivain.close()

    async def tourner() -> None:
        serveur = await asyncio.start_server(servir, "127.0.0.1", port, limit=2**24)
        await serveur.serve_forever()

    asyncio.run(tourner())


def port_libre() -> int:
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        return int(prise.getsockname()[1])


def envoyer_brut(port: int, messages: list[tuple[str, bytes]]) -> float:
    """The messages, already written, on one connection. Seconds."""
    debut = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as serveur:
        serveur.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for destinataire, contenu in messages:
            serveur.sendmail("compta@bench.invalid", [destinataire], contenu)
    return time.perf_counter() - debut


def mesurer(clients: int, port: int, recus: "multiprocessing.sharedctypes.Synchronized[int]") -> None:
    with base_jetable(EMAIL_URL=f"smtp://127.0.0.1:{port}"):
        from entreprises.documents import lire
        from relances.envoi import envoyer
        from relances.models import PieceRelance, Relance
        from relances.planification import planifier

        entreprise = entreprise_prete()
        garnir(entreprise, clients, PAR_CLIENT, PAR_CLIENT)
        debut = time.perf_counter()
        planifier(entreprise, AU, instant=INSTANT)
        planifiee = time.perf_counter() - debut
        debut = time.perf_counter()
        bilan = envoyer(entreprise, AU, INSTANT)
        envoyee = time.perf_counter() - debut
        if len(bilan.envoyees) != clients or recus.value != clients:
            raise SystemExit(f"expected {clients} messages, sent {len(bilan.envoyees)}, received {recus.value}")
        planifier(entreprise, AU, instant=INSTANT)
        seconde = envoyer(entreprise, AU, INSTANT)
        if seconde.envoyees or recus.value != clients or Relance.objects.count() != clients:
            raise SystemExit("the second run did something")
        pieces = PieceRelance.objects.filter(role="courriel").select_related("document", "relance")
        messages = [(p.relance.destinataire, lire(p.document)) for p in pieces.iterator(chunk_size=500)]
        brut = envoyer_brut(port, messages)
        print(
            f"{clients * PAR_CLIENT} due invoices of {clients} clients: decided in {planifiee:.1f} s"
            f" ({planifiee / clients * 1000:.1f} ms an act), mailed in {envoyee:.1f} s"
            f" ({envoyee / clients * 1000:.1f} ms a message, {clients / envoyee:.0f} a second);"
            f" the same messages raw {brut:.1f} s: {envoyee / brut:.1f} × raw;"
            f" second run: nothing created, nothing sent; peak memory {memoire():.0f} MB"
        )


def main(clients: int) -> None:
    port, recus = port_libre(), multiprocessing.Value("i", 0)
    serveur = multiprocessing.Process(target=evier, args=(port, recus), daemon=True)
    serveur.start()
    time.sleep(1)
    try:
        mesurer(clients, port, recus)
    finally:
        serveur.terminate()


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 2000)
