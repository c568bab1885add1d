"""Which column holds what: proposed from the headers, in French and in English, then corrected by the person.

Headers are compared without case, accents, punctuation or spaces ("*InvoiceNumber", "N° de facture", "Due Date").
A header is proposed only when it is a known name of the field, never because it looks like one: a predicted payment
date must not be taken for a payment. For each field the first names are the most telling.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from entreprises.champs import sans_accents


@dataclass(frozen=True, slots=True)
class Champ:
    """A field a column may hold: its stable name, its French label, the headers that announce it."""

    nom: str
    libelle: str
    entetes: tuple[str, ...]


def champ_annonce(nom: str, libelle: object, entetes: str) -> Champ:
    """A field, its headers separated by commas."""
    return Champ(nom, libelle, tuple(compacter(e) for e in entetes.split(",")))  # type: ignore[arg-type]


def compacter(entete: str) -> str:
    """A header reduced to its letters and digits. `#` and `n°` are the word "numero"."""
    texte = re.sub(r"#|\b[nN][°ºo]\.?(?=[\s_]|$)", " numero ", str(entete).replace("_", " "))
    return re.sub(r"[^a-z0-9]", "", sans_accents(texte))


CHAMPS: tuple[Champ, ...] = (
    champ_annonce(
        "numero",
        _("Numéro de facture"),
        "numero de facture,numero facture,num facture,facture numero,facture n,reference facture,ref facture,"
        "reference de facture,facture id,id facture,invoice number,invoice numero,invoice no,invoice num,invoice nr,"
        "invoice id,invoice ref,invoice reference,numero de piece,numero piece,piece numero,num piece,n piece,"
        "numero document,numero de document,document number,"
        "document no,doc number,doc id,doc no,numero,num,number,piece,"
        "facture,invoice",
    ),
    champ_annonce(
        "client_code",
        _("Code client"),
        "code client,client code,numero client,numero de client,num client,client numero,ref client,reference client,"
        "id client,client id,code tiers,numero tiers,compte tiers,compte client,compte auxiliaire,customer id,"
        "customer number,customer numero,customer no,customer code,customer ref,cust number,cust id,cust no,cust code,"
        "client number,client no,account number,contact id,debtor number,debtor code",
    ),
    champ_annonce(
        "client_nom",
        _("Nom du client"),
        "nom du client,nom client,client nom,raison sociale,raison sociale client,nom du tiers,nom tiers,tiers nom,"
        "libelle tiers,intitule client,intitule tiers,client,tiers,societe,debiteur,acheteur,customer name,client name,"
        "name customer,customer,contact name,company name,company,organization,organisation,organisation name,bill to,"
        "debtor,debtor name,nom,name",
    ),
    champ_annonce(
        "date_emission",
        _("Date d’émission"),
        "date d emission,date emission,date de facture,date facture,date de la facture,date de facturation,"
        "date facturation,facturee le,facture le,emise le,date piece,date de piece,date document,date du document,"
        "invoice date,invoiced at,invoiced on,date issued,issue date,issued,issued at,issued on,document date,"
        "posting date,document create date,txn date,date,emission",
    ),
    champ_annonce(
        "date_echeance",
        _("Échéance"),
        "date d echeance,date echeance,echeance,echeances,echeance le,date limite de paiement,date limite,"
        "a payer avant le,a payer avant,payable le,due date,date due,due in date,due at,due on,due,invoice due date,"
        "payment due date,net due date",
    ),
    champ_annonce(
        "conditions",
        _("Délai de paiement (jours)"),
        "conditions de paiement,conditions de reglement,conditions paiement,conditions reglement,delai de paiement,"
        "delai paiement,delai de reglement,delai reglement,delai,delai jours,conditions,modalites,"
        "modalites de paiement,payment terms label,payment terms,terms,net days,credit days",
    ),
    champ_annonce(
        "total",
        _("Total TTC"),
        "total ttc,montant ttc,montant total ttc,ttc,total tva comprise,montant total,total facture,montant facture,"
        "montant de la facture,total avec taxes,total taxes incluses,net a payer,invoice amount,invoice total,"
        "total amount,amount total,grand total,gross amount,total gross,total,montant,amount",
    ),
    champ_annonce(
        "total_ligne",
        _("Total TTC d’une ligne (à additionner)"),
        "total ligne ttc,montant ligne ttc,total ttc ligne,montant ttc ligne,line total",
    ),
    champ_annonce(
        "solde",
        _("Solde restant dû"),
        "solde restant du,solde restant,solde du,solde ouvert,solde,reste a payer,reste du,reste a regler,restant du,"
        "montant restant,montant restant du,montant du,montant ouvert,montant impaye,impaye,encours,open balance,"
        "balance due,balance ouverte,total open amount,open amount,amount open,outstanding amount,outstanding balance,"
        "outstanding,amount due,amount outstanding,remaining amount,remaining,balance",
    ),
    champ_annonce(
        "devise", _("Devise"), "devise,code devise,monnaie,currency,currency code,invoice currency,document currency"
    ),
    champ_annonce(
        "date_reglement",
        _("Date de règlement"),
        "date de reglement,date reglement,date du reglement,date de paiement,date paiement,date du paiement,reglee le,"
        "regle le,payee le,paye le,date d encaissement,date encaissement,encaissee le,date dernier reglement,"
        "dernier reglement le,settled date,settlement date,date settled,date paid,paid date,paid at,paid on,"
        "payment date,last payment date,clear date,cleared date,clearing date",
    ),
    champ_annonce(
        "montant_regle",
        _("Montant déjà réglé"),
        "montant regle,montant deja regle,deja regle,total regle,regle,montant paye,montant deja paye,deja paye,"
        "total paye,paye,montant encaisse,encaisse,amount paid,paid amount,total paid,paid to date,paid",
    ),
    champ_annonce(
        "litige",
        _("En litige (oui ou non)"),
        "en litige,litige,contestee,conteste,contestation,disputed,dispute,in dispute",
    ),
    champ_annonce(
        "statut",
        _("État (brouillon, payée, annulée…)"),
        "statut,statut facture,statut de la facture,etat,etat facture,status,invoice status,payment status,"
        "statut de paiement,statut paiement",
    ),
    champ_annonce(
        "type",
        _("Type (facture ou avoir)"),
        "type de piece,type piece,type de document,type document,nature piece,nature,document type,invoice type,"
        "transaction type,type",
    ),
    champ_annonce(
        "reference_commande",
        _("Référence de commande"),
        "reference de commande,reference commande,ref commande,bon de commande,numero de commande,numero commande,"
        "commande,votre reference,po number,po numero,po,purchase order,purchase order number,order number,order no,"
        "order reference,customer po,reference no,reference",
    ),
    champ_annonce(
        "objet",
        _("Objet"),
        "objet,libelle,libelle facture,designation,intitule,subject,invoice description,memo,description",
    ),
    champ_annonce(
        "courriel",
        _("Courriel du client"),
        "courriel,courriel client,courriel du client,email,e mail,mail,adresse mail,adresse email,adresse courriel,"
        "adresse e mail,email client,mail client,email address,contact email,customer email,client email,billing email",
    ),
    champ_annonce(
        "telephone",
        _("Téléphone du client"),
        "telephone,telephone client,tel,numero de telephone,portable,mobile,phone,phone number,contact phone,"
        "customer phone,client phone,billing phone",
    ),
    champ_annonce(
        "contact", _("Nom du contact"), "contact,nom du contact,nom contact,interlocuteur,attention,contact person"
    ),
    champ_annonce(
        "numero_legal",
        _("SIREN, SIRET, BCE, IDE ou NEQ"),
        "siren,siret,numero siren,numero siret,siren client,siret client,siren siret,siren ou siret,bce,numero bce,"
        "numero d entreprise,numero entreprise,ide,numero ide,uid,neq,numero neq,company number,registration number",
    ),
    champ_annonce(
        "tva",
        _("N° de TVA du client"),
        "numero de tva,numero tva,tva intracommunautaire,numero tva intracommunautaire,"
        "numero de tva intracommunautaire,tva client,vat number,vat id,vat no,tax number,tax id,contact tax number",
    ),
    champ_annonce(
        "adresse",
        _("Adresse (rue)"),
        "adresse,rue,adresse client,adresse 1,adresse ligne 1,adresse de facturation,address,street,billing address,"
        "address line 1,billing address 1,po address line 1,contact address",
    ),
    champ_annonce(
        "code_postal",
        _("Code postal"),
        "code postal,cp,npa,zip,zip code,postal code,postcode,billing code,po postal code,contact zip code",
    ),
    champ_annonce("ville", _("Ville"), "ville,localite,commune,city,town,billing city,po city,contact city"),
)
DATES = ("date_emission", "date_echeance", "date_reglement")
MONTANTS = ("total", "total_ligne", "solde", "montant_regle")


def proposer(entetes: Sequence[str], champs: Sequence[Champ] = CHAMPS) -> dict[str, int]:
    """For each of these fields that a header announces, the index of its column. No column serves two fields."""
    compactes = [compacter(entete) for entete in entetes]
    premiers: dict[str, int] = {}
    for index, entete in enumerate(compactes):
        premiers.setdefault(entete, index)
    colonnes: dict[str, int] = {}
    prises: set[int] = set()
    for champ in champs:
        trouvee = next((premiers[e] for e in champ.entetes if e in premiers and premiers[e] not in prises), None)
        if trouvee is not None:
            colonnes[champ.nom] = trouvee
            prises.add(trouvee)
    return colonnes


def empreinte_entetes(entetes: Sequence[str]) -> str:
    """The same for two files whose headers are the same, case and accents aside."""
    return hashlib.sha256("\x1f".join(compacter(e) for e in entetes).encode()).hexdigest()
