"""An example of each kind of file, to be filled in with a spreadsheet. Every person and company is invented."""

from importations.models import Importation

Genre = Importation.Genre

MODELES: dict[str, list[list[str]]] = {
    Genre.FACTURES: [
        [
            "Numéro de facture", "Code client", "Client", "Courriel", "Date de facture", "Échéance", "Total TTC",
            "Montant réglé", "Date de règlement",
        ],
        [
            "2026-101", "C001", "Hôtel Modèle", "compta@hotel-modele.invalid", "27/05/2026", "26/06/2026", "1250,40",
            "", "",
        ],
        [
            "2026-102", "C002", "Garage Témoin", "bonjour@garage-temoin.invalid", "30/05/2026", "29/06/2026", "742,50",
            "442,50", "22/06/2026",
        ],
    ],
    Genre.BALANCE: [
        ["Numéro de facture", "Code client", "Client", "Date de facture", "Échéance", "Total TTC", "Solde restant dû"],
        ["2026-101", "C001", "Hôtel Modèle", "27/05/2026", "26/06/2026", "1250,40", "1250,40"],
        ["2026-102", "C002", "Garage Témoin", "30/05/2026", "29/06/2026", "742,50", "300,00"],
    ],
    Genre.CLIENTS: [
        [
            "Code client", "Nom du client", "Genre", "SIREN", "N° de TVA", "Adresse", "Code postal", "Ville", "Pays",
            "Adresse de livraison", "Langue", "Civilité", "Nom du contact", "Rôle", "Courriel", "Téléphone",
        ],
        [
            "C001", "Hôtel Modèle", "professionnel", "", "", "8 quai du Modèle", "35400", "Saint-Malo", "FR", "", "fr",
            "Madame", "Paule Exemple", "comptabilité", "compta@hotel-modele.invalid", "02 99 00 00 00",
        ],
        [
            "C001", "Hôtel Modèle", "", "", "", "", "", "", "", "", "",
            "Monsieur", "Luc Exemple", "direction", "direction@hotel-modele.invalid", "",
        ],
    ],
}  # fmt: skip
