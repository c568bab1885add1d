"""The columns of a list of clients: identity, addresses, and one contact per row.

Terms of payment are left aside: they are chosen on an invoice, never taken from such a list.
"""

from django.utils.translation import gettext_lazy as _

from importations.colonnes import Champ, champ_annonce

CHAMPS_CLIENTS: tuple[Champ, ...] = (
    champ_annonce(
        "client_code",
        _("Code client"),
        "code client,client code,code,numero client,numero de client,num client,client numero,ref client,id client,"
        "client id,code tiers,numero tiers,compte tiers,compte client,compte auxiliaire,customer id,customer number,"
        "customer numero,customer no,customer code,cust number,client number,account number,contact id,debtor number,"
        "numero,number",
    ),
    champ_annonce(
        "client_nom",
        _("Nom du client"),
        "nom du client,nom client,client nom,raison sociale,raison sociale client,denomination,nom du tiers,nom tiers,"
        "libelle tiers,intitule client,intitule tiers,intitule,client,tiers,societe,entreprise,organisme,customer name,"
        "client name,name customer,customer,company name,company,organization,organisation,organisation name,"
        "display name,debtor name,nom,name",
    ),
    champ_annonce(
        "genre",
        _("Genre (professionnel, particulier, public)"),
        "genre,type client,type de client,nature,customer type",
    ),
    champ_annonce("forme_juridique", _("Forme juridique"), "forme juridique,forme,legal form,statut juridique"),
    champ_annonce("siren", "SIREN", "siren,numero siren,siren client,company number"),
    champ_annonce("siret", "SIRET", "siret,numero siret,siret client"),
    champ_annonce(
        "tva",
        _("N° de TVA"),
        "tva,numero de tva,numero tva,tva intracommunautaire,numero tva intracommunautaire,"
        "numero de tva intracommunautaire,tva client,vat number,vat id,vat no,tax number,tax id",
    ),
    champ_annonce("bce", _("N° BCE"), "bce,numero bce,numero d entreprise,numero entreprise"),
    champ_annonce("ide", _("N° IDE"), "ide,numero ide,uid,che"),
    champ_annonce("neq", "NEQ", "neq,numero neq,numero d entreprise du quebec"),
    champ_annonce(
        "numero_legal",
        _("SIREN, SIRET, BCE, IDE ou NEQ"),
        "siren siret,siren ou siret,numero legal,immatriculation,registration number",
    ),
    champ_annonce(
        "siege_ligne1",
        _("Siège : adresse"),
        "adresse,adresse siege,siege,siege adresse,rue,adresse client,adresse 1,adresse ligne 1,adresse de facturation,"
        "address,street,billing address,address line 1,billing address 1,contact address",
    ),
    champ_annonce(
        "siege_ligne2",
        _("Siège : complément"),
        "complement,complement d adresse,complement adresse,siege complement,adresse 2,adresse ligne 2,address line 2,"
        "address extra,billing address 2",
    ),
    champ_annonce(
        "siege_code_postal",
        _("Siège : code postal"),
        "code postal,cp,npa,siege code postal,zip,zip code,postal code,postcode,postal code/zip code,"
        "billing address postcode",
    ),
    champ_annonce(
        "siege_ville",
        _("Siège : ville"),
        "ville,localite,commune,siege ville,city,town,locality,billing city,billing address city",
    ),
    champ_annonce(
        "siege_pays", _("Siège : pays"), "pays,code pays,siege pays,country,country code,billing address country"
    ),
    champ_annonce(
        "livraison_adresse",
        _("Adresse de livraison"),
        "adresse de livraison,adresse livraison,livraison,delivery address,shipping address,shipping address 1",
    ),
    champ_annonce("langue", _("Langue"), "langue,code langue,language,language code"),
    champ_annonce(
        "contact",
        _("Contact : nom"),
        "contact,nom du contact,nom contact,contact nom,interlocuteur,a l attention de,attention,contact person,"
        "contact name",
    ),
    champ_annonce(
        "prenom",
        _("Contact : prénom"),
        "prenom,prenom du contact,prenom contact,contact prenom,first name,contact first name",
    ),
    champ_annonce(
        "nom_famille", _("Contact : nom de famille"), "nom de famille,contact last name,last name,family name"
    ),
    champ_annonce(
        "civilite",
        _("Contact : civilité"),
        "civilite,titre,civilite du contact,civilite contact,contact civilite,salutation,title",
    ),
    champ_annonce(
        "role",
        _("Contact : rôle ou fonction"),
        "role,fonction,role du contact,fonction du contact,contact role,contact fonction,poste,service,job title,"
        "position",
    ),
    champ_annonce(
        "courriel",
        _("Contact : courriel"),
        "courriel,courriel client,courriel du client,courriel contact,contact courriel,email,e mail,mail,adresse mail,"
        "adresse email,adresse courriel,adresse e mail,email client,mail client,email address,contact email,"
        "customer email,client email,billing email,email work",
    ),
    champ_annonce(
        "telephone",
        _("Contact : téléphone"),
        "telephone,telephone client,telephone contact,contact telephone,tel,numero de telephone,portable,mobile,phone,"
        "phone number,contact phone,customer phone,client phone,work phone number,billing phone",
    ),
)
