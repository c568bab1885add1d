"""Two cards of one client are made one: every row of the absorbed client goes to the one that is kept.

Conventions
* `DEPLACEES` names every column that points to a client and moves, `RESTENT` those that don't. A test compares them
  with the models: a new room's row can't be forgotten.
* The journals stay with their own client, each with its chain; the kept client's timeline shows both.
* What moved is recorded by id, so that `fusion_defaite.defaire` moves back those rows and no others.
* Keys by which files find the absorbed client (code, legal numbers, names) go on leading to the kept one (R16).
* One open act at most in a currency: of two, one that a person has not printed yet is cancelled, and the night decides
  again for the whole.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clients.models import AliasClient, Client, Fusion
from entreprises.champs import sans_accents
from entreprises.modeles import Perimee
from entreprises.refus import refus
from factures.examen import a_revoir
from factures.models import Echeance
from journal.ecriture import noter
from journal.lot import verrouiller_lot
from journal.models import Genre
from noyau.echelle import Motif
from relances import statuts
from relances.doublons import CLES, GROUPES
from relances.models import Affectation, Relance

DEPLACEES = (
    ("clients.AliasClient", "client"),
    ("clients.Contact", "client"),
    ("clients.Client", "fusionne_dans"),
    ("factures.Facture", "client"),
    ("factures.Echeance", "client"),
    ("factures.Avoir", "client"),
    ("encaissements.Reglement", "client"),
    ("suivi.Litige", "client"),
    ("suivi.Promesse", "client"),
    ("suivi.Pause", "client"),
    ("suivi.Appel", "client"),
    ("suivi.Tache", "client"),
    ("relances.Affectation", "client"),
    ("relances.Relance", "client"),
)
RESTENT = (
    ("journal.Evenement", "client"),  # the chain of each client
    ("clients.Fusion", "garde"),
    ("clients.Fusion", "absorbe"),
)
REUNION = Motif("fusion")
S = Relance.Statut


@transaction.atomic
def reunir(
    garde: Client,
    absorbe: Client,
    choix: Mapping[str, str],
    versions: Mapping[int, int],
    *,
    aujourd_hui: date,
    instant: datetime,
    auteur: Any = None,
) -> Fusion:
    """Move all that `absorbe` has to `garde`. `choix`: by group of `GROUPES`, "absorbe" where its value is taken.

    Perimee when one of the cards is not of its version any more; ValidationError when one was merged already, or when
    open acts forbid it.
    """
    if garde.entreprise_id != absorbe.entreprise_id or garde.pk == absorbe.pk:
        raise ValueError("two clients of one company are merged")
    clients = verrouiller(garde.pk, absorbe.pk)
    garde, absorbe = clients[garde.pk], clients[absorbe.pk]
    _exiger_libres(garde, absorbe)
    if any(clients[pk].version != version for pk, version in versions.items()):
        raise Perimee
    departager_les_actes(absorbe, garde, aujourd_hui, instant)
    deplacees: dict[str, Any] = {"valeurs": _choisir(garde, absorbe, choix)}
    for label, champ in DEPLACEES:
        deplacees[label] = deplacer(_a_deplacer(label, champ, absorbe, garde), champ, garde)
    deplacees["alias_ajoutes"] = _nommer(garde, absorbe, deplacees["valeurs"]["garde"].get("nom", ""))
    deplacees["archive_le"] = absorbe.archive_le.isoformat() if absorbe.archive_le else None
    absorbe.archive_le, absorbe.fusionne_dans = absorbe.archive_le or instant, garde
    ecrire_fiches(garde, absorbe)
    fusion = Fusion.objects.create(
        entreprise_id=garde.entreprise_id, garde=garde, absorbe=absorbe, par=auteur, deplacees=deplacees
    )
    a_revoir(Echeance.objects.filter(client=garde), aujourd_hui)
    noter(garde, Genre.FUSION, {"absorbe": absorbe.nom, "fusion": fusion.pk}, auteur=auteur, instant=instant)
    noter(absorbe, Genre.FUSION, {"garde": garde.nom, "fusion": fusion.pk}, auteur=auteur, instant=instant)
    return fusion


def verrouiller(*clients: int) -> dict[int, Client]:
    """These clients and those merged into them, locked in one order."""
    fusionnes = Client.objects.filter(fusionne_dans__in=clients).values_list("pk", flat=True)
    return verrouiller_lot([*clients, *fusionnes])


def deplacer(lignes: Any, champ: str, vers: Client) -> list[int]:
    """Have these rows point to `vers`. Their ids."""
    pks = sorted(lignes.values_list("pk", flat=True))
    valeurs: dict[str, Any] = {champ: vers, "modifie_le": timezone.now()}
    if lignes.model is Relance:
        valeurs["deplacee"] = True  # both clients may have had an act on the same night
    lignes.update(**valeurs)
    return pks


def ecrire_fiches(*fiches: Client) -> None:
    """Write the cards; a form opened before says that they changed. Codes are unique: the old ones leave first."""
    Client.objects.filter(pk__in=[fiche.pk for fiche in fiches]).update(code="")
    for fiche in fiches:
        fiche.version += 1
        fiche.save()


def departager_les_actes(cede: Client, garde: Client, au: date, instant: datetime) -> None:
    """One open act at most is left in each currency: that of `cede` is cancelled first. ValidationError when an email
    is leaving, or when neither act can be taken back."""
    ouverts = list(Relance.objects.ouvertes().filter(client__in=[cede, garde]).select_related("etape", "client"))
    if any(acte.statut == S.EN_COURS for acte in ouverts):
        raise refus("actes", _("Un courriel est en train de partir : recommencez dans quelques minutes."), "en_cours")
    for devise in {acte.devise for acte in ouverts}:
        siens = sorted((a for a in ouverts if a.devise == devise), key=lambda a: a.client_id != cede.pk)
        if len(siens) < 2:
            continue
        annulable = next((acte for acte in siens if peut_etre_annule(acte)), None)
        if annulable is None:
            message = _("Les deux clients ont un acte en cours en %(devise)s : dites d’abord ce qu’ils sont devenus.")
            raise refus("actes", message, "actes_ouverts", devise=devise)
        statuts.annuler(annulable, cede if annulable.client_id == cede.pk else garde, REUNION, au=au, instant=instant)


def peut_etre_annule(acte: Relance) -> bool:
    """Nothing of it left, and no paper of it is on its way to the post."""
    return acte.statut in {S.A_VALIDER, S.A_ENVOYER} and acte.imprimee_le is None


def _exiger_libres(*clients: Client) -> None:
    for client in clients:
        if client.fusionne_dans_id is not None:
            message = _("« %(nom)s » est déjà réuni avec un autre client.")
            raise refus("client", message, "fusionne", nom=client.nom)


def _a_deplacer(label: str, champ: str, absorbe: Client, garde: Client) -> Any:
    """The rows that move. What the kept client has already, and may have but once, stays where it is."""
    modele: Any = apps.get_model(label)
    lignes = modele._default_manager.filter(**{champ: absorbe})
    if modele is AliasClient:
        return lignes.exclude(nom_normalise__in=list(garde.alias.values_list("nom_normalise", flat=True)))
    if modele is Affectation and Affectation.objects.filter(client=garde, facture=None).exists():
        return lignes.exclude(facture=None)
    return lignes


def _choisir(garde: Client, absorbe: Client, choix: Mapping[str, str]) -> dict[str, Any]:
    """Give `garde` the chosen values. A key that it gives up goes to the absorbed card, where files still find it."""
    valeurs: dict[str, dict[str, Any]] = {"garde": {}, "absorbe": {}, "apres": {}}
    for groupe, champs in GROUPES.items():
        if choix.get(groupe) != "absorbe":
            continue
        for champ in champs:
            avant, apres = getattr(garde, champ), getattr(absorbe, champ)
            if avant == apres:
                continue
            valeurs["garde"][champ], valeurs["apres"][champ] = en_json(avant), en_json(apres)
            setattr(garde, champ, apres)
            if champ in CLES:
                valeurs["absorbe"][champ] = en_json(apres)
                setattr(absorbe, champ, avant)
    return valeurs


def en_json(valeur: Any) -> Any:
    return valeur.isoformat() if isinstance(valeur, date) else valeur


def _nommer(garde: Client, absorbe: Client, ancien: str) -> list[int]:
    """The kept client is known by both names from now on (R16). The ids of the aliases that were added."""
    connus = {sans_accents(garde.nom), *garde.alias.values_list("nom_normalise", flat=True)}
    return [alias.pk for alias in _alias(garde, (absorbe.nom, ancien), connus)]


def _alias(garde: Client, noms: Iterable[str], connus: set[str]) -> Iterable[AliasClient]:
    for nom in noms:
        normalise = sans_accents(nom)[:200]
        if normalise and normalise not in connus:
            connus.add(normalise)
            yield AliasClient.objects.create(
                entreprise_id=garde.entreprise_id, client=garde, nom=nom, nom_normalise=normalise
            )
