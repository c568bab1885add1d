"""The QR code of a SEPA credit transfer (EPC069-12, version 002), as an image for emails and for letters.

Euros and an IBAN only. The amount is what the message asks for, no other figure. The mask is fixed: twice as fast,
and the same bytes for the same payload.
"""

import io
from decimal import Decimal

import segno

from noyau.montants import ZERO

MAXIMUM = Decimal("999999999.99")
_ECHELLE = 6  # drawn at twice the size shown, sharp on every screen


def charge_epc(titulaire: str, iban: str, montant: Decimal, devise: str, reference: str) -> str:
    """The payload, or nothing when the standard does not cover this transfer. `titulaire` is cut at 70 characters, the
    remittance text at 140, and then as far as the 331 bytes in all ask."""
    iban = iban.replace(" ", "").upper()
    if devise != "EUR" or not iban or not titulaire or not ZERO < montant <= MAXIMUM:
        return ""
    tete = ["BCD", "002", "1", "SCT", "", titulaire[:70], iban, f"EUR{montant:.2f}", "", "", ""]
    reste = 331 - len("\n".join(tete).encode())
    texte = reference[:140].encode()[:reste].decode(errors="ignore")
    return "\n".join([*tete[:-1], texte]).rstrip("\n")


def _code(charge: str) -> segno.QRCode:
    return segno.make(charge, error="m", boost_error=False, micro=False, mask=3, encoding="utf-8")


def en_png(charge: str) -> tuple[bytes, int]:
    """The image, and the side in pixels at which it is shown."""
    code, flux = _code(charge), io.BytesIO()
    code.save(flux, kind="png", scale=_ECHELLE, border=4)
    return flux.getvalue(), int(code.symbol_size(scale=_ECHELLE // 2, border=4)[0])


def en_svg(charge: str) -> bytes:
    """The drawing, without size in millimetres: the style sheet gives it."""
    flux = io.BytesIO()
    _code(charge).save(
        flux, kind="svg", border=4, dark="#000", light=None, svgclass=None, lineclass=None, xmldecl=False, nl=False
    )
    return flux.getvalue()
