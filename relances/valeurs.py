"""The variables that a text may use: each one's meaning, and how it is computed from the act.

A variable that has nothing to say is blank: its segment, or its line, disappears. Values are one line of clean text;
only the blocks (`relances.blocs_calcules`) are more.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import Client, Contact
from noyau.gabarits import Brut
from relances import blocs_calcules, faits, mentions
from relances.blocs import nettoyer
from relances.contexte import Contexte

Calcul = Callable[[Contexte], str]


@dataclass(frozen=True)
class Variable:
    """`est_bloc`: more than one line; it may not stand in a subject."""

    description: str | Promise
    calcul: Calcul
    est_bloc: bool = False


class Valeurs(Mapping[str, str]):
    """The values of an act, computed when they are read. `avec_blocs` false: for a subject."""

    def __init__(self, contexte: Contexte, *, avec_blocs: bool = True) -> None:
        self._contexte, self._noms = contexte, NOMS if avec_blocs else NOMS_OBJET
        self._lues: dict[str, str] = {}

    def __contains__(self, nom: object) -> bool:
        return nom in self._noms

    def __getitem__(self, nom: str) -> str:
        if nom not in self._noms:
            raise KeyError(nom)
        if nom not in self._lues:
            valeur = VARIABLES[nom].calcul(self._contexte)
            self._lues[nom] = valeur if isinstance(valeur, Brut) else nettoyer(valeur)
        return self._lues[nom]

    def __iter__(self) -> Iterator[str]:
        return iter(self._noms)

    def __len__(self) -> int:
        return len(self._noms)


# The people


def nom_de_famille(nom: str) -> str:
    """What follows the first name; a name typed « MARTIN Paule » is known by its capitals."""
    mots = nettoyer(nom).split()
    capitales = [mot for mot in mots if len(mot) > 1 and mot.isupper()]
    if capitales and len(capitales) < len(mots):
        return " ".join(capitales)
    return " ".join(mots[1:]) if len(mots) > 1 else "".join(mots)


def _personne(contexte: Contexte) -> Contact | None:
    """The person greeted by name: not in a letter to a company, which goes to its legal representative."""
    est_personnel = contexte.est_courriel or contexte.client.genre == Client.Genre.PARTICULIER
    contact = contexte.contact
    return contact if contact and contact.civilite and est_personnel else None


def _appel(c: Contexte) -> str:
    personne = _personne(c)
    return c.plume.mot(personne.civilite) if personne else c.plume.mot("madame_monsieur")


def _salutation(c: Contexte) -> str:
    personne = _personne(c)
    nomme = f"{c.plume.mot(personne.civilite)} {nom_de_famille(personne.nom)}".strip() if personne else ""
    est_anglais = c.plume.langue == "en"
    if not c.est_courriel:
        appel = nomme if est_anglais and nomme else _appel(c)
        return f"{c.plume.mot('bonjour')} {appel}," if est_anglais else f"{appel},"
    return f"{c.plume.mot('bonjour')} {nomme}," if nomme else c.plume.mot("bonjour_inconnu")


# The debt


def _objet_factures(c: Contexte) -> str:
    nombre = len(c.factures)
    return f"{c.plume.mot('facture')} {c.factures[0].numero}" if nombre == 1 else f"{nombre} {c.plume.mot('factures')}"


def _date_echeance(c: Contexte) -> str:
    return c.plume.date_longue(c.date_echeance) if c.date_echeance else ""


def _montant_echeance(c: Contexte) -> str:
    return c.plume.montant(c.lignes[0].montant, c.devise) if len(c.lignes) == 1 else ""


def _transmission(c: Contexte) -> str:
    facture = c.facture
    if facture is None or facture.transmise_le is None:
        return ""
    mot = "deposee" if facture.transmise_par == facture.CanalTransmission.PLATEFORME else "transmise"
    return c.plume.mot(mot, date=c.plume.date_longue(facture.transmise_le))


def _total(c: Contexte) -> str:
    return c.plume.montant(c.total, c.devise)


def _de_la_facture(champ: str) -> Calcul:
    return lambda c: getattr(c.facture, champ) if c.facture else ""


def _date_facture(c: Contexte) -> str:
    return c.plume.date_longue(c.facture.date_emission) if c.facture else ""


def _de_la_remise(ecrire: Callable[[Contexte], str]) -> Calcul:
    return lambda c: ecrire(c) if len(c.remises) == 1 else ""


def _de_l_entreprise(champ: str) -> Calcul:
    return lambda c: getattr(c.entreprise, champ)


def _siren(c: Contexte) -> str:
    return mentions.grouper(c.entreprise.siren, 3)


VARIABLES: dict[str, Variable] = {
    "contact.salutation": Variable(_("« Bonjour Madame Martin, » ; en courrier « Madame, Monsieur, »"), _salutation),
    "contact.appel": Variable(_("« Madame, Monsieur », pour la formule finale d’un courrier"), _appel),
    "contact.nom": Variable(_("le nom du contact"), lambda c: c.contact.nom if c.contact else ""),
    "client.nom": Variable(_("le nom du client"), lambda c: c.client.nom),
    "client.adresse": Variable(_("son siège, sur une ligne"), lambda c: ", ".join(c.client.adresse_siege)),
    "client.numero_legal": Variable(_("son SIREN, son n° BCE, IDE ou NEQ"), lambda c: c.client.numero_legal),
    "entreprise.nom": Variable(_("le nom de votre entreprise"), _de_l_entreprise("nom")),
    "entreprise.adresse": Variable(
        _("son adresse, sur une ligne"), lambda c: ", ".join(mentions.adresse(c.entreprise))
    ),
    "entreprise.siren": Variable(_("son SIREN"), _siren),
    "entreprise.bce": Variable(_("son n° BCE"), _de_l_entreprise("bce")),
    "entreprise.neq": Variable(_("son NEQ"), _de_l_entreprise("neq")),
    "entreprise.taxes": Variable(_("ses n° de TPS et de TVQ"), lambda c: mentions.taxes(c.entreprise, c.plume)),
    "entreprise.telephone": Variable(_("son téléphone"), _de_l_entreprise("telephone")),
    "entreprise.courriel": Variable(_("son courriel"), _de_l_entreprise("courriel")),
    "entreprise.mediateur": Variable(_("le médiateur de la consommation"), _de_l_entreprise("mediateur")),
    "signataire.nom": Variable(_("qui signe"), _de_l_entreprise("signataire_nom")),
    "signataire.qualite": Variable(_("en quelle qualité"), _de_l_entreprise("signataire_qualite")),
    "facture.numero": Variable(_("le numéro, s’il n’y a qu’une facture"), _de_la_facture("numero")),
    "facture.date": Variable(_("sa date, s’il n’y a qu’une facture"), _date_facture),
    "facture.objet": Variable(_("son objet, s’il n’y a qu’une facture"), _de_la_facture("objet")),
    "facture.commande": Variable(_("la référence de commande"), _de_la_facture("reference_commande")),
    "facture.transmission": Variable(_("« transmise le 3 mars 2026 », si c’est connu"), _transmission),
    "echeance.date": Variable(_("l’échéance, si elle est la même pour tout"), _date_echeance),
    "echeance.montant": Variable(_("le montant de l’échéance, s’il n’y en a qu’une"), _montant_echeance),
    "objet.factures": Variable(_("« facture F-2026-014 » ou « 3 factures »"), _objet_factures),
    "total.echu": Variable(_("la somme demandée"), _total),
    "total.a_echoir": Variable(_("la somme demandée, avant l’échéance"), _total),
    "delai.date": Variable(_("la date limite donnée"), lambda c: c.plume.date_delai(c.delai_le) if c.delai_le else ""),
    "delai.jours": Variable(_("le délai donné, en jours"), lambda c: str(c.relance.etape.delai_jours)),
    "message.designation": Variable(
        _("« ce message » ou « cette lettre »"),
        lambda c: c.plume.mot("ce_message" if c.est_courriel else "cette_lettre"),
    ),
    "message.date": Variable(_("la date du message"), lambda c: c.plume.date_longue(c.au)),
    "escompte.taux": Variable(
        _("le taux d’escompte encore acquis"), _de_la_remise(lambda c: c.plume.taux(c.remises[0].taux))
    ),
    "escompte.montant": Variable(
        _("son montant"), _de_la_remise(lambda c: c.plume.montant(c.remises[0].montant, c.devise))
    ),
    "escompte.net": Variable(
        _("ce qu’il reste alors à régler"), _de_la_remise(lambda c: c.plume.montant(c.remises[0].net, c.devise))
    ),
    "escompte.date": Variable(_("jusqu’à quand"), _de_la_remise(lambda c: c.plume.date_longue(c.remises[0].jusqu_au))),
    "bloc.escompte": Variable(_("la phrase de l’escompte, tant qu’il est acquis"), blocs_calcules.escompte),
    "bloc.historique": Variable(
        _("« nos messages des 9 et 19 octobre », toujours après « Malgré »"), lambda c: faits.en_mots(c.faits, c.plume)
    ),
    "bloc.factures_contestees": Variable(_("les factures contestées, laissées de côté"), blocs_calcules.contestees),
    "bloc.copies": Variable(_("« Une copie de la facture est jointe. », si c’est le cas"), blocs_calcules.copies),
    "tableau.factures": Variable(_("le tableau des factures"), blocs_calcules.tableau, est_bloc=True),
    "bloc.pour_information": Variable(_("les autres factures échues"), blocs_calcules.pour_information, est_bloc=True),
    "bloc.moyens_paiement": Variable(
        _("vos moyens de paiement, avec le code QR"), blocs_calcules.moyens_paiement, est_bloc=True
    ),
    # Empty until penalties are computed: the formal demand asks for the principal and reserves the rest.
    "bloc.decompte": Variable(_("le décompte (pénalités et indemnité)"), lambda c: "", est_bloc=True),
    "bloc.signature": Variable(_("la signature"), blocs_calcules.signature, est_bloc=True),
}

NOMS = frozenset(VARIABLES)
NOMS_OBJET = frozenset(nom for nom, variable in VARIABLES.items() if not variable.est_bloc)
"""What a body may use, and what a subject may."""
