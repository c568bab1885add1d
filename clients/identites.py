"""The legal numbers of a client, and the keys by which they tell that two files speak of the same one (R16)."""

from collections.abc import Iterator, Mapping

from clients.models import Client
from entreprises.identites import NOMS, verifier_numero, verifier_numeros

__all__ = ["NOMS", "cles_legales", "numeros_de", "verifier_numero", "verifier_numeros"]


def numeros_de(client: Client) -> dict[str, str]:
    """The client's legal numbers, the empty ones left out."""
    return {champ: getattr(client, champ) for champ in NOMS if getattr(client, champ)}


def cles_legales(numeros: Mapping[str, str]) -> Iterator[str]:
    """Keys to look a client up by, the most precise first. The numbers are as `verifier_numeros` returns them.

    An establishment (SIRET) is more precise than its company (SIREN); a VAT number holds the company's own number.
    """
    if numeros.get("siret"):
        yield f"siret:{numeros['siret']}"
    siren = numeros.get("siren") or numeros.get("siret", "")[:9] or _apres_prefixe(numeros, "FR", 4)
    bce = numeros.get("bce") or _apres_prefixe(numeros, "BE", 2)
    ide = numeros.get("ide") or _apres_prefixe(numeros, "CHE", 0)[:12]
    connus = {"siren": siren, "bce": bce, "ide": ide, "neq": numeros.get("neq"), "tva": numeros.get("tva")}
    yield from (f"{champ}:{numero}" for champ, numero in connus.items() if numero)


def _apres_prefixe(numeros: Mapping[str, str], prefixe: str, debut: int) -> str:
    tva = numeros.get("tva", "")
    # "000" after the key of a French number: Monaco, which has no SIREN.
    return tva[debut:] if tva.startswith(prefixe) and not (prefixe == "FR" and tva[4:7] == "000") else ""
