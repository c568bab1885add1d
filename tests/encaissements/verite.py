"""What must be true of the books after any workflow."""

from clients.models import Client
from encaissements.models import Imputation, Reglement
from encaissements.verification import Ecart, verifier_soldes
from entreprises.models import Entreprise
from factures.models import Facture
from journal.ecriture import verifier


def rien_ne_differe() -> None:
    """R9, R10: stored balances are the computed ones, instalments sum to the invoice, the journal's chains hold."""
    for entreprise in Entreprise.objects.all():
        assert [e for e in verifier_soldes(entreprise) if isinstance(e, Ecart)] == []
    for facture in Facture.objects.prefetch_related("echeances"):
        parts = facture.echeances.all()
        assert sum(e.solde for e in parts) == facture.solde
        assert 0 <= facture.solde <= facture.total
        assert (facture.soldee_le is not None) == (facture.solde == 0)
        for e in parts:
            assert e.solde > 0 or e.a_examiner_le is None
    for reglement in Reglement.objects.exclude(annule_le=None).prefetch_related("imputations"):
        assert reglement.disponible == sum(i.montant for i in reglement.imputations.all()) == 0
    for reglement in Reglement.objects.encaisses():
        impute = sum(i.montant for i in reglement.imputations.exclude(nature=Imputation.Nature.ESCOMPTE))
        assert impute + reglement.disponible == reglement.montant
    for client in Client.objects.all():
        assert verifier(client) == []
