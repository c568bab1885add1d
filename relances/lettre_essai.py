"""A letter to oneself, to try the printer and the envelope: the same sheet and places as a real one, nothing asked."""

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clients.models import Client
from entreprises.models import Entreprise
from relances.blocs import Paragraphe, echapper
from relances.destinataires import enveloppe
from relances.lettres import mettre_en_page
from relances.message import Message
from relances.models import Canal, Relance
from relances.plume import Plume


def rendre_essai(entreprise: Entreprise, au: date) -> bytes:
    """The PDF of a letter to the company itself, marked as a trial. Nothing is written anywhere."""
    plume = Plume("en" if (get_language() or "fr").startswith("en") else "fr", entreprise.pays)
    client = _soi_meme(entreprise)
    message = Message(
        relance=Relance(entreprise=entreprise, client=client, canal=Canal.COURRIER, devise=entreprise.devise),
        plume=plume,
        objet=_("lettre d’essai"),
        elements=tuple(Paragraphe(echapper(texte)) for texte in _textes()),
        date=au,
        adresse_postale=tuple(enveloppe(client, entreprise, plume)),
        destinataire="",
        total=Relance().total,
        reference=_("ESSAI"),
        pieces=(),
        est_projet=True,
    )
    return mettre_en_page(message, marque=_("Essai – document sans valeur"))


def a_une_adresse(entreprise: Entreprise) -> bool:
    """Whether a letter would find the company."""
    return bool(entreprise.adresse_ligne1 and entreprise.ville)


def _soi_meme(entreprise: Entreprise) -> Client:
    return Client(
        entreprise=entreprise,
        nom=entreprise.nom,
        forme_juridique=entreprise.forme_juridique,
        siege_ligne1=entreprise.adresse_ligne1,
        siege_ligne2=entreprise.adresse_ligne2,
        siege_code_postal=entreprise.code_postal,
        siege_ville=entreprise.ville,
    )


def _textes() -> list[str]:
    return [
        _("Cette lettre vous est adressée à vous-même, pour essayer votre imprimante et vos enveloppes."),
        _("Imprimez-la à 100 %, sans « ajuster à la page ». Pliez-la en trois, aux deux traits de la marge de gauche."),
        _(
            "Glissez-la dans une enveloppe à fenêtre de 110 × 220 mm. Votre adresse paraît en entier, et rien d’autre, "
            "même en secouant l’enveloppe."
        ),
        _(
            "Si l’adresse ne paraît pas, vérifiez l’échelle d’impression, puis la place de la fenêtre : à droite, "
            "45 × 100 mm."
        ),
    ]
