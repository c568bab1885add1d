"""Paragraphs of the default texts that the law of a country words: `<<nom>>` in the files, replaced when they are
copied.

Only what a text of law supports is cited; elsewhere the words stay neutral, or the paragraph is not there. Penalties
and flat indemnities are named and kept for later, never claimed here (R12). Nothing of the kind is said to a
consumer.
"""

from collections.abc import Mapping

# France: C. com. L441-10 and D441-5; C. civ. 1344, 1231-6, 1344-1; CCP L2192-12 s., R2192-31 s.; C. conso L612-1.
# Belgium: law of 2 August 2002. Luxembourg: law of 18 April 2004 as amended. Switzerland: CO 102, 104.
_FR: Mapping[tuple[str, str, str], str] = {
    ("accessoires", "FR", "professionnel"): (
        "Pour votre information, tout retard entraîne de plein droit, entre professionnels, des pénalités et une "
        "indemnité forfaitaire de 40 € par facture pour frais de recouvrement (articles L441-10 et D441-5 du code de "
        "commerce). Elles ne sont pas comprises dans le montant ci-dessus et restent réservées."
    ),
    ("accessoires", "FR", "public"): (
        "Pour votre information, le retard de paiement rend exigibles de plein droit des intérêts moratoires et une "
        "indemnité forfaitaire de 40 € pour frais de recouvrement (code de la commande publique, articles L2192-12 et "
        "suivants et R2192-31 et suivants). Ils ne sont pas compris dans le montant ci-dessus et restent réservés."
    ),
    ("accessoires", "BE", "professionnel"): (
        "Pour votre information, tout retard entraîne de plein droit, entre entreprises, des intérêts et une indemnité "
        "forfaitaire de 40 € pour frais de recouvrement (loi du 2 août 2002 concernant la lutte contre le retard de "
        "paiement). Ils ne sont pas compris dans le montant ci-dessus et restent réservés."
    ),
    ("accessoires", "LU", "professionnel"): (
        "Pour votre information, tout retard entraîne de plein droit, entre professionnels, des intérêts (loi "
        "modifiée du 18 avril 2004). Ils ne sont pas compris dans le montant ci-dessus et restent réservés."
    ),
    ("accessoires", "CH", "professionnel"): (
        "Pour votre information, le débiteur en demeure doit un intérêt moratoire (article 104 du code des "
        "obligations). Il n'est pas compris dans le montant ci-dessus et reste réservé."
    ),
    ("fondement", "FR", ""): " au sens de l'article 1344 du code civil",
    ("fondement", "CH", ""): " au sens de l'article 102 du code des obligations",
    ("reserves", "FR", "professionnel"): (
        "Les pénalités de retard et l'indemnité forfaitaire de 40 € par facture, dues en application des articles "
        "L441-10 et D441-5 du code de commerce, ne sont pas comprises dans cette somme et restent réservées."
    ),
    ("reserves", "FR", "public"): (
        "Les intérêts moratoires et l'indemnité forfaitaire de 40 € pour frais de recouvrement, dus de plein droit "
        "(code de la commande publique, articles L2192-12 et suivants et R2192-31 et suivants), ne sont pas compris "
        "dans cette somme et restent réservés."
    ),
    ("reserves", "FR", "particulier"): (
        "À défaut de règlement, les intérêts au taux légal courent dès la réception de cette mise en demeure (articles "
        "1231-6 et 1344-1 du code civil)."
    ),
    ("reserves", "BE", "professionnel"): (
        "Les intérêts de retard et l'indemnité forfaitaire de 40 €, dus de plein droit en application de la loi du 2 "
        "août 2002, ne sont pas compris dans cette somme et restent réservés."
    ),
    ("reserves", "LU", "professionnel"): (
        "Les intérêts de retard, dus de plein droit en application de la loi modifiée du 18 avril 2004, ne sont pas "
        "compris dans cette somme et restent réservés."
    ),
    ("reserves", "CH", "professionnel"): (
        "L'intérêt moratoire (article 104 du code des obligations) n'est pas compris dans cette somme et reste réservé."
    ),
    ("mediateur", "FR", "particulier"): (
        "[[En cas de désaccord, vous pouvez recourir gratuitement au médiateur de la consommation : "
        "{entreprise.mediateur}.]]"
    ),
}

_EN: Mapping[tuple[str, str, str], str] = {
    ("accessoires", "FR", "professionnel"): (
        "For your information, between businesses any delay gives rise by law to late-payment penalties and to a flat "
        "indemnity of €40 per invoice for recovery costs (articles L441-10 and D441-5 of the French Commercial "
        "Code). They are not included in the amount above and remain reserved."
    ),
    ("accessoires", "FR", "public"): (
        "For your information, late payment gives rise by law to default interest and to a flat indemnity of €40 for "
        "recovery costs (French Public Procurement Code, articles L2192-12 et seq. and R2192-31 et seq.). They are not "
        "included in the amount above and remain reserved."
    ),
    ("accessoires", "BE", "professionnel"): (
        "For your information, between businesses any delay gives rise by law to interest and to a flat indemnity of "
        "€40 for recovery costs (Belgian law of 2 August 2002 on late payment). They are not included in the amount "
        "above and remain reserved."
    ),
    ("accessoires", "LU", "professionnel"): (
        "For your information, between businesses any delay gives rise by law to interest (Luxembourg law of 18 April "
        "2004, as amended). It is not included in the amount above and remains reserved."
    ),
    ("accessoires", "CH", "professionnel"): (
        "For your information, a debtor in default owes default interest (article 104 of the Swiss Code of "
        "Obligations). It is not included in the amount above and remains reserved."
    ),
    ("fondement", "FR", ""): " within the meaning of article 1344 of the French Civil Code",
    ("fondement", "CH", ""): " within the meaning of article 102 of the Swiss Code of Obligations",
    ("reserves", "FR", "professionnel"): (
        "The late-payment penalties and the flat indemnity of €40 per invoice, due under articles L441-10 and D441-5 "
        "of the French Commercial Code, are not included in this sum and remain reserved."
    ),
    ("reserves", "FR", "public"): (
        "Default interest and the flat indemnity of €40 for recovery costs, due by law (French Public Procurement "
        "Code, articles L2192-12 et seq. and R2192-31 et seq.), are not included in this sum and remain reserved."
    ),
    ("reserves", "FR", "particulier"): (
        "Failing payment, interest at the legal rate runs from receipt of this formal demand (articles 1231-6 and "
        "1344-1 of the French Civil Code)."
    ),
    ("reserves", "BE", "professionnel"): (
        "Late-payment interest and the flat indemnity of €40, due under the Belgian law of 2 August 2002, are not "
        "included in this sum and remain reserved."
    ),
    ("reserves", "LU", "professionnel"): (
        "Late-payment interest, due under the Luxembourg law of 18 April 2004, as amended, is not included in this "
        "sum and remains reserved."
    ),
    ("reserves", "CH", "professionnel"): (
        "Default interest (article 104 of the Swiss Code of Obligations) is not included in this sum and remains "
        "reserved."
    ),
    ("mediateur", "FR", "particulier"): (
        "[[In case of disagreement, you may turn free of charge to the consumer mediator: {entreprise.mediateur}.]]"
    ),
}

_CLAUSES = {"fr": _FR, "en": _EN}


def clause(nom: str, pays: str, genre: str, langue: str) -> str:
    """The paragraph for this country and kind of client, or nothing where there is none."""
    connues = _CLAUSES[langue]
    return connues.get((nom, pays, genre)) or connues.get((nom, pays, ""), "")
