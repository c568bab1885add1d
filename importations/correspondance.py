"""The mapping of columns that a person confirmed, remembered for files of this kind with the same headers."""

from dataclasses import replace

from entreprises.models import Entreprise
from importations.analyse import Lecture
from importations.colonnes import empreinte_entetes
from importations.models import CorrespondanceColonnes

_RETENUS = ("colonnes", "ordre", "signe", "delai_defaut")


def retenir(entreprise: Entreprise, lecture: Lecture) -> None:
    """Keep what was confirmed: columns, and the order and decimal sign that a person chose."""
    donnees = lecture.en_dict()
    CorrespondanceColonnes.objects.update_or_create(
        entreprise=entreprise,
        genre=lecture.genre,
        empreinte_entetes=empreinte_entetes(lecture.entetes),
        defaults={"lecture": {nom: donnees[nom] for nom in _RETENUS}},
    )


def rappeler(entreprise: Entreprise, lue: Lecture, choix: Lecture | None = None) -> Lecture:
    """How to read a file whose headers are known: as was confirmed, then as `choix` says. `lue`: its own analysis."""
    choix = choix or Lecture()
    connue = CorrespondanceColonnes.objects.filter(
        entreprise=entreprise, genre=lue.genre, empreinte_entetes=empreinte_entetes(lue.entetes)
    ).first()
    base = replace(lue, ordre="", signe="")
    if connue:
        base = replace(base, **{nom: connue.lecture[nom] for nom in _RETENUS if nom in connue.lecture})
    return replace(
        base,
        ordre=choix.ordre or base.ordre,
        signe=choix.signe or base.signe,
        delai_defaut=base.delai_defaut if choix.delai_defaut is None else choix.delai_defaut,
    )
