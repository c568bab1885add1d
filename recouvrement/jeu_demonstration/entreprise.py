"""The demonstration company itself: everything about it is invented."""

from datetime import date

from entreprises.creation import creer_entreprise
from entreprises.models import Entreprise, MoyenPaiement
from relances.echelles import installer
from relances.models import Reglages

IBAN_D_EXEMPLE = "FR1420041010050500013M02606"  # the published example of the French IBAN format


def creer_atelier(debut: date) -> Entreprise:
    """A small workshop that has said go: what needs no approval leaves by itself."""
    atelier = creer_entreprise(
        "atelier-brindille",
        "Atelier Brindille",
        forme_juridique="SARL",
        capital="8 000 €",
        adresse_ligne1="3, impasse du Modèle",
        code_postal="35000",
        ville="Rennes",
        rcs="RCS Exemple",
        telephone="02 61 91 00 00",
        courriel="compta@atelier-brindille.invalid",
        signataire_nom="Claire Exemple",
        signataire_qualite="gérante",
        est_demonstration=True,
    )
    MoyenPaiement.objects.create(
        entreprise=atelier, genre="virement", titulaire="ATELIER BRINDILLE", iban=IBAN_D_EXEMPLE, bic="PSSTFRPPXXX"
    )
    MoyenPaiement.objects.create(entreprise=atelier, genre="cheque", titulaire="Atelier Brindille", rang=2)
    installer(atelier)
    Reglages.objects.filter(entreprise=atelier).update(
        envoi_automatique=True, approbation_jusqu_au=None, reglements_a_jour_au=debut
    )
    return atelier
