"""What waits for a person and is no act: tasks, broken promises, disputes, ladders at their end, clients set aside."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Window
from django.utils.translation import gettext, gettext_lazy

from clients.models import Client
from entreprises.models import Entreprise
from entreprises.templatetags.formats import ecrire_date, jour_texte
from factures.models import Echeance, Facture
from noyau.montants import ZERO
from relances.decision import decider
from relances.ecrans.points import LIMITE, Code, Groupe, Point, depuis
from relances.models import Nuit, Reglages, Relance
from suivi.models import Litige, Promesse, Tache
from suivi.promesses import etats_des_promesses

EXAMINES = 200  # accounts looked at in a kind whose rule the database can't tell


def autres_groupes(entreprise: Entreprise, au: date) -> Iterable[Groupe]:
    """One query for each kind; the empty ones are left out."""
    groupes = (
        taches(entreprise, au),
        promesses(entreprise, au),
        litiges(entreprise, au),
        epuisees(entreprise, au),
        ecartes(entreprise),
    )
    return [groupe for groupe in groupes if groupe.total]


def taches(entreprise: Entreprise, au: date) -> Groupe:
    """Those of today and before, the oldest first."""
    dues = Tache.objects.de(entreprise).a_montrer().filter(pour_le__lte=au)
    lues = list(dues.annotate(effectif=Window(Count("pk")))[:LIMITE])
    points = [
        Point(
            qui=tache.client.nom,
            quoi=f"{tache} ({tache.responsable})" if tache.responsable else str(tache),
            quand=depuis(tache.pour_le, au),
            client=tache.client_id,
            facture=tache.facture_id,
        )
        for tache in lues
    ]
    return Groupe(Code.TACHES, lues[0].effectif if lues else 0, points)


def promesses_rompues(entreprise: Entreprise, au: date) -> list[Promesse]:
    """Those whose date and grace (working days) are over, on which nothing came in, and that no act has followed."""
    reglages = Reglages.objects.filter(entreprise=entreprise).first() or Reglages()
    limite = entreprise.calendrier().ajouter_ouvres(au, -reglages.grace_promesse)
    compte = {"client": OuterRef("client"), "devise": OuterRef("devise")}
    echues = Echeance.objects.filter(**compte, solde__gt=0, date_echeance__lt=au, facture__annulee_le=None)
    suites = Relance.objects.parties().filter(**compte, date_decision__gt=OuterRef("date_promise"))
    passees = (
        Promesse.objects.filter(entreprise=entreprise, tenue_le=None, annulee_le=None, date_promise__lt=limite)
        .filter(Exists(echues), ~Exists(suites))
        .select_related("client")
        .order_by("date_promise", "pk")[:EXAMINES]
    )
    lues = list(passees)
    etats = etats_des_promesses({p.client_id for p in lues}, au) if lues else {}
    return [p for p in lues if p.pk in etats and etats[p.pk].recu <= 0]


def promesses(entreprise: Entreprise, au: date) -> Groupe:
    rompues = promesses_rompues(entreprise, au)
    points = [
        Point(
            qui=p.client.nom,
            quoi=gettext("Promis pour le %(jour)s") % {"jour": jour_texte(p.date_promise)},
            quand=depuis(p.date_promise, au),
            montant=p.montant,
            devise=p.devise,
            client=p.client_id,
        )
        for p in rompues[:LIMITE]
    ]
    return Groupe(Code.PROMESSES, len(rompues), points)


def litiges(entreprise: Entreprise, au: date) -> Groupe:
    """The one whose answer was promised first comes first."""
    ouverts = (
        Litige.objects.de(entreprise)
        .ouverts(au)
        .filter(clos_le=None, facture__annulee_le=None, facture__solde__gt=0)
        .select_related("client", "facture")
        .annotate(effectif=Window(Count("pk")))
        .order_by(F("reponse_avant").asc(nulls_last=True), "ouvert_le", "pk")[:LIMITE]
    )
    lus = list(ouverts)
    points = [
        Point(
            qui=litige.client.nom,
            quoi=litige.motif or gettext("Facture %(numero)s") % {"numero": litige.facture.numero},
            quand=_reponse_promise(litige, au),
            montant=litige.facture.solde,
            devise=litige.facture.devise,
            client=litige.client_id,
            facture=litige.facture_id,
        )
        for litige in lus
    ]
    return Groupe(Code.LITIGES, lus[0].effectif if lus else 0, points)


def _reponse_promise(litige: Litige, au: date) -> str:
    if litige.reponse_avant is None:
        return depuis(litige.ouvert_le, au)
    if litige.reponse_avant < au:
        return gettext("réponse en retard")
    return gettext("répondre avant le %(jour)s") % {"jour": ecrire_date(litige.reponse_avant, "j N")}


def ecartes(entreprise: Entreprise) -> Groupe:
    """The clients that the last night could not decide, with the reason."""
    nuit = Nuit.objects.filter(entreprise=entreprise).order_by("-date_nuit").only("ecartes").first()
    ecartees: Any = nuit.ecartes if nuit else []
    raisons = {int(e["client"]): str(e.get("raison", "")) for e in ecartees}
    clients = list(Client.objects.de(entreprise).filter(pk__in=list(raisons)[:LIMITE])) if raisons else []
    points = [
        Point(qui=c.nom, quoi=raisons[c.pk] or gettext("Décision impossible"), quand="", client=c.pk) for c in clients
    ]
    return Groupe(Code.ECARTES, len(raisons), points)


SANS_SUITE = {
    "echelle_epuisee": gettext_lazy("Tous les échelons sont faits : décidez de la suite"),
    "fin_delai_inconnue": gettext_lazy("Notez ce que la poste a fait de la lettre : son délai part de là"),
}


def epuisees(entreprise: Entreprise, au: date) -> Groupe:
    """Overdue accounts whose ladder is over, or whose formal demand has no deadline yet: a person says what comes next.

    Only those the night will not look at again are examined (the others wait for a date); a dispute, a client not to be
    chased or a direct debit also leave no date, and are left out beforehand.
    """
    oubliees = (
        Echeance.objects.de(entreprise)
        .echues(au)
        .filter(a_examiner_le=None, client__ne_pas_relancer=False, client__insolvable_le=None)
        .exclude(facture__mode_reglement__in=[Facture.ModeReglement.PRELEVEMENT, Facture.ModeReglement.EFFET])
        .exclude(Exists(Litige.objects.ouverts(au).filter(facture=OuterRef("facture"))))
        .order_by("client")
    )
    clients = list(oubliees.values_list("client", flat=True).distinct()[:EXAMINES])
    trouvees: dict[tuple[int, str], list[Any]] = {}
    for examen in decider(entreprise, au, clients) if clients else ():
        for decision in examen.decisions:
            if decision.motif.code in SANS_SUITE and decision.est_echue:
                trouvees.setdefault((examen.client, decision.creance.devise), []).append((examen, decision))
    points = [_epuisee(au, devise, liste) for (_, devise), liste in list(trouvees.items())[:LIMITE]]
    return Groupe(Code.EPUISEES, len(trouvees), points)


def _epuisee(au: date, devise: str, liste: list[Any]) -> Point:
    examen, premiere = min(liste, key=lambda paire: paire[1].creance.date_echeance)
    return Point(
        qui=examen.dossier.client.nom,
        quoi=str(SANS_SUITE[premiere.motif.code]),
        quand=depuis(premiere.creance.date_echeance, au),
        montant=sum((decision.creance.solde for _, decision in liste), ZERO),
        devise=devise,
        client=examen.client,
    )
