"""The state changes of an act, in one place (R8). The caller holds the client's lock, inside a transaction.

    a_valider -> a_envoyer -> en_cours -> envoyee | echec | a_verifier,  or annulee

Each change is journaled, and leaves the instalments' `a_examiner_le` such that the night looks at them again.
"""

from datetime import date, datetime
from typing import Any

from clients.models import Client
from factures.models import Echeance, EvenementFacture
from journal.ecriture import noter
from journal.models import Genre
from noyau.echelle import Motif
from relances.models import PieceRelance, Relance

S = Relance.Statut


def journaliser(
    relance: Relance, client: Client, genre: str, instant: datetime, auteur: Any = None, **faits: Any
) -> None:
    """A line about this act, linked to its invoices."""
    lignes = list(relance.lignes.select_related("echeance"))
    contenu = {
        "relance": relance.pk,
        "etape": relance.etape.nom,
        "canal": relance.canal,
        "devise": relance.devise,
        "total": str(relance.total),
        "factures": [ligne.numero for ligne in lignes if ligne.etape_id],
        **{nom: valeur for nom, valeur in faits.items() if valeur not in (None, "")},
    }
    evenement = noter(client, genre, contenu, auteur=auteur, instant=instant)
    EvenementFacture.objects.bulk_create(
        EvenementFacture(evenement=evenement, facture_id=pk) for pk in {ligne.echeance.facture_id for ligne in lignes}
    )
    relance.journal_rang_vu = client.journal_rang


def reexaminer(relance: Relance, au: date) -> None:
    """Have the night of `au` look again at all that waited for this act to end: an open act holds back its client's
    other debts in the currency (R5)."""
    Echeance.objects.filter(client_id=relance.client_id, devise=relance.devise, solde__gt=0).update(a_examiner_le=au)


def _liberer(relance: Relance, au: date) -> None:
    """The rungs of this act count as not acted (R1), and may be decided again."""
    relance.lignes.update(est_active=False)
    reexaminer(relance, au)


def defiger(relance: Relance) -> None:
    """Forget what was frozen: the act will be composed again. Its documents remain the company's; only what a person
    brought, the proof of deposit, stays with the act."""
    relance.figee_le = relance.date_lettre = relance.delai_le = relance.imprimee_le = None
    relance.texte = None
    relance.objet = relance.corps = relance.destinataire = ""
    relance.adresse_postale = []
    relance.pieces.exclude(role=PieceRelance.Role.PREUVE).delete()


def annuler(relance: Relance, client: Client, motif: Motif, *, au: date, instant: datetime) -> None:
    """Nothing left to act for: the act ends without leaving, its rungs are free again."""
    relance.statut, relance.annulee_motif, relance.terminee_le = S.ANNULEE, motif.code[:60], instant
    _liberer(relance, au)
    journaliser(relance, client, Genre.RELANCE_ANNULEE, instant, motif=motif.code)
    relance.save()


def mettre_a_valider(
    relance: Relance, client: Client, motif: str, instant: datetime, auteur: Any = None, **faits: Any
) -> None:
    """The act waits for a person again, and says why. Whoever has an older page open must read it again first."""
    relance.version += 1
    relance.statut, relance.motif_attente = S.A_VALIDER, motif
    relance.approuvee_par = relance.approuvee_le = None
    relance.prise_le = relance.remise_le = relance.prochaine_tentative_le = None
    relance.jeton_envoi = ""
    defiger(relance)
    journaliser(relance, client, Genre.RELANCE_RETENUE, instant, auteur, motif=motif, **faits)
    relance.save()


def remettre_en_file(relance: Relance, instant: datetime | None = None, erreur: str = "") -> None:
    """Known not to have been accepted: back in the queue, not before `instant`. The message that did not leave is no
    document of the act."""
    relance.statut, relance.prochaine_tentative_le, relance.erreur = S.A_ENVOYER, instant, erreur
    relance.prise_le = relance.remise_le = None
    relance.jeton_envoi = ""
    relance.pieces.filter(role=PieceRelance.Role.COURRIEL).delete()
    relance.save()


def constater_envoyee(relance: Relance, client: Client, instant: datetime, auteur: Any = None, **faits: Any) -> None:
    """It left. The night counts the next rung from here."""
    relance.statut, relance.envoyee_le, relance.terminee_le, relance.erreur = S.ENVOYEE, instant, instant, ""
    reexaminer(relance, client.entreprise.date_locale(instant))
    genre = Genre.LETTRE_POSTEE if relance.postee_le else Genre.RELANCE_ENVOYEE
    faits = {"destinataire": relance.destinataire, "objet": relance.objet, "message_id": relance.message_id, **faits}
    journaliser(relance, client, genre, instant, auteur, **faits)
    relance.save()


def constater_echec(relance: Relance, client: Client, erreur: str, instant: datetime, auteur: Any = None) -> None:
    """Known not to have left, for good: its rungs are free, and the night decides again."""
    relance.statut, relance.erreur, relance.terminee_le = S.ECHEC, erreur[:500], instant
    _liberer(relance, client.entreprise.date_locale(instant))
    journaliser(relance, client, Genre.RELANCE_ECHEC, instant, auteur, erreur=erreur[:500])
    relance.save()


def constater_doute(relance: Relance, client: Client, erreur: str, instant: datetime) -> None:
    """The server may have taken it: counts as acted until a person says."""
    relance.statut, relance.erreur = S.A_VERIFIER, erreur[:500]
    journaliser(relance, client, Genre.RELANCE_DOUTEUSE, instant, erreur=erreur[:500])
    relance.save()
