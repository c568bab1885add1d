"""A company made by the command, its file of invoices, and its owner at work on the pages."""

import re
from datetime import date
from pathlib import Path
from typing import Any

from django.test import Client as Navigateur
from django.urls import reverse

from entreprises.models import Adhesion, Entreprise, MoyenPaiement
from factures.models import Facture
from relances.models import Reglages, Relance
from tests import fabriques
from tests.parcours.sortie import BILAN, conforme

PREMIER = date(2026, 6, 1)
ENTETES = "N° facture;Client;Contact;Courriel;Téléphone;Adresse;Code postal;Ville;Date facture;Échéance;Montant TTC"
MAREES = "Hôtel des Trois Marées;Paule Martin;compta@marees.invalid;01 99 00 12 34;8, quai du Modèle;35400;Saint-Malo"
GARAGE = "Garage Œuvré;Luc Témoin;luc@garage.invalid;01 99 00 56 78;3, rue Fictive;35000;Rennes"
TEMOIN = "Imprimerie Témoin;;contact@temoin.invalid;;5, place Inventée;35000;Rennes"
LIGNES = [
    f"2026-101;{MAREES};11/05/2026;10/06/2026;1 250,40",
    f"2026-102;{MAREES};11/05/2026;10/06/2026;860,00",
    f"2026-103;{GARAGE};12/05/2026;10/06/2026;742,50 €",
    f"2026-104;{GARAGE};30/05/2026;31/08/2026;99,90",
    f"2026-105;{TEMOIN};13/03/2026;15/04/2026;300,00",
    f"2026-106;{TEMOIN};13/03/2026;15/04/2026;trois cents",
]


def ecrire(dossier: Path, *lignes: str, entetes: str = ENTETES, nom: str = "ventes.csv") -> Path:
    """A file as a French accounting program writes it."""
    fichier = dossier / nom
    fichier.write_bytes("\r\n".join([entetes, *lignes, ""]).encode("cp1252"))
    return fichier


class Gerante:
    """The owner, in a browser, in the middle of the morning of each day."""

    def __init__(self) -> None:
        self.adhesion = Adhesion.objects.get(role="gerant")
        self.navigateur = Navigateur()
        self.arrive()

    def arrive(self) -> None:
        """A session lasts two weeks, and this story lasts six."""
        self.navigateur.force_login(self.adhesion.utilisateur)

    def page(self, nom: str, **cles: Any) -> str:
        return reverse(nom, kwargs={"slug": "brindille", **cles})

    def fait(self, geste: str, acte: Relance, **donnees: Any) -> Relance:
        """Post the form of an act as it stands."""
        adresse = self.page(f"relances:{geste}", pk=acte.pk)
        reponse = self.navigateur.post(adresse, {"version": acte.version, **donnees})
        assert reponse.status_code == 302, reponse.content.decode()
        acte.refresh_from_db()
        return acte

    def passe_les_appels(self) -> None:
        for appel in Relance.objects.filter(canal="appel", statut="a_envoyer"):
            assert self.fait("conclure_appel", appel, resultat="annonce").statut == "envoyee"

    def recoit(self, numero: str, montant: str, jour: date) -> None:
        """Record a payment through the page: what it would pay is shown first, then confirmed."""
        client = Facture.objects.get(numero=numero).client
        adresse = self.page("encaissements:nouveau") + f"?client={client.pk}"
        form = self.navigateur.get(adresse).context["form"]
        donnees = {
            "cle": form["cle"].value(),
            "montant": montant,
            "date_reglement": jour.isoformat(),
            "devise": "EUR",
            "moyen": "virement",
        }
        vue = self.navigateur.post(adresse, {**donnees, "action": "proposer"})
        parts = {ligne.nom: ligne.saisie for ligne in vue.context["ecran"].lignes}
        donnees |= {"montre": vue.context["ecran"].temoin, **parts, "action": "enregistrer"}
        assert self.navigateur.post(adresse, donnees).status_code == 302


def completer(entreprise: Entreprise) -> None:
    """What the owner types on the company's page: who signs, where, and how to pay."""
    for champ, valeur in {
        "adresse_ligne1": "12, rue de l’Exemple",
        "code_postal": "35000",
        "ville": "Rennes",
        "siren": "732829320",
        "courriel": "compta@brindille.invalid",
        "signataire_nom": "Claire Exemple",
        "signataire_qualite": "gérante",
    }.items():
        setattr(entreprise, champ, valeur)
    entreprise.save()
    MoyenPaiement.objects.create(
        entreprise=entreprise, genre="virement", iban=fabriques.IBAN, titulaire="ATELIER BRINDILLE"
    )


def installer_entreprise(commande, dossier: Path) -> None:
    sortie = commande(
        "creer_entreprise", "brindille", "--nom", "Atelier Brindille", "--gerant", "claire@modele.invalid"
    )
    assert (sortie.code, sortie.erreurs) == (0, "")
    assert re.search(r"http://\S+/compte/password/reset/key/\S+", sortie.texte), sortie.texte
    bilan = conforme(
        commande("importer_factures", ecrire(dossier, *LIGNES), "--entreprise=brindille", "--json").json, BILAN
    )
    assert {cle: bilan[cle] for cle in BILAN if cle != "refusees"} == {
        "lues": 6,
        "creees": 5,
        "deja_la": 0,
        "clients_crees": 3,
        "reglements_crees": 0,
    }
    (refus,) = bilan["refusees"]
    assert conforme(refus, {"ligne": int, "champ": str, "raison": str})["ligne"] == 7
    assert refus["champ"] == "total"
    completer(Entreprise.objects.get())


def mettre_en_route(gerante: Gerante) -> None:
    """The owner says go, on the settings' page."""
    adresse = gerante.page("relances:reglages")
    form = gerante.navigateur.get(adresse).context["form"]
    champs = {champ.html_name: champ.value() for champ in form}
    donnees = {nom: valeur for nom, valeur in champs.items() if valeur not in (None, "", False)}
    donnees |= {"envoi_automatique": "on", "approbation_jusqu_au": ""}
    assert "Confirmer et allumer" in gerante.navigateur.post(adresse, donnees).content.decode()
    assert gerante.navigateur.post(adresse, donnees | {"confirme": "oui"}).status_code == 302
    reglages = Reglages.objects.get()
    assert (reglages.envoi_automatique, reglages.approbation_jusqu_au) == (True, None)
