"""A company's logo, made ready for its letterhead: what was sent is opened, turned upright, reduced and written anew.

Nothing of the file itself is kept: no metadata, nothing hidden after the picture.
"""

import io
import warnings

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

TAILLE_MAXIMALE = 5 * 1024 * 1024
POINTS_MAXIMUM = 25_000_000
COTE_MINIMUM = 40
LARGEUR, HAUTEUR = 1400, 500  # 12 mm high on the letterhead: ten times what a printer shows
_DEBUTS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
# A cut picture is told by its missing end: WeasyPrint has Pillow take it, grey where it stops.
_FINS = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}


def preparer_logo(contenu: bytes) -> bytes:
    """The picture as a PNG of 1400 by 500 points at most. ValidationError says what is wrong with the file."""
    if len(contenu) > TAILLE_MAXIMALE:
        raise ValidationError(_("Ce fichier dépasse 5 Mo : enregistrez l’image en plus petit."))
    format_lu = next((nom for debut, nom in _DEBUTS.items() if contenu.startswith(debut)), None)
    if format_lu is None:
        raise ValidationError(_("Le logo est une image PNG ou JPEG."))
    image = _ouvrir(contenu, format_lu)
    image.thumbnail((LARGEUR, HAUTEUR))
    sortie = io.BytesIO()
    image.save(sortie, "PNG", optimize=True)
    return sortie.getvalue()


def _ouvrir(contenu: bytes, format_lu: str) -> Image.Image:
    illisible = ValidationError(_("Cette image ne s’ouvre pas : elle est abîmée, ou n’en est pas une."))
    if _FINS[format_lu] not in contenu:
        raise illisible
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(contenu), formats=[format_lu])
            largeur, hauteur = image.size
            if largeur * hauteur <= POINTS_MAXIMUM:
                image.load()
    except Exception as erreur:
        raise illisible from erreur
    if largeur * hauteur > POINTS_MAXIMUM:
        raise ValidationError(_("Cette image est trop grande : 25 millions de points au plus."))
    if min(largeur, hauteur) < COTE_MINIMUM:
        raise ValidationError(_("Cette image est trop petite pour être imprimée : 40 points de côté au moins."))
    droite = ImageOps.exif_transpose(image) or image
    nue = droite.convert("RGBA" if "A" in droite.getbands() or "transparency" in droite.info else "RGB")
    nue.info.clear()
    return nue
