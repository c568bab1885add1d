"""A list of clients compared with ours: what is new, what completes, what differs, nothing being written.

Conventions
* The client is found by the key of R16: code, else legal number, else name. A name under which we know it already is no
  difference.
* An empty field is completed. A value that differs is shown, and left as it is unless the person ticks it.
* A contact is found by its address of email, else by its name; by its telephone when the row tells nothing else. One
  that was archived stays so.
* Two rows of one client that contradict each other: the second is refused, at its field.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clients.creation import IndexClients
from clients.identites import verifier_numeros
from clients.models import AliasClient, Client, Contact
from entreprises.champs import sans_accents
from entreprises.models import Entreprise
from importations.analyse import Lecture, lignes_de_donnees
from importations.fiches import FicheLue, LecteurFiches
from importations.lecture import Source
from importations.propositions import Compte, Proposition, Sorte
from importations.refus import FichierRefuse, LigneRefusee, Refus

LIGNES_MAXIMUM = 20_000
COLONNES_DU_FICHIER = {"code": "client_code", "nom": "client_nom"}
_DE_CONTACT = {"nom": "contact", "fonction": "role"}


def comparer_clients(entreprise: Entreprise, source: Source, lecture: Lecture) -> tuple[list[Proposition], Compte]:
    """What this list would change. FichierRefuse when the reading is incomplete, or the file too long."""
    lecture.verifier()
    if lecture.nombre > LIGNES_MAXIMUM:
        message = _("Une liste de clients compte %(n)s lignes au plus : découpez le fichier.")
        raise FichierRefuse(message % {"n": LIGNES_MAXIMUM})
    comparaison = _Comparaison(entreprise)
    lecteur = LecteurFiches(lecture, entreprise.pays)
    for numero, cellules in lignes_de_donnees(source, lecture):
        comparaison.compte.lues += 1
        try:
            comparaison.comparer(lecteur.lire(numero, cellules))
        except LigneRefusee as refusee:
            comparaison.compte.refuser(Refus(numero, refusee.champ, refusee.raison))
    return comparaison.propositions, comparaison.compte


class _Comparaison:
    """One run over a file. The company's clients, their other names and their contacts are in memory: four queries."""

    def __init__(self, entreprise: Entreprise) -> None:
        self.entreprise = entreprise
        self.index = IndexClients(entreprise)
        self.compte = Compte()
        self.propositions: list[Proposition] = []
        self.alias: dict[int, set[str]] = defaultdict(set)
        for pk, nom in AliasClient.objects.filter(entreprise=entreprise).values_list("client_id", "nom_normalise"):
            self.alias[pk].add(nom)
        self.contacts: dict[int, list[Contact]] = defaultdict(list)
        for contact in Contact.objects.filter(entreprise=entreprise):
            self.contacts[contact.client_id].append(contact)
        self._groupes: dict[int, str] = {}
        self._vues: dict[str, dict[str, str]] = defaultdict(dict)
        self._contacts_vus: dict[str, list[Contact]] = defaultdict(list)

    def comparer(self, fiche: FicheLue) -> None:
        """LigneRefusee, with nothing proposed, when the row cannot be taken."""
        try:
            client = self.index.trouver(code=fiche.code, numeros=fiche.numeros, nom=fiche.nom)
            groupe = self._groupe(client, fiche)
            self._verifier_accord(groupe, fiche)
            if client is None:
                self._proposer_client(fiche)
                return
            if client.pk is None:
                propositions: list[Proposition] = []
                self.index.completer(client, code=fiche.code, numeros=fiche.numeros)
            else:
                propositions = self._ecarts(client, fiche, groupe)
        except ValidationError as erreur:
            raise _en_refus(erreur) from erreur
        propositions += self._comparer_contact(client, fiche, groupe)
        if client.pk is None:
            self.compte.regroupees += 1
        elif not propositions:
            self.compte.inchangees += 1
        self._vues[groupe] |= _dites(fiche)
        self.propositions += propositions

    def _groupe(self, client: Client | None, fiche: FicheLue) -> str:
        if client is not None and client.pk:
            return f"c{client.pk}"
        return self._groupes.get(id(client), f"n{fiche.ligne}")

    def _verifier_accord(self, groupe: str, fiche: FicheLue) -> None:
        """A value that a row above said otherwise of the same client."""
        vues = self._vues[groupe]
        for champ, valeur in _dites(fiche).items():
            if champ in vues and not _sont_egales(champ, vues[champ], valeur):
                message = _("une autre ligne de ce client dit « %(autre)s »") % {"autre": vues[champ][:60]}
                raise LigneRefusee(COLONNES_DU_FICHIER.get(champ, champ), message)

    def _proposer_client(self, fiche: FicheLue) -> None:
        client = self.index.preparer(fiche.nom or fiche.code, code=fiche.code, **fiche.numeros, **fiche.client)
        groupe = self._groupes[id(client)] = f"n{fiche.ligne}"
        cle = fiche.code or client.numero_legal
        self.propositions.append(
            Proposition(
                sorte=Sorte.CLIENT, groupe=groupe, client=client.nom, objet=cle, ligne=fiche.ligne, apres=client.nom
            )
        )
        self._vues[groupe] |= _dites(fiche)
        if fiche.contact:
            self._contacts_vus[groupe].append(Contact(**fiche.contact))
            self.propositions.append(_nouveau_contact(fiche, groupe, client))

    def _ecarts(self, client: Client, fiche: FicheLue, groupe: str) -> list[Proposition]:
        """Field by field, what an existing client would be given or changed. ValidationError for numbers of two
        companies."""
        dites = {champ: valeur for champ, valeur in _dites(fiche).items() if champ not in self._vues[groupe]}
        if "nom" in dites and sans_accents(fiche.nom)[:200] in self.alias[client.pk]:
            del dites["nom"]
        if client.code:
            dites.pop("code", None)  # another code is that of a client merged into this one
        propositions = _par_champ(dites, client, fiche, groupe, client)
        completes = {p.champ: p.apres for p in propositions if p.sorte == Sorte.COMPLEMENT}
        numeros = {champ: completes.get(champ) or getattr(client, champ) for champ in fiche.numeros}
        verifier_numeros({**{c: getattr(client, c) for c in ("siren", "siret", "tva", "bce")}, **numeros})
        self._completer_en_memoire(client, fiche, completes)
        return propositions

    def _completer_en_memoire(self, client: Client, fiche: FicheLue, completes: Mapping[str, str]) -> None:
        """The next rows find the client by the code and the numbers that this one brings."""
        numeros = {champ: numero for champ, numero in fiche.numeros.items() if champ in completes}
        self.index.completer(client, code=completes.get("code", ""), numeros=numeros)

    def _comparer_contact(self, client: Client, fiche: FicheLue, groupe: str) -> list[Proposition]:
        if not fiche.contact:
            return []
        connus = [*self.contacts.get(client.pk or 0, ()), *self._contacts_vus[groupe]]
        trouve = _trouver_contact(connus, fiche.contact)
        if trouve is None:
            self._contacts_vus[groupe].append(Contact(**fiche.contact))
            return [_nouveau_contact(fiche, groupe, client)]
        if trouve.archive_le or trouve.pk is None:
            return []
        return _par_champ(fiche.contact, trouve, fiche, groupe, client)


