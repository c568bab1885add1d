"""An invoice typed by hand. What it comes to is reckoned by `factures.apercu`, whether or not all of it is valid."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from entreprises.forms import ChampDate, ChampMontant, reporter
from entreprises.models import Entreprise
from entreprises.templatetags.formats import ecrire_montant
from entreprises.templatetags.formats import taux as ecrire_taux
from factures import apercu as calcul
from factures.apercu import Apercu, Part
from factures.champs import ChampPart, ChampPDF
from factures.client_saisi import ClientSaisi, proposer, reconnaitre
from factures.models import ConditionsPaiement, Facture
from factures.taux import Choix, choix_de
from noyau.montants import ZERO

LIGNES_TVA = range(1, 5)
LIGNES_ECHEANCE = range(1, 7)
NOUVEAU = "nouveau"
CALCULES = {"total", "echeance", "conditions", "escompte_taux", "escompte_jours", "acompte_montant"}
PREFIXES_CALCULES = ("base_", "jour_", "part_")


class FactureForm(forms.Form):
    """One client, one number, one total, its dates. What a workflow refuses comes back at its field."""

    client = forms.CharField(
        label=_("Client"),
        max_length=200,
        help_text=_("Son nom, son code ou son SIREN. Un nouveau nom : il sera créé."),
        widget=forms.TextInput(attrs={"list": "clients", "autocomplete": "off", "autofocus": True}),
    )
    client_choix = forms.CharField(required=False, max_length=20)
    client_cherche = forms.CharField(required=False, max_length=200)
    nouveau_courriel = forms.EmailField(
        label=_("Courriel de sa comptabilité"), required=False, help_text=_("Les relances y partiront.")
    )
    nouveau_genre = forms.ChoiceField(label=_("Ce client est"), choices=Client.Genre, required=False)
    numero = forms.CharField(label=_("Numéro"), max_length=60)
    date_emission = ChampDate(label=_("Date d’émission"))
    total = ChampMontant(label=_("Total TTC"), required=False)
    objet = forms.CharField(
        label=_("Objet (facultatif)"),
        max_length=200,
        required=False,
        help_text=_("Repris dans les messages au client."),
    )
    reference_commande = forms.CharField(label=_("Référence de commande (facultatif)"), max_length=60, required=False)
    conditions = forms.ModelChoiceField(
        label=_("Conditions de règlement"), queryset=ConditionsPaiement.objects.none(), required=False
    )
    echeance = ChampDate(label=_("Ou échéance fixée le"), required=False)
    mode_reglement = forms.ChoiceField(label=_("Mode de règlement"), choices=Facture.ModeReglement)
    escompte_taux = forms.DecimalField(
        label=_("Escompte, en %"), max_digits=5, decimal_places=2, required=False, localize=True
    )
    escompte_jours = forms.IntegerField(label=_("si payé sous (jours)"), required=False, min_value=0, max_value=365)
    transmise_le = ChampDate(label=_("Envoyée au client le"), required=False)
    transmise_par = forms.ChoiceField(label=_("Par"), choices=Facture.CanalTransmission, required=False)
    transmise_a = forms.CharField(label=_("À (adresse ou personne)"), max_length=200, required=False)
    pdf = ChampPDF(label=_("Facture en PDF (facultatif)"), required=False, help_text=_("Jointe aux relances. 10 Mo."))
    confirme = forms.CharField(required=False, max_length=16)

    def __init__(self, *args: Any, entreprise: Entreprise, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entreprise = entreprise
        self.apercu = Apercu()
        self.choix_tva = choix_de(entreprise.pays)
        self._ajouter_lignes()
        conditions: Any = self.fields["conditions"]
        conditions.queryset = ConditionsPaiement.objects.filter(entreprise=entreprise).order_by("-est_defaut", "nom")
        conditions.empty_label = _("Date fixée à la main")
        conditions.initial = conditions.queryset.filter(est_defaut=True).first()
        if not conditions.queryset.exists():
            del self.fields["conditions"]
            self.fields["echeance"].label = _("Échéance")

    def _ajouter_lignes(self) -> None:
        """The table of VAT and the table of instalments: fields by number."""
        taux = [(code, _nom_du_taux(choix)) for code, choix in self.choix_tva.items()]
        for i in LIGNES_TVA:
            self.fields[f"base_{i}"] = ChampMontant(label=_("Montant HT"), required=False)
            self.fields[f"taux_{i}"] = forms.ChoiceField(label=_("TVA"), choices=taux, required=False)
        for i in LIGNES_ECHEANCE:
            self.fields[f"jour_{i}"] = ChampDate(label=_("Date"), required=False)
            self.fields[f"part_{i}"] = ChampPart(label=_("Part"), required=False)

    @property
    def lignes_tva(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"base_{i}"], self[f"taux_{i}"]) for i in LIGNES_TVA]

    @property
    def lignes_echeance(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"jour_{i}"], self[f"part_{i}"]) for i in LIGNES_ECHEANCE]

    def est_ouvert(self, *noms: str) -> bool:
        """Whether something was typed, or is wrong, in this part of the form."""
        return any(self[nom].errors or (self[nom].data if self.is_bound else self[nom].initial) for nom in noms)

    @property
    def a_plusieurs_taux(self) -> bool:
        return self.est_ouvert(*(f"base_{i}" for i in LIGNES_TVA[1:]))

    @property
    def a_plusieurs_echeances(self) -> bool:
        return self.est_ouvert(*(f"{nom}_{i}" for i in LIGNES_ECHEANCE for nom in ("jour", "part")))

    @property
    def a_un_escompte(self) -> bool:
        return self.est_ouvert("escompte_taux", "escompte_jours")

    @property
    def est_transmise(self) -> bool:
        return self.est_ouvert("transmise_le", "transmise_par", "transmise_a")

    def noms_proposes(self) -> list[tuple[str, str]]:
        """For the browser's own completion, before anything is typed."""
        return proposer(self.entreprise, "")

    @cached_property
    def saisi(self) -> ClientSaisi:
        """Who is meant by what was typed."""
        source = self.data if self.is_bound else self.initial
        return reconnaitre(self.entreprise, str(source.get("client", "")))

    @property
    def choix_du_client(self) -> str:
        """What was chosen for this very text: the key of a client, or « nouveau »."""
        meme_texte = " ".join(str(self.data.get("client_cherche", "")).split()) == self.saisi.texte
        return str(self.data.get("client_choix", "")) if meme_texte else ""

    @property
    def client_est_nouveau(self) -> bool:
        return self.saisi.client is None and self.choix_du_client == NOUVEAU

    def clean_client(self) -> Client | str:
        """The client, or the name of the one to create."""
        saisi, choix = self.saisi, self.choix_du_client
        if saisi.client:
            return saisi.client
        if choix == NOUVEAU:
            return saisi.texte
        choisi = next((c for c in saisi.candidats if str(c.pk) == choix), None)
        if choisi:
            return choisi
        if saisi.candidats:
            raise ValidationError(gettext("Lequel ? Choisissez-le ci-dessous, ou créez-le."), "ambigu")
        message = gettext(
            "Aucun client de ce nom, de ce code ni de ce SIREN. Corrigez-le, ou enregistrez pour le créer."
        )
        raise ValidationError(message, "inconnu")

    def clean(self) -> dict[str, Any]:
        valeurs = super().clean() or {}
        for etape in (self._totaliser, self._echeancer, self._escompter, self._verifier_transmission):
            try:
                etape(valeurs)
            except ValidationError as erreur:
                reporter(self, erreur)
        return valeurs

    def _totaliser(self, valeurs: dict[str, Any]) -> None:
        lignes = [
            (valeurs[f"base_{i}"], self.choix_tva[valeurs.get(f"taux_{i}") or next(iter(self.choix_tva))])
            for i in LIGNES_TVA
            if valeurs.get(f"base_{i}")
        ]
        if {"total", *(f"base_{i}" for i in LIGNES_TVA)} & self.errors.keys():
            return
        self.apercu.totaux = calcul.totaliser(lignes, valeurs.get("total"))
        if self.apercu.totaux is None:
            raise ValidationError({"total": gettext("Donnez le montant hors taxes, ou le total TTC.")})
        valeurs["total"], valeurs["taxes"] = self.apercu.totaux.total, self.apercu.totaux.taxes

    def _echeancer(self, valeurs: dict[str, Any]) -> None:
        """By the table, else on the date typed, else by the terms."""
        parts = list(self._parts(valeurs))
        if parts and valeurs.get("echeance"):
            message = gettext("Donnez une seule échéance ici, ou plusieurs plus bas, pas les deux.")
            raise ValidationError({"echeance": message})
        if valeurs.get("echeance"):
            parts = [Part(valeurs["echeance"])]
        if parts:
            valeurs["conditions"] = None
        totaux, emission = self.apercu.totaux, valeurs.get("date_emission")
        if totaux is None or emission is None:
            return
        if parts:
            champ = "echeance" if valeurs.get("echeance") else "jour_1"
            valeurs["echeances"] = calcul.echeances_saisies(parts, emission, totaux.total, champ)
            self.apercu.echeances = valeurs["echeances"]
        elif valeurs.get("conditions"):
            self.apercu.echeances = calcul.echeances_des_conditions(valeurs["conditions"], emission, totaux.total)
        elif "echeance" not in self.errors:
            raise ValidationError({"echeance": gettext("Donnez une échéance ou des conditions de paiement.")})

    def _parts(self, valeurs: dict[str, Any]) -> Iterable[Part]:
        for i in LIGNES_ECHEANCE:
            jour, part = valeurs.get(f"jour_{i}"), valeurs.get(f"part_{i}")
            if jour is None and part and f"jour_{i}" not in self.errors:
                self.add_error(f"jour_{i}", gettext("Donnez la date de cette échéance."))
            elif jour is not None:
                yield Part(jour, **({part[0]: part[1]} if part else {}))

    def _escompter(self, valeurs: dict[str, Any]) -> None:
        taux, jours, emission = (valeurs.get(nom) for nom in ("escompte_taux", "escompte_jours", "date_emission"))
        if taux is not None and jours is not None and emission is not None:
            calcul.offrir_escompte(self.apercu, taux, jours, emission)

    def _verifier_transmission(self, valeurs: dict[str, Any]) -> None:
        if (valeurs.get("transmise_par") or valeurs.get("transmise_a")) and not valeurs.get("transmise_le"):
            raise ValidationError({"transmise_le": gettext("Donnez le jour où elle a été envoyée.")})

    @property
    def reproches(self) -> list[str]:
        """What keeps the totals and the dates from being reckoned."""
        fautes = [nom for nom in self.errors if nom in CALCULES or nom.startswith(PREFIXES_CALCULES)]
        return [str(message) for nom in fautes for message in self.errors[nom]]

    def refuser_numero(self, existante: Facture, libre: str) -> None:
        """Say which invoice has this number, and which one is free."""
        lien = reverse("factures:detail", kwargs={"slug": self.entreprise.slug, "pk": existante.pk})
        message = format_html(
            gettext('La facture n° {numero} est déjà enregistrée : <a href="{lien}">{nom}, {total}</a>.'),
            numero=existante.numero,
            lien=lien,
            nom=existante.client.nom,
            total=ecrire_montant(existante.total, existante.devise),
        )
        if libre:
            message += format_html(" {}", gettext("Le suivant libre est %(numero)s.") % {"numero": libre})
        self.add_error("numero", ValidationError(message, "deja_pris"))

    def pour_calculer(self) -> None:
        """Keep only what reckoning has to say: the rest isn't typed yet."""
        for nom in list(self.errors):
            est_calcule = nom in CALCULES or nom.startswith(PREFIXES_CALCULES)
            if not est_calcule or not self.data.get(nom):
                del self.errors[nom]

    def valeurs(self) -> dict[str, Any]:
        """What `factures.saisie.NouvelleFacture` takes, but for the client, the PDF and the deposit."""
        noms = [
            "numero", "date_emission", "total", "conditions", "escompte_taux", "escompte_jours", "objet",
            "reference_commande", "mode_reglement", "transmise_le", "transmise_par", "transmise_a",
        ]  # fmt: skip
        lues = {nom: self.cleaned_data.get(nom) for nom in noms if nom in self.cleaned_data}
        return {**lues, "taxes": self.cleaned_data["taxes"], "echeances": self.cleaned_data.get("echeances", ())}


def _nom_du_taux(choix: Choix) -> str:
    """« 20 % », or « TPS 5 % + TVQ 9,975 % » where taxes have names of their own."""
    if choix[0][0] == "TVA":
        return str(ecrire_taux(choix[0][1]))
    if choix[0][1] == ZERO:
        return gettext("Détaxé ou exonéré")
    return " + ".join(f"{libelle} {ecrire_taux(taux)}" for libelle, taux in choix)


def date_proposee(aujourd_hui: date) -> dict[str, Any]:
    """What an empty form starts with."""
    return {"date_emission": aujourd_hui, "mode_reglement": Facture.ModeReglement.VIREMENT}
