"""`peupler`: invented data that behaves like real data, the same for the same seed and day."""

from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from encaissements.verification import Ecart, verifier_soldes
from entreprises.models import Entreprise
from factures.models import Echeance, Facture
from relances.planification import planifier
from suivi.models import Litige, Promesse
from tests.relances.fabrique_nuit import LUNDI, entreprise_prete, instant

pytestmark = pytest.mark.django_db


def peupler(slug: str, factures: int = 400, graine: int = 7) -> None:
    call_command("peupler", entreprise=slug, factures=factures, graine=graine, au=str(LUNDI), verbosity=0)


def contenu(entreprise: Entreprise) -> list[tuple]:
    champs = ("facture__client__nom", "date_echeance", "montant", "solde", "facture__transmise_le", "a_examiner_le")
    return list(Echeance.objects.de(entreprise).order_by("facture__pk").values_list(*champs))


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    societes = [entreprise_prete(slug) for slug in ("une", "deux", "trois")]
    for societe, graine in zip(societes, (7, 7, 8), strict=True):
        peupler(societe.slug, graine=graine)
    une, deux, trois = map(contenu, societes)
    assert une == deux != trois


def test_the_data_is_mixed_and_its_balances_agree():
    entreprise = entreprise_prete()
    peupler("essai", factures=2000)
    peupler("essai", factures=100)
    assert Facture.objects.count() == 2100
    assert entreprise.pk == Facture.objects.first().entreprise_id
    assert not [constat for constat in verifier_soldes(entreprise) if isinstance(constat, Ecart)]
    sorts = Counter(
        "soldee" if f.solde == 0 else "entamee" if f.solde < f.total else "ouverte" for f in Facture.objects.all()
    )
    assert min(sorts["soldee"], sorts["entamee"], sorts["ouverte"]) > 20
    assert Litige.objects.exists()
    assert Promesse.objects.exists()
    assert Facture.objects.values("client").distinct().count() == 105


def test_a_night_over_it_sets_nobody_aside():
    entreprise = entreprise_prete()
    peupler("essai")
    bilan = planifier(entreprise, LUNDI, instant=instant(LUNDI))
    assert bilan.relances
    assert not bilan.ecartes


@pytest.mark.parametrize(("slug", "factures"), [("inconnue", 10), ("essai", 0)])
def test_a_company_that_does_not_exist_or_no_invoice_is_refused(slug, factures):
    entreprise_prete()
    with pytest.raises(CommandError) as refus:
        peupler(slug, factures)
    assert refus.value.returncode == 2
    assert not Facture.objects.exists()
