"""How the room says no: to a whole file, or to one row of it."""

from dataclasses import dataclass


class FichierRefuse(Exception):
    """The file cannot be taken in at all. Its text is one French sentence for the person who sent it."""


class ValeurIllisible(ValueError):
    """A cell that cannot be read as what its column holds. Its text is a French reason, without the field's name."""


class LigneRefusee(Exception):
    """A row that cannot be taken in: which field, and why."""

    def __init__(self, champ: str, raison: str) -> None:
        super().__init__(f"{champ}: {raison}")
        self.champ = champ
        self.raison = raison


@dataclass(frozen=True, slots=True)
class Refus:
    """A refused row as the report shows it. `ligne` counts as a spreadsheet does: the file's first line is 1."""

    ligne: int
    champ: str
    raison: str

    def en_dict(self) -> dict[str, str | int]:
        return {"ligne": self.ligne, "champ": self.champ, "raison": self.raison}
