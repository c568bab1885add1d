"""The facts of the demonstration: real invoices of another time, moved by whole weeks so that today is in their middle.

`factures.csv` is a part of IBM's sample of late payment histories (Apache-2.0, see NOTICE): 41 customers, one year.
Changed from it: days moved by whole weeks, amounts multiplied by 20, and the payment of a few invoices left out
(`IMPAYEES`), since nobody in that file was very late. `clients.csv` gives the customers, known only by a code, names
that are obviously invented.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

ICI = Path(__file__).parent
MILIEU = date(2013, 1, 12)  # the day of the file that becomes today, or at most six days before it
FACTEUR = 20
IMPAYEES = {"676551273", "7979390388", "6238372501", "2652788570", "5485299924", "7584011927"}
SANS_CONTACT = {"0465-DTULQ", "9149-MATVB", "8389-TCXFQ"}
AVANT_LE_LITIGE = timedelta(days=2)  # a dispute is told two days after the due date


@dataclass(frozen=True)
class ClientExemple:
    code: str
    nom: str
    forme: str
    ville: str
    code_postal: str
    rang: int


@dataclass(frozen=True)
class FactureExemple:
    """An invoice and what became of it, dates moved; `reglee_le` None when it never was."""

    client: str
    numero: str
    date_emission: date
    date_echeance: date
    total: Decimal
    est_contestee: bool
    reglee_le: date | None

    @property
    def litige_le(self) -> date | None:
        """When the client disputes it: only an invoice still unpaid by then is."""
        le = self.date_echeance + AVANT_LE_LITIGE
        return le if self.est_contestee and (self.reglee_le is None or self.reglee_le > le) else None


def lire_clients() -> list[ClientExemple]:
    with (ICI / "clients.csv").open(encoding="utf-8", newline="") as fichier:
        return [
            ClientExemple(ligne["customerID"], ligne["nom"], ligne["forme"], ligne["ville"], ligne["code_postal"], rang)
            for rang, ligne in enumerate(csv.DictReader(fichier))
        ]


def decalage(aujourd_hui: date) -> timedelta:
    """Whole weeks, so that every day keeps its place in the week."""
    return timedelta(weeks=(aujourd_hui - MILIEU).days // 7)


def lire_factures(aujourd_hui: date) -> Iterator[FactureExemple]:
    """The invoices issued up to today, with what is known of them today: facts after today are left out."""
    avance = decalage(aujourd_hui)

    def jour(texte: str) -> date:
        return datetime.strptime(texte, "%d/%m/%Y").date() + avance

    with (ICI / "factures.csv").open(encoding="utf-8", newline="") as fichier:
        for ligne in csv.DictReader(fichier):
            if jour(ligne["InvoiceDate"]) > aujourd_hui:
                continue
            reglee_le = None if ligne["invoiceNumber"] in IMPAYEES else jour(ligne["SettledDate"])
            yield FactureExemple(
                client=ligne["customerID"],
                numero=f"F-{ligne['invoiceNumber']}",
                date_emission=jour(ligne["InvoiceDate"]),
                date_echeance=jour(ligne["DueDate"]),
                total=Decimal(ligne["InvoiceAmount"]) * FACTEUR,
                est_contestee=ligne["Disputed"] == "Yes",
                reglee_le=reglee_le if reglee_le and reglee_le <= aujourd_hui else None,
            )