def _par_champ(
    dites: Mapping[str, str], existant: Client | Contact, fiche: FicheLue, groupe: str, client: Client
) -> list[Proposition]:
    """A proposal for each field of the client or of the contact that is empty, or differs."""
    contact = existant if isinstance(existant, Contact) else None
    propositions = []
    for champ, valeur in dites.items():
        avant = getattr(existant, champ)
        if _sont_egales(champ, avant, valeur):
            continue
        propositions.append(
            Proposition(
                sorte=Sorte.REMPLACEMENT if avant else Sorte.COMPLEMENT,
                groupe=groupe,
                client=client.nom,
                objet=str(contact) if contact else "",
                ligne=fiche.ligne,
                cle=client.pk,
                contact=contact.pk if contact else None,
                champ=champ,
                avant=avant,
                apres=valeur,
                est_retenue=not avant,
            )
        )
    return propositions


def _nouveau_contact(fiche: FicheLue, groupe: str, client: Client) -> Proposition:
    morceaux = [fiche.contact.get(champ, "") for champ in ("nom", "courriel", "telephone")]
    return Proposition(
        sorte=Sorte.CONTACT,
        groupe=groupe,
        client=client.nom,
        objet=", ".join(morceau for morceau in morceaux if morceau),
        ligne=fiche.ligne,
        cle=client.pk,
    )


def _trouver_contact(connus: Iterable[Contact], dit: Mapping[str, str]) -> Contact | None:
    # A switchboard's number is shared: it tells who only where nothing else does.
    cles = ("courriel", "nom") if dit.get("courriel") or dit.get("nom") else ("telephone",)
    for champ in cles:
        if valeur := dit.get(champ):
            for contact in connus:
                if getattr(contact, champ) and _sont_egales(champ, getattr(contact, champ), valeur):
                    return contact
    return None


def _dites(fiche: FicheLue) -> dict[str, str]:
    """The columns of the client that the row fills in."""
    cles = {"code": fiche.code, "nom": fiche.nom}
    return {**{champ: valeur for champ, valeur in cles.items() if valeur}, **fiche.numeros, **fiche.client}


def _sont_egales(champ: str, avant: str, apres: str) -> bool:
    if champ == "telephone":
        return _chiffres(avant) == _chiffres(apres)
    return avant == apres if champ == "code" else sans_accents(avant) == sans_accents(apres)


def _chiffres(numero: str) -> str:
    return "".join(c for c in numero if c.isdigit())


def _en_refus(erreur: ValidationError) -> LigneRefusee:
    champ, messages = (
        next(iter(erreur.message_dict.items())) if hasattr(erreur, "error_dict") else ("", erreur.messages)
    )
    return LigneRefusee(COLONNES_DU_FICHIER.get(champ, champ or "ligne"), messages[0])
