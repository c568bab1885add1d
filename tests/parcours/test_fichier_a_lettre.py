"""The main job, end to end: a company, a file, six weeks of nights by hand, a demand letter posted and received.

What the commands print is read as a program reads it; what a person does goes through the pages.
"""

import email
import email.policy
import io
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from factures.models import Facture
from relances.models import Relance
from tests.parcours.atelier import PREMIER, Gerante, installer_entreprise, mettre_en_route
from tests.parcours.sortie import lire_nuit

DERNIER = date(2026, 7, 15)


def recus(boite: Path, domaine: str) -> list[str]:
    """Subjects of the messages written for this domain, the oldest first."""
    messages = []
    for fichier in sorted(boite.glob("*")) if boite.is_dir() else []:
        for brut in fichier.read_bytes().split(b"-" * 79 + b"\n"):
            if brut.strip():
                messages.append(email.message_from_bytes(brut, policy=email.policy.default))
    return [str(message["Subject"]) for message in messages if domaine in str(message["To"])]


def une_journee(commande, gerante: Gerante, jour: date) -> list[dict[str, Any]]:
    """The night by hand, foretold by its dry run, then the owner's calls. The acts that were created."""
    if jour.weekday() == 0:
        gerante.arrive()
        gerante.navigateur.post(gerante.page("relances:a_jour"), {"jour": jour.isoformat()})
    options = ["--entreprise=brindille", "--au", jour, "--json"]
    prevu = lire_nuit(commande("relancer", *options, "--simulation").json, jour)
    fait = lire_nuit(commande("relancer", *options).json, jour)
    assert fait["decisions"] == prevu["decisions"]
    assert [(r["client"], r["etape"]) for r in prevu["relances"]] == [
        (r["client"], r["etape"]) for r in fait["relances"]
    ]
    assert {d["facture"] for d in fait["decisions"]} == set(Facture.objects.ouvertes().values_list("numero", flat=True))
    if jour.weekday() == 0:
        assert lire_nuit(commande("relancer", *options).json, jour)["relances"] == []
    gerante.passe_les_appels()
    return [{**relance, "le": jour} for relance in fait["relances"]]


@pytest.mark.lent
@pytest.mark.django_db(transaction=True)
def test_from_a_file_of_invoices_to_a_demand_letter_received(commande, boite, matin, tmp_path):
    matin(PREMIER)
    installer_entreprise(commande, tmp_path)
    gerante = Gerante()
    essai = lire_nuit(commande("relancer", "--au", PREMIER, "--json", "--simulation").json, PREMIER)
    assert {r["statut"] for r in essai["relances"]} == {"a_valider"}, "off until the owner says go"
    mettre_en_route(gerante)
    actes = []
    for n in range((DERNIER - PREMIER).days + 1):
        jour = PREMIER + timedelta(days=n)
        matin(jour)
        actes += une_journee(commande, gerante, jour)
        if jour == date(2026, 6, 19):
            gerante.recoit("2026-103", "742,50", jour)
    verifier_les_actes(actes)
    assert [len(recus(boite, d)) for d in ("marees.invalid", "garage.invalid", "temoin.invalid")] == [3, 2, 2]
    demeure = Relance.objects.get(est_formelle=True, client__nom="Hôtel des Trois Marées")
    poster_la_demeure(commande, gerante, matin, demeure)


def verifier_les_actes(actes: list[dict[str, Any]]) -> None:
    suivis: dict[str, list[tuple[str, str, str]]] = {}
    for acte in actes:
        suivis.setdefault(acte["client"], []).append((f"{acte['le']:%d/%m}", acte["etape"], acte["statut"]))
    assert suivis["Hôtel des Trois Marées"] == [
        ("03/06", "Avant l’échéance", "envoyee"),
        ("11/06", "Appel", "a_envoyer"),
        ("17/06", "Première relance", "envoyee"),
        ("25/06", "Deuxième relance", "envoyee"),
        ("10/07", "Mise en demeure", "a_valider"),
    ]
    # Paid on the 19th: nothing more, but for what is not yet due.
    assert suivis["Garage Œuvré"] == suivis["Hôtel des Trois Marées"][:3]
    assert suivis["Imprimerie Témoin"][:2] == [
        ("01/06", "Reprise du compte", "envoyee"),
        ("08/06", "Deuxième relance", "envoyee"),
    ]
    groupes = {tuple(a["factures"]) for a in actes if a["client"] == "Hôtel des Trois Marées"}
    assert groupes == {("2026-101", "2026-102")}, "one act for both invoices, each time"


def poster_la_demeure(commande, gerante: Gerante, matin, demeure: Relance) -> None:
    """Read, approved, printed, posted, received: each step once, with its date."""
    assert (demeure.statut, demeure.motif_attente) == ("a_valider", "approbation")
    refusee = gerante.navigateur.post(gerante.page("relances:poster", pk=demeure.pk), {"version": demeure.version})
    assert refusee.status_code != 302
    projet = lire_lettre(gerante, demeure)
    matin(date(2026, 7, 16))
    approuvee = gerante.fait("approuver", demeure, confirme="1")
    assert (approuvee.statut, approuvee.total) == ("a_envoyer", Decimal("2110.40"))
    # Three days for the post, eight days, then the next working day.
    assert approuvee.delai_le == date(2026, 7, 27)
    texte = lire_lettre(gerante, approuvee)
    for mots in ("Mise en demeure", "2026-101", "2026-102", "1 250,40", "860,00", "2 110,40", "27 juillet 2026"):
        assert mots.casefold() in texte.casefold(), (mots, texte)
    assert "Hôtel des Trois Marées" in projet
    assert lire_lettre(gerante, approuvee) == texte
    postee = gerante.fait("poster", approuvee, postee_le="2026-07-16", numero="1A 234 567 8901 2")
    assert (postee.statut, postee.postee_le) == ("envoyee", date(2026, 7, 16))
    matin(date(2026, 7, 20))
    recue = gerante.fait("suivre", postee, suivi="recue", le="2026-07-18")
    assert recue.recue_le == date(2026, 7, 18)
    suite = lire_nuit(commande("relancer", "--au", "2026-07-20", "--json").json, date(2026, 7, 20))
    assert all(relance["client"] != "Hôtel des Trois Marées" for relance in suite["relances"])


def lire_lettre(gerante: Gerante, acte: Relance) -> str:
    """The words of the PDF, whatever the spaces between them."""
    reponse = gerante.navigateur.get(gerante.page("relances:lettre", pk=acte.pk))
    assert reponse["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(reponse.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())
