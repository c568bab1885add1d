"""The words by which programs say what a row is: compared without case, accents or punctuation."""

import re

from entreprises.champs import sans_accents
from importations.tableau import Cellule
from importations.textes import propre


def mot(cellule: Cellule) -> str:
    """The cell reduced to its words."""
    return re.sub(r"[^a-z0-9]+", " ", sans_accents(propre(cellule))).strip()


def _mots(texte: str) -> frozenset[str]:
    return frozenset(mot(partie) for partie in texte.split(","))


# RV, DR, DG: SAP. 380, 381: UNTDID 1001, as electronic invoices use them. ACCREC: Xero.
FACTURES = _mots(
    "facture,factures,fact,fac,fa,fc,f,vente,facture de vente,facture client,facture de situation,facture d acompte,"
    "facture de solde,invoice,inv,sales invoice,customer invoice,accrec,rv,dr,380,standard"
)
AVOIRS = _mots(
    "avoir,avoirs,av,a,facture d avoir,note de crédit,nc,credit note,credit memo,credit,cn,cm,accreccredit,dg,381"
)
PAYEES = _mots(
    "payée,payé,payées,réglée,réglé,soldée,soldé,acquittée,acquitté,encaissée,encaissé,paid,settled,closed,cleared,"
    "paid in full"
)
BROUILLONS = _mots("brouillon,draft,provisoire,proforma,pro forma,en préparation")
ANNULEES = _mots("annulée,annulé,annulées,void,voided,cancelled,canceled,deleted,supprimée")
