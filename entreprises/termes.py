"""The words of the trade, each explained in a sentence or two, where it appears on a page and on the help page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

TERMES = {
    "acompte": (_("Acompte"), _("Somme demandée avant de commencer, déduite de la facture finale.")),
    "avoir": (
        _("Avoir"),
        _("Document qui annule tout ou partie d’une facture émise. Il réduit ce qui est dû sans être un règlement."),
    ),
    "balance": (
        _("Balance ouverte"),
        _("Liste, à une date, des factures qui ne sont pas soldées, telle que votre comptabilité l’exporte."),
    ),
    "bienveillance": (
        _("Plafond de bienveillance"),
        _("Nombre de jours dont promesses et pauses peuvent retarder une étape. Au-delà, elle part quand même."),
    ),
    "cabinet": (_("Cabinet"), _("La page qui réunit toutes les entreprises dont vous êtes membre.")),
    "delai": (
        _("Délai de la mise en demeure"),
        _("Le jour avant lequel elle demande de payer. Il se compte depuis l’envoi ou la réception, selon le pays."),
    ),
    "echeance": (
        _("Échéance"),
        _("Le jour où une somme doit être payée. Une facture peut en avoir plusieurs, dont la somme fait le total."),
    ),
    "echelle": (
        _("Échelle"),
        _("La suite des relances, de la plus douce à la plus ferme. On monte d’un échelon à la fois."),
    ),
    "escompte": (
        _("Escompte"),
        _("Réduction accordée à qui paie en avance. Passé sa date limite, elle n’est plus due."),
    ),
    "imputation": (
        pgettext_lazy("comptabilité", "Imputation"),
        _("La part d’un règlement qui est mise sur une facture. Le reste est un crédit du client."),
    ),
    "litige": (
        _("Litige"),
        _("Le client conteste une facture. Rien ne part sur elle avant sa clôture ; les autres suivent leur cours."),
    ),
    "mise_en_demeure": (
        _("Mise en demeure"),
        _("Lettre qui demande de payer avant une date et ouvre vos droits. Elle attend toujours un accord."),
    ),
    "pointer": (
        _("Pointer"),
        _("Cocher, relevé de banque à côté, les factures qui ont été payées."),
    ),
    "promesse": (
        _("Promesse"),
        _("Un jour et un montant que le client a donnés. Rien ne part avant, plus trois jours ouvrés de grâce."),
    ),
    "recommande": (
        _("Lettre recommandée"),
        _("Lettre dont la poste prouve l’envoi et la remise. Non réclamée, elle reste valable en France."),
    ),
    "reglements_a_jour": (
        _("Règlements à jour"),
        _("Jusqu’à quel jour les paiements sont connus. S’il est trop ancien, les relances attendent votre accord."),
    ),
    "reprise": (
        _("Reprise du compte"),
        _("Premier message, doux, pour une facture déjà en retard quand elle a été connue."),
    ),
    "seuil": (_("Seuil"), _("Total échu d’un client au-dessous duquel rien n’est envoyé.")),
}
