"""Which clients are likely to be one and the same, and how two cards differ. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.identites import NOMS, cles_legales, numeros_de
from clients.models import AliasClient, Client, Contact
from entreprises.templatetags.formats import jour_texte
from factures.encours import Encours, par_devise
from factures.models import Echeance, Facture

PROPOSES = 12
SIEGE = ("siege_ligne1", "siege_ligne2", "siege_code_postal", "siege_ville", "siege_pays")
GROUPES: dict[str, tuple[str, ...]] = {
    "nom": ("nom",),
    "code": ("code",),
    "genre": ("genre",),
    "forme_juridique": ("forme_juridique",),
    "langue": ("langue",),
    "numeros": tuple(NOMS),
    "siege": SIEGE,
    "livraison": ("livraison_adresse",),
    "ne_pas_relancer": ("ne_pas_relancer", "ne_pas_relancer_motif"),
    "insolvable": ("insolvable_le",),
}
"""What is chosen together when two cards differ: an address is not mixed with another, nor numbers of two companies."""
CLES = frozenset({"code", *NOMS})
LIBELLES = {
    "nom": gettext_lazy("Nom"),
    "code": gettext_lazy("Code client"),
    "genre": gettext_lazy("Type de client"),
    "forme_juridique": gettext_lazy("Forme juridique"),
    "langue": gettext_lazy("Langue"),
    "numeros": gettext_lazy("Numéros légaux"),
    "siege": gettext_lazy("Siège"),
    "livraison": gettext_lazy("Adresse de livraison"),
    "ne_pas_relancer": gettext_lazy("Ne pas relancer"),
    "insolvable": gettext_lazy("Procédure collective"),
}


@dataclass(frozen=True, slots=True)
class Proposition:
    """Another client, and why it may be the same; `raison` is empty when it was only searched for."""

    client: Client
    raison: str


@dataclass(frozen=True, slots=True)
class Fiche:
    """One of the two cards, side by side."""

    client: Client
    contacts: list[Contact]
    encours: list[Encours]
    factures: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A group of values that differ: in words, for each client by key; `proposee` is the key of the one proposed."""

    groupe: str
    libelle: str
    valeurs: dict[int, str] = field(default_factory=dict)
    proposee: int = 0


def propositions(client: Client, recherche: str = "") -> list[Proposition]:
    """With words, the clients that match them; else the likely duplicates. A constant number of queries."""
    autres = Client.objects.de(client.entreprise).actifs().exclude(pk=client.pk).order_by("tri", "pk")
    if recherche.strip():
        return [Proposition(autre, "") for autre in autres.cherchant(recherche)[:PROPOSES]]
    raisons: dict[int, str] = {}
    for raison, condition in _ressemblances(client):
        for pk in autres.filter(condition).values_list("pk", flat=True)[:PROPOSES]:
            raisons.setdefault(pk, raison)
    trouves = autres.in_bulk(list(raisons)[:PROPOSES])
    return [Proposition(trouves[pk], raison) for pk, raison in raisons.items() if pk in trouves]


def _ressemblances(client: Client) -> list[tuple[str, Q]]:
    """The strongest first: a legal number, a name, an address of email."""
    noms = [client.tri, *client.alias.values_list("nom_normalise", flat=True)]
    alias = AliasClient.objects.filter(entreprise=client.entreprise_id, nom_normalise__in=noms)
    courriels = {c.lower() for c in client.contacts.exclude(courriel="").values_list("courriel", flat=True)}
    trouvees = [(_("même nom"), Q(tri__in=noms) | Q(pk__in=alias.values("client")))]
    if numeros := list(_memes_numeros(client)):
        trouvees.insert(0, (_("même numéro légal"), reduce(or_, numeros)))
    if courriels:
        contacts = Contact.objects.filter(entreprise=client.entreprise_id)
        memes = contacts.filter(reduce(or_, [Q(courriel__iexact=courriel) for courriel in sorted(courriels)[:20]]))
        trouvees.append((_("même courriel"), Q(pk__in=memes.values("client"))))
    return trouvees


def _memes_numeros(client: Client) -> Any:
    for cle in cles_legales(numeros_de(client)):
        champ, numero = cle.split(":", 1)
        yield Q(**{champ: numero})
        if champ == "siren":
            yield Q(siret__startswith=numero)


def lire_fiche(client: Client, au: date) -> Fiche:
    """What tells two cards apart: who is there, what they owe, how many invoices."""
    return Fiche(
        client=client,
        contacts=list(client.contacts.filter(archive_le=None)),
        encours=par_devise(Echeance.objects.filter(client=client), au),
        factures=Facture.objects.filter(client=client).count(),
    )


def differences(premier: Client, second: Client) -> list[Difference]:
    """The groups of values that are not the same, in the order of the form."""
    return [
        Difference(
            groupe,
            str(LIBELLES[groupe]),
            {c.pk: en_mots(c, groupe) for c in (premier, second)},
            _proposee(premier, second, champs),
        )
        for groupe, champs in GROUPES.items()
        if any(getattr(premier, champ) != getattr(second, champ) for champ in champs)
    ]


def _proposee(premier: Client, second: Client, champs: Sequence[str]) -> int:
    """The fuller one; the first when they are alike. What holds reminders back is never lost by default."""
    remplis = [sum(bool(getattr(c, champ)) for champ in champs) for c in (premier, second)]
    return second.pk if remplis[1] > remplis[0] else premier.pk


def en_mots(client: Client, groupe: str) -> str:
    """The value as one reads it; a dash for nothing."""
    if groupe == "ne_pas_relancer":
        return (client.ne_pas_relancer_motif or _("oui")) if client.ne_pas_relancer else _("non")
    mots = {
        "genre": client.get_genre_display,
        "langue": lambda: {"fr": _("Français"), "en": _("Anglais")}.get(client.langue, client.langue),
        "siege": lambda: ", ".join(client.adresse_siege),
        "numeros": lambda: ", ".join(f"{champ.upper()} {numero}" for champ, numero in numeros_de(client).items()),
        "insolvable": lambda: jour_texte(client.insolvable_le) if client.insolvable_le else "",
    }
    lire = mots.get(groupe, lambda: getattr(client, GROUPES[groupe][0]))
    return str(lire()) or "–"
