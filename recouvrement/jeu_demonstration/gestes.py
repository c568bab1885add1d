"""What the demonstration's owner did in the past weeks: calls, approvals, letters taken to the post office."""

from datetime import date, datetime, timedelta

from entreprises.models import Adhesion, Entreprise
from relances.appels import CompteRendu, conclure_appel
from relances.approbation import approuver
from relances.models import Relance
from relances.poste import poster
from suivi.models import Appel

S = Relance.Statut
R = Appel.Resultat
RECENT = timedelta(days=16)  # what is younger waits for the visitor
RECENT_APPEL = timedelta(days=5)
RESULTATS = (R.REPONDEUR, R.ANNONCE, R.VALIDATION, R.INJOIGNABLE, R.NON_RECUE)


def _actes(entreprise: Entreprise, **filtre: object) -> list[Relance]:
    return list(Relance.objects.de(entreprise).filter(**filtre).order_by("pk"))


def _est_ouvre(entreprise: Entreprise, jour: date) -> bool:
    return entreprise.calendrier().est_ouvre(jour)


def passer_les_appels(
    entreprise: Entreprise, adhesion: Adhesion, jour: date, aujourd_hui: date, instant: datetime
) -> None:
    """The calls decided before the last days get a result, one kind after the other."""
    if jour > aujourd_hui - RECENT_APPEL or not _est_ouvre(entreprise, jour):
        return
    for relance in _actes(entreprise, canal="appel", statut=S.A_ENVOYER):
        rendu = CompteRendu(
            RESULTATS[relance.pk % len(RESULTATS)],
            interlocuteur="Dominique Exemple",
            notes="Échange de démonstration.",
        )
        conclure_appel(relance, relance.version, rendu, au=jour, instant=instant, auteur=adhesion.utilisateur)


def approuver_les_anciennes(
    entreprise: Entreprise, adhesion: Adhesion, jour: date, aujourd_hui: date, instant: datetime
) -> None:
    """Formal demands decided before the last days were approved the day after; the oldest of the others, the day before
    the visit, so that a letter waits to be posted."""
    est_veille = jour == entreprise.calendrier().precedent_ouvre(aujourd_hui - timedelta(days=1))
    if not _est_ouvre(entreprise, jour) or (jour > aujourd_hui - RECENT and not est_veille):
        return
    en_attente = _actes(entreprise, statut=S.A_VALIDER, motif_attente="approbation", date_decision__lt=jour)
    for relance in en_attente[:1] if est_veille else en_attente:
        approuver(relance, relance.version, adhesion, jour, instant)


def poster_les_lettres(
    entreprise: Entreprise, adhesion: Adhesion, jour: date, aujourd_hui: date, instant: datetime
) -> None:
    """Letters approved before the last days were posted the same afternoon."""
    if jour > aujourd_hui - RECENT or not _est_ouvre(entreprise, jour):
        return
    for relance in _actes(entreprise, statut=S.A_ENVOYER, canal__in=["courrier", "recommande"]):
        numero = f"1A 000 000 {relance.pk:04d} 0" if relance.canal == "recommande" else ""
        poster(
            relance,
            relance.version,
            postee_le=jour,
            numero=numero,
            au=jour,
            instant=instant,
            auteur=adhesion.utilisateur,
        )
