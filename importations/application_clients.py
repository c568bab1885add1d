"""What was kept of a list of clients, one client at a time: created, completed, changed where it was ticked.

A field is written only if it still holds what was shown.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clients.creation import ajouter_contact, creer_client, trouver_client
from clients.identites import NOMS, verifier_numeros
from clients.models import AliasClient, Client, Contact
from entreprises.champs import sans_accents
from entreprises.documents import lire
from entreprises.modeles import ecrire_si_a_jour
from importations.analyse import Lecture, lignes_de_donnees, rouvrir
from importations.fiches import FicheLue, LecteurFiches
from importations.models import Importation
from importations.propositions import Compte, Proposition, Sorte
from journal.ecriture import noter, verrouiller
from journal.models import Genre
from suivi.modification import modifier_client

Rangees = Sequence[tuple[int, Proposition]]
_PAR_CHAMP = {Sorte.COMPLEMENT, Sorte.REMPLACEMENT}


class EcritureClients:
    """Writes for one run. The rows of new clients and contacts are read again from the file, once."""

    def __init__(self, importation: Importation, a_venir: Sequence[Proposition], aujourd_hui: date) -> None:
        self.importation, self.aujourd_hui = importation, aujourd_hui
        self.entreprise = importation.entreprise
        self.lecture = Lecture.depuis_dict(importation.lecture)
        numeros = {p.ligne for p in a_venir if p.ligne and p.est_retenue}
        self.fiches = self._relire(numeros) if numeros else {}

    def recommencer(self) -> None:
        """Nothing is kept in memory between two clients."""

    def ecrire(self, retenues: Rangees, compte: Compte) -> None:
        cles = {proposition.cle for _rang, proposition in retenues if proposition.cle}
        nouveaux = [rangee for rangee in retenues if rangee[1].sorte == Sorte.CLIENT]
        contacts = [rangee for rangee in retenues if rangee[1].sorte == Sorte.CONTACT]
        if cles:
            client: Client | None = verrouiller(cles.pop())
            if client and client.fusionne_dans_id:
                compte.sautees |= {str(rang): _("client réuni à un autre entre-temps") for rang, _p in retenues}
                return
        else:
            client = self._creer(nouveaux, compte)
        if client is None:
            for rang, _proposition in contacts:
                compte.sautees[str(rang)] = _("son client n’a pas été créé")
            return
        par_champ = [rangee for rangee in retenues if rangee[1].sorte in _PAR_CHAMP]
        self._changer(client, [rangee for rangee in par_champ if rangee[1].contact is None], compte)
        self._changer_contacts(client, [rangee for rangee in par_champ if rangee[1].contact is not None], compte)
        self._ajouter(client, contacts, compte)
        self._nommer(client, retenues)

    def _relire(self, numeros: set[int]) -> dict[int, FicheLue]:
        lecteur = LecteurFiches(self.lecture, self.entreprise.pays)
        source = rouvrir(lire(self.importation.document), self.lecture)
        rangees = (rangee for rangee in lignes_de_donnees(source, self.lecture) if rangee[0] in numeros)
        return {numero: lecteur.lire(numero, cellules) for numero, cellules in rangees}

    def _creer(self, nouveaux: Rangees, compte: Compte) -> Client | None:
        """The new client, unless somebody made it meanwhile, or it was not kept."""
        if not nouveaux:
            return None
        rang, proposition = nouveaux[0]
        fiche = self.fiches[proposition.ligne or 0]
        if trouver_client(self.entreprise, code=fiche.code, numeros=fiche.numeros, nom=fiche.nom):
            compte.sautees[str(rang)] = _("créé entre-temps")
            return None
        valeurs: dict[str, Any] = {"code": fiche.code, **fiche.numeros, **fiche.client}
        client = creer_client(self.entreprise, fiche.nom or fiche.code, **valeurs)
        client = verrouiller(client.pk)
        noter(client, Genre.CLIENT_CREE, {"texte": self.importation.nom_fichier}, auteur=self.importation.par)
        compte.clients_crees += 1
        compte.creees += 1
        _compter(compte, Sorte.CLIENT)
        return client

    def _changer(self, client: Client, rangees: Rangees, compte: Compte) -> None:
        valeurs = _qui_vont_encore(client, rangees, compte)
        if not valeurs:
            return
        self._verifier_numeros(client, valeurs)
        ancien = client.nom

        def ecrire() -> bool:
            for champ, valeur in valeurs.items():
                setattr(client, champ, valeur)
            client.preparer_recherche()
            ecrire_si_a_jour(client, client.version, **valeurs, recherche=client.recherche, tri=client.tri)
            return True

        modifier_client(client, valeurs.keys(), ecrire, aujourd_hui=self.aujourd_hui, auteur=self.importation.par)
        if "nom" in valeurs:
            _ajouter_alias(client, ancien)

    def _verifier_numeros(self, client: Client, valeurs: Mapping[str, str]) -> None:
        """ValidationError when the numbers would be those of two companies, or the code somebody else's."""
        verifier_numeros({champ: valeurs.get(champ, getattr(client, champ)) for champ in NOMS})
        code = valeurs.get("code")
        if code and Client.objects.de(self.entreprise).filter(code=code).exclude(pk=client.pk).exists():
            raise ValidationError(_("Un client a déjà le code « %(code)s ».") % {"code": code})

    def _changer_contacts(self, client: Client, rangees: Rangees, compte: Compte) -> None:
        par_contact: dict[int, list[tuple[int, Proposition]]] = defaultdict(list)
        for rang, proposition in rangees:
            par_contact[proposition.contact or 0].append((rang, proposition))
        contacts = Contact.objects.filter(client=client).in_bulk(list(par_contact))
        for pk, siennes in par_contact.items():
            contact = contacts.get(pk)
            if contact is None or contact.archive_le:
                compte.sautees |= {str(rang): _("contact archivé ou déplacé entre-temps") for rang, _p in siennes}
                continue
            if valeurs := _qui_vont_encore(contact, siennes, compte):
                if "courriel" in valeurs:
                    valeurs["courriel_refuse_le"] = None  # the refusal was of the former address
                ecrire_si_a_jour(contact, contact.version, **valeurs)

    def _ajouter(self, client: Client, rangees: Rangees, compte: Compte) -> None:
        for _rang, proposition in rangees:
            dit = self.fiches[proposition.ligne or 0].contact
            ajouter_contact(client, **dit)
            _compter(compte, Sorte.CONTACT)

    def _nommer(self, client: Client, retenues: Rangees) -> None:
        """The first name is kept, others become aliases (R16), so that the next file is understood."""
        for _rang, proposition in retenues:
            fiche = self.fiches.get(proposition.ligne or 0)
            if fiche and fiche.nom:
                _ajouter_alias(client, fiche.nom)


def _qui_vont_encore(existant: Client | Contact, rangees: Rangees, compte: Compte) -> dict[str, Any]:
    """The values whose field still holds what was shown; the others are passed over, and said."""
    valeurs: dict[str, Any] = {}
    for rang, proposition in rangees:
        if getattr(existant, proposition.champ) != proposition.avant:
            compte.sautees[str(rang)] = _("la valeur a changé entre-temps")
            continue
        valeurs[proposition.champ] = proposition.apres
        _compter(compte, proposition.sorte)
    return valeurs


def _ajouter_alias(client: Client, nom: str) -> None:
    normalise = sans_accents(nom)[:200]
    if normalise and normalise != client.tri:
        AliasClient.objects.get_or_create(
            entreprise_id=client.entreprise_id, client=client, nom_normalise=normalise, defaults={"nom": nom[:200]}
        )


def _compter(compte: Compte, sorte: str) -> None:
    compte.faites[sorte] = compte.faites.get(sorte, 0) + 1
