"""The project's own files, read as text and as syntax trees. Nothing is imported."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

RACINE = Path(__file__).resolve().parent.parent.parent
# From top to bottom: a room imports those after it, never those before it. Some come with later issues.
PIECES = [
    "recouvrement",
    "archivage",
    "pilotage",
    "portail",
    "contentieux",
    "relances",
    "importations",
    "suivi",
    "encaissements",
    "factures",
    "journal",
    "clients",
    "entreprises",
    "noyau",
]
PAS_A_NOUS = {"donnees", "collecte", "vendor", "node_modules", "__pycache__"}
PRESENTES = [piece for piece in PIECES if (RACINE / piece).is_dir()]


def superieures(piece: str) -> list[str]:
    """The rooms above `piece`."""
    return PIECES[: PIECES.index(piece)]


def fichiers(*suffixes: str, sous: str = "") -> Iterator[Path]:
    """Our files that end so, from the folder `sous`; hidden folders, data and vendored files are not ours."""
    for chemin in sorted((RACINE / sous).rglob("*")):
        relatif = chemin.relative_to(RACINE)
        caches = any(part.startswith(".") and part != ".ci" for part in relatif.parts[:-1])
        if caches or PAS_A_NOUS & set(relatif.parts):
            continue
        if chemin.is_file() and (not suffixes or chemin.suffix in suffixes):
            yield chemin


@cache
def arbre(chemin: Path) -> ast.Module:
    return ast.parse(chemin.read_text(encoding="utf-8"), str(chemin))


def modules(piece: str, *, migrations: bool = False) -> list[Path]:
    """The Python files of a room."""
    return [f for f in fichiers(".py", sous=piece) if migrations or "migrations" not in f.parts]


def imports(chemin: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import, those inside functions and of TYPE_CHECKING included."""
    for noeud in ast.walk(arbre(chemin)):
        if isinstance(noeud, ast.Import):
            yield from ((noeud.lineno, alias.name) for alias in noeud.names)
        elif isinstance(noeud, ast.ImportFrom):
            base = noeud.module or ""
            if noeud.level:
                paquet = chemin.relative_to(RACINE).parent.parts
                base = ".".join([*paquet[: len(paquet) - noeud.level + 1], *([base] if base else [])])
            yield from ((noeud.lineno, f"{base}.{alias.name}") for alias in noeud.names)


def ou(chemin: Path, ligne: int) -> str:
    return f"{chemin.relative_to(RACINE)}:{ligne}"
