"""From bytes to text: which encoding a CSV file is in.

Decided in this order: a byte order mark; valid UTF-8; the zeros of UTF-16; then, of the one-byte encodings that French
office programs write, the one that yields the most accented letters of French. A file with a null character in it is
no text. The person sees the encoding and can choose another.
"""

import codecs

from django.utils.translation import gettext as _

from importations.refus import FichierRefuse

ENCODAGES = {
    "utf-8": "UTF-8",
    "cp1252": "Windows (CP1252)",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "cp850": "DOS (CP850)",
    "mac_roman": "Macintosh",
}
_MARQUES = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FRANCAIS = frozenset("éèêëàâäçîïôöùûüœæÉÈÊËÀÂÇÎÏÔÙÛÜŒÆ€«»°’–—…ñáíóú\u00a0\u202f")
_ECHANTILLON = 200_000


def deviner_encodage(contenu: bytes) -> str:
    """The encoding's name, one of `ENCODAGES`."""
    for marque, nom in _MARQUES:
        if contenu.startswith(marque):
            return nom
    try:
        contenu.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return "utf-8" if b"\0" not in contenu else _utf16_ou_refus(contenu)
    if b"\0" in contenu:
        return _utf16_ou_refus(contenu)
    return max(("cp1252", "utf-8", "cp850", "mac_roman"), key=lambda nom: _vraisemblance(contenu, nom))


def decoder(contenu: bytes, encodage: str) -> str:
    """The text, without its byte order mark; what cannot be read becomes U+FFFD. FichierRefuse when it is no text."""
    if encodage not in ENCODAGES:
        raise FichierRefuse(_("L’encodage « %(nom)s » n’est pas connu.") % {"nom": encodage[:30]})
    texte = contenu.decode(encodage, errors="replace").removeprefix("\ufeff")
    debut = texte[:_ECHANTILLON]
    parasites = sum(1 for c in debut if c < " " and c not in "\t\r\n\f\v")
    if "\0" in texte or parasites * 100 > len(debut):
        raise _pas_du_texte()
    return texte


def _utf16_ou_refus(contenu: bytes) -> str:
    debut = contenu[:_ECHANTILLON]
    pairs, impairs = debut[0::2].count(0), debut[1::2].count(0)
    moitie = len(debut) // 2 or 1
    if impairs > moitie * 0.6 and pairs < moitie * 0.05:
        return "utf-16-le"
    if pairs > moitie * 0.6 and impairs < moitie * 0.05:
        return "utf-16-be"
    raise _pas_du_texte()


def _vraisemblance(contenu: bytes, nom: str) -> int:
    """French letters count for one, any other character beyond ASCII costs three."""
    hors_ascii = [c for c in contenu[:_ECHANTILLON].decode(nom, errors="replace") if c > "\x7f"]
    francais = sum(1 for c in hors_ascii if c in _FRANCAIS)
    return francais - 3 * (len(hors_ascii) - francais)


def _pas_du_texte() -> FichierRefuse:
    return FichierRefuse(
        _("Ce fichier n’est ni un tableau Excel (.xlsx) ni un texte CSV : exportez-le de nouveau dans l’un des deux.")
    )
