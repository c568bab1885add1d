"""Every row names its company, and the company of every row it points to is the same (R13)."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db.models import F, ForeignKey, Model
from django.utils import timezone

from encaissements.acomptes import recevoir_acompte
from encaissements.avoirs import enregistrer_avoir
from encaissements.encaissement import enregistrer_reglement
from encaissements.lot import NouveauReglement, enregistrer_reglements
from encaissements.rejet import rejeter_reglement
from entreprises.invitations import inviter_par_courriel
from entreprises.modeles import LigneEntreprise
from entreprises.models import Entreprise, ServeurCourriel
from factures.creation import AcompteAttendu, EcheancePrevue, Taxe, enregistrer_facture
from factures.models import Acompte, Echeance, Facture
from relances.echelles import installer
from relances.fusion import reunir
from suivi.litiges import ouvrir_litige
from suivi.models import Litige
from suivi.notes import noter_note
from suivi.pauses import mettre_en_pause
from suivi.promesses import noter_promesse
from suivi.taches import ajouter_tache
from tests.fabriques import fabriquer_client, fabriquer_entreprise, fabriquer_membre

pytestmark = pytest.mark.django_db
AU = date(2026, 11, 20)
D = Decimal


def modeles_d_entreprise() -> list[type[Model]]:
    """Every model whose rows name a company."""
    return [m for m in apps.get_models() if any(champ.name == "entreprise" for champ in m._meta.fields)]


def incoherences() -> Iterator[str]:
    """Rows whose company is not that of a row they point to."""
    for modele in modeles_d_entreprise():
        for champ in modele._meta.fields:
            vers = champ.related_model
            if not isinstance(champ, ForeignKey) or vers not in modeles_d_entreprise():
                continue
            fautives = modele._default_manager.filter(**{f"{champ.name}__isnull": False})
            fautives = fautives.exclude(**{f"{champ.name}__entreprise": F("entreprise")})
            yield from (f"{modele.__name__} {pk}: {champ.name}" for pk in fautives.values_list("pk", flat=True))


def vivre(entreprise: Entreprise) -> None:
    """A bit of everything that this company's people do."""
    installer(entreprise)
    auteur = fabriquer_membre(entreprise)
    inviter_par_courriel(entreprise, "neuf@exemple.invalid", "comptable", auteur, timezone.now())
    client = fabriquer_client(entreprise)
    facture, autre = (
        enregistrer_facture(
            entreprise,
            client,
            f"F-{n}",
            date(2026, 9, 1),
            D("120.00"),
            connue_le=AU,
            auteur=auteur,
            echeances=(EcheancePrevue(date(2026, 9, 30), D("120.00")),),
            taxes=(Taxe(D("20"), D("100.00"), D("20.00")),),
            acomptes=(AcompteAttendu(D("20.00")),),
        )
        for n in (1, 2)
    )
    recevoir_acompte(Acompte.objects.get(facture=facture), D("20.00"), AU, aujourd_hui=AU)
    enregistrer_avoir(client, "A-1", D("10.00"), AU, aujourd_hui=AU, facture=facture)
    reglement = enregistrer_reglement(client, D("50.00"), AU, aujourd_hui=AU, auteur=auteur)
    rejeter_reglement(reglement, AU, "Sans provision", aujourd_hui=AU)
    lot = [NouveauReglement(facture=autre, montant=D("10.00"), date_reglement=AU)]
    enregistrer_reglements(entreprise, lot, aujourd_hui=AU)
    ouvrir_litige(autre, AU, "Quantité", aujourd_hui=AU)
    noter_promesse(client, D("10.00"), AU, faite_le=AU, facture=facture)
    mettre_en_pause(entreprise, facture=facture, du=AU, aujourd_hui=AU)
    mettre_en_pause(entreprise, du=AU, aujourd_hui=AU)
    ajouter_tache(client, pour_le=AU, aujourd_hui=AU, texte="Envoyer le bon", facture=facture, responsable=auteur)
    noter_note(client, "Ferme en août", facture=facture, auteur=auteur)
    jumeau = fabriquer_client(entreprise, "Hôtel Spécimen SAS")
    reunir(client, jumeau, {}, {}, aujourd_hui=AU, instant=timezone.now(), auteur=auteur)
    ServeurCourriel.objects.create(entreprise=entreprise, hote="smtp.exemple.fr", expediteur_courriel="a@exemple.fr")


def test_R13_child_and_parent_always_agree_on_the_company():
    for slug in ("une", "deux"):
        vivre(fabriquer_entreprise(slug))
    assert list(incoherences()) == []
    vides = {m.__name__ for m in modeles_d_entreprise() if not m._default_manager.exists()}
    attendus_ailleurs = {"archivage", "relances", "importations"}
    assert {m for m in vides if apps_de(m) not in attendus_ailleurs} <= {
        "Appel",
        "ConditionsPaiement",
        "Document",
    }


def apps_de(nom: str) -> str:
    return next(m._meta.app_label for m in apps.get_models() if m.__name__ == nom)


def test_the_walk_sees_a_row_of_another_company():
    vivre(fabriquer_entreprise("une"))
    Litige.objects.update(entreprise=fabriquer_entreprise("deux"))
    constat = set(incoherences())
    assert {c.split(": ")[1] for c in constat} == {"facture", "client"}


def test_an_instalment_repeats_the_client_and_currency_of_its_invoice():
    vivre(fabriquer_entreprise("une"))
    assert Facture.objects.count() == 2
    meme = Echeance.objects.filter(client=F("facture__client"), devise=F("facture__devise"))
    assert meme.count() == Echeance.objects.count()


def test_every_business_model_is_walked():
    lignes = [m for m in apps.get_models() if issubclass(m, LigneEntreprise)]
    assert set(lignes) <= set(modeles_d_entreprise())
    assert len(lignes) > 20
