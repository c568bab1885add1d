"""The layout of a filled text: what blank values and omitted segments leave behind.

Conventions (they bear on the text's own lines and characters; a value is never touched, whatever it contains)
* A *hole* is where a blank value or an omitted segment was. A line made only of holes and spaces disappears with its
  line break.
* Blank lines at both ends are dropped, and several in a row make one.
* A hole takes with it the space that would be one too many: after it, or before it at the end of the line.
* The text's own character that follows an omitted segment becomes a capital when it now begins a sentence: at the start
  of a line or after ``.``, ``!``, ``?`` or ``…``, unless the segment itself began with a small letter.
"""


class Page:
    """The output, built from left to right and from top to bottom."""

    def __init__(self) -> None:
        self._lignes: list[str] = []
        self._est_espacee = False  # a blank line is to come before the next line
        self._commencer_ligne()

    def poser_texte(self, texte: str) -> None:
        """Add characters of the text itself, without line break."""
        if self._sort_d_un_trou and (not self._courante or self._courante[-1].endswith(" ")):
            texte = texte.lstrip(" ")
        if self._attend_majuscule:
            visible = texte.lstrip()
            texte = texte[: len(texte) - len(visible)] + visible[:1].upper() + visible[1:]
        if texte:
            self._ajouter(texte)
            self._finit_par_texte = True

    def poser_valeur(self, valeur: str) -> None:
        """Add a value, not blank, as it is."""
        self._ajouter(valeur)
        self._finit_par_texte = False

    def laisser_vide(self) -> None:
        """Leave a hole for a blank value."""
        self._a_trou = self._sort_d_un_trou = True

    def omettre(self, *, commence_en_minuscule: bool) -> None:
        """Leave a hole for a segment; what follows may begin its sentence."""
        self.laisser_vide()
        commence_la_phrase = not self._dernier or self._dernier in ".!?…"
        self._attend_majuscule |= commence_la_phrase and not commence_en_minuscule

    def aller_a_la_ligne(self) -> None:
        """End the line of the text, which may leave a line, a blank one, or nothing."""
        if self._sort_d_un_trou and self._finit_par_texte:
            self._courante[-1] = self._courante[-1].rstrip(" ")
        ligne = "".join(self._courante)
        if ligne.strip():
            if self._est_espacee and self._lignes:
                self._lignes.append("")
            self._lignes.append(ligne)
            self._est_espacee = False
        elif not self._a_trou:
            self._est_espacee = True
        self._commencer_ligne()

    def finir(self) -> str:
        """The whole, its lines joined by line feeds."""
        self.aller_a_la_ligne()
        return "\n".join(self._lignes)

    def _commencer_ligne(self) -> None:
        self._courante: list[str] = []
        self._dernier = ""  # last visible character of the line
        self._a_trou = self._sort_d_un_trou = self._finit_par_texte = self._attend_majuscule = False

    def _ajouter(self, morceau: str) -> None:
        self._courante.append(morceau)
        self._sort_d_un_trou = False
        visible = morceau.rstrip()
        if visible:
            self._dernier = visible[-1]
            self._attend_majuscule = False
