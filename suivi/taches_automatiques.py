"""The tasks that a fact makes by itself, each once: while one is open, the same fact adds nothing."""

from calendar import monthrange
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.models import Utilisateur
from entreprises.templatetags.formats import ecrire_date
from suivi.models import Tache
from suivi.taches import ajouter_tache

G = Tache.Genre
MOIS_POUR_DECLARER = 2
"""France: two months from the publication of the judgement (Code de commerce, art. R622-24). Elsewhere a court says."""


def reponse_a_donner(client: Client, *, aujourd_hui: date, auteur: Any = None) -> Tache:
    """The client answered: read it and reply today, by whoever saw it."""
    ouvertes = Tache.objects.a_faire().filter(client=client, genre=G.REPONDRE)
    texte = _("Lire sa réponse et lui répondre")
    return ouvertes.first() or _ajouter(client, G.REPONDRE, texte, aujourd_hui, auteur=auteur)


def rappel_a_passer(
    client: Client, pour_le: date, *, aujourd_hui: date, interlocuteur: str = "", auteur: Any = None
) -> Tache:
    """We said that we would call again."""
    texte = _("Rappeler %(qui)s") % {"qui": interlocuteur} if interlocuteur else ""
    return _ajouter(client, G.RAPPELER, texte, aujourd_hui, auteur=auteur, pour_le=pour_le)


def adresse_a_corriger(client: Client, courriel: str, *, aujourd_hui: date, auteur: Any = None) -> Tache:
    """An address was refused: someone finds the right one."""
    texte = (_("L’adresse %(courriel)s est refusée : trouvez la bonne") % {"courriel": courriel})[:300]
    ouvertes = Tache.objects.a_faire().filter(client=client, genre=G.CONTACT, texte=texte)
    return ouvertes.first() or _ajouter(client, G.CONTACT, texte, aujourd_hui, auteur=auteur)


def creance_a_declarer(client: Client, *, aujourd_hui: date, auteur: Any = None) -> Tache | None:
    """The claim is declared in time. Another date of the insolvency moves the open task; the same one adds nothing,
    even once the claim was declared. None without an insolvency."""
    if client.insolvable_le is None:
        return None
    limite = dans_deux_mois(client.insolvable_le)
    jour = ecrire_date(limite, "j F Y")
    texte = (
        _("Déclarer la créance avant le %(jour)s. À vérifier : deux mois après la publication du jugement en France.")
        if client.entreprise.pays == "FR"
        else _("Déclarer la créance. À vérifier : le délai que donne le tribunal, ici compté jusqu’au %(jour)s.")
    ) % {"jour": jour}
    siennes = Tache.objects.filter(client=client, genre=G.CREANCE)
    if deja_la := siennes.filter(texte=texte, annulee_le=None).first():
        return deja_la
    for depassee in siennes.a_faire():
        depassee.texte, depassee.pour_le, depassee.version = texte, max(limite, aujourd_hui), depassee.version + 1
        depassee.save(update_fields=["texte", "pour_le", "version", "modifie_le"])
        return depassee
    return _ajouter(client, G.CREANCE, texte, aujourd_hui, auteur=auteur, pour_le=max(limite, aujourd_hui))


def dans_deux_mois(jour: date) -> date:
    """The same day two months later; the last day of the month when there is none."""
    annee, mois = divmod(jour.year * 12 + jour.month - 1 + MOIS_POUR_DECLARER, 12)
    return date(annee, mois + 1, min(jour.day, monthrange(annee, mois + 1)[1]))


def _ajouter(
    client: Client, genre: str, texte: str, aujourd_hui: date, *, auteur: Any, pour_le: date | None = None
) -> Tache:
    return ajouter_tache(
        client,
        genre=genre,
        texte=texte,
        pour_le=pour_le or aujourd_hui,
        aujourd_hui=aujourd_hui,
        responsable=auteur if isinstance(auteur, Utilisateur) and _est_membre(client, auteur) else None,
        auteur=auteur,
    )


def _est_membre(client: Client, auteur: Utilisateur) -> bool:
    return auteur.adhesions.filter(entreprise=client.entreprise_id, est_active=True).exists()
