"""The rules of tone, as data: what a message to a debtor should not say, and what it should not lack.

Expressions are looked for in plain text: straight apostrophes, ordinary spaces, lower case. They tell, and the person
decides. Two kinds stop the text: what the law forbids (the look of a court paper: C. pén. 433-13; telling others of the
debt), and what makes a formal demand worth nothing (no amount, no deadline, no demand).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from relances.modeles_echelles.definitions import QUEBEC


@dataclass(frozen=True)
class Cas:
    """What the rules depend on: the rung, its country, the kind of client that its ladder is for."""

    pays: str
    genre: str
    est_formelle: bool
    avant: bool
    accessoires: str
    delai_jours: int
    reste_un_echelon: bool


Condition = Callable[[Cas], bool]


@dataclass(frozen=True)
class Expression:
    """Words to be told about, by language, where `vaut` holds."""

    code: str
    motifs: Mapping[str, str]
    conseil: Any
    vaut: Condition
    bloque: bool = False


@dataclass(frozen=True)
class Necessaire:
    """Something that the text should hold, by language ("" for both), where `vaut` holds."""

    code: str
    motifs: Mapping[str, str]
    conseil: Any
    vaut: Condition
    bloque: Condition


def _toujours(cas: Cas) -> bool:
    return True


def _jamais(cas: Cas) -> bool:
    return False


def _formelle(cas: Cas) -> bool:
    return cas.est_formelle


def _amiable(cas: Cas) -> bool:
    return not cas.est_formelle


def _apres(cas: Cas) -> bool:
    return not cas.avant


ACCESSOIRES = {
    "fr": r"pénalités?|40 ?€|€ ?40|l441-10|intérêts moratoires",
    "en": r"penalt(?:y|ies)|40 ?€|€ ?40|l441-10|default interest",
}
_TIERS_FR = (
    r"vos (?:clients|fournisseurs|partenaires|voisins|proches)|votre (?:banque|employeur|famille|entourage|assureur)"
    r"|la presse|la banque de france"
)
_TIERS_EN = r"your (?:customers|suppliers|partners|neighbours|bank|employer|family|insurer)|the press"

EXPRESSIONS = (
    Expression(
        "tiers_informe",
        {
            "fr": rf"(?:inform|préven|prévien|avert|alert|signal|contact)\w*[^.\n]{{0,40}}(?:{_TIERS_FR})"
            rf"|(?:{_TIERS_FR})[^.\n]{{0,20}} (?:sera|seront) (?:informé|prévenu|averti)",
            "en": rf"(?:inform|tell|notify|warn|contact)\w*[^.\n]{{0,40}}(?:{_TIERS_EN})",
        },
        _("La dette ne regarde que vous deux : n’annoncez jamais qu’un tiers en sera informé."),
        _toujours,
        bloque=True,
    ),
    Expression(
        "publication",
        {
            "fr": r"(?:publi(?:er|erons|cation)|diffus(?:er|erons|ion)|affich(?:er|erons|age))[^.\n]{0,30}"
            r"(?:votre nom|vos|publique)|liste (?:noire|des mauvais)|réseaux sociaux",
            "en": r"(?:publish|post|disclose)\w*[^.\n]{0,30}your (?:name|debt)|black ?list|social media",
        },
        _("Publier le nom d’un débiteur est interdit : retirez cette phrase."),
        _toujours,
        bloque=True,
    ),
    Expression(
        "imitation",
        {
            "fr": r"commandement de payer|république française|au nom du peuple|formule exécutoire|titre exécutoire"
            r"|exploit d'huissier|acte d'huissier|procès-verbal|sommation de payer|dernier avis avant saisie",
            "en": r"order to pay|\bwrits?\b|court notice|notice before seizure|enforcement order",
        },
        _("Une lettre ne peut pas imiter un acte de justice (article 433-13 du code pénal) : dites-le autrement."),
        _toujours,
        bloque=True,
    ),
    Expression(
        "voie_forcee",
        {
            "fr": r"\bhuissiers?\b|\bcommissaires? de justice\b|\bsaisies?\b|\bpénale?s?\b|\bpénaux\b|\bplaintes?\b"
            r"|\bfich(?:ier|é|age)s?\b|\bmauvais payeurs?\b|\bgendarme|\bpolice\b",
            "en": r"\bbailiffs?\b|\bseizures?\b|\bcriminal|\bpolice\b|\bbad payers?\b|\bcredit bureau",
        },
        _("Ce mot fait peur sans rien faire avancer. Dites ce que vous ferez vraiment, et quand."),
        _toujours,
    ),
    Expression(
        "justice_trop_tot",
        {
            "fr": r"\btribuna(?:l|ux)\b|\bpoursuites\b|\bpoursuivre\b|\bcontentieux\b|\bavocats?\b|\ben justice\b"
            r"|\binjonction de payer\b|\bassignation\b",
            "en": r"\bcourts?\b|\blawsuits?\b|\blegal action\b|\bsolicitors?\b|\battorneys?\b|\blawyers?\b"
            r"|\blitigation\b",
        },
        _("Trop tôt : avant la mise en demeure, un échange obtient plus qu’une menace."),
        _amiable,
    ),
    Expression(
        "impaye",
        {"fr": r"\bimpayée?s?\b", "en": r"\bunpaid\b|\bdelinquent\b"},
        _("« Impayé » accuse. Avant la mise en demeure, dites « le règlement ne nous est pas parvenu »."),
        _amiable,
    ),
    Expression(
        "dernier_avis",
        {
            "fr": r"\b(?:dernier avis|dernier rappel|dernière relance|ultime \w+)\b",
            "en": r"\b(?:final|last) (?:notice|reminder|warning)\b",
        },
        _("Il reste un échelon après celui-ci : « dernier » ne serait pas vrai."),
        lambda cas: cas.reste_un_echelon,
    ),
    Expression(
        "reconnaissance",
        {
            "fr": r"\bvous reconnaissez (?:nous )?(?:devoir|la dette)|\breconnaissance de dette\b",
            "en": r"\byou (?:acknowledge|admit) (?:that you owe|owing|the debt)\b",
        },
        _("Ne le dites pas à la place du client : s’il ne l’a pas dit, c’est faux."),
        _toujours,
    ),
    Expression(
        "jugement",
        {
            "fr": r"\b(?:malhonnête|escroc|voleur|mauvaise foi|honteux|scandaleux|inadmissible|inacceptable|intolérable"
            r"|irresponsable|désinvolture|négligence|ridicule)s?\w?\b",
            "en": r"\b(?:dishonest|crook|thief|bad faith|shameful|scandalous|unacceptable|intolerable|irresponsible"
            r"|negligence|ridiculous)\b",
        },
        _("Des faits et des dates, pas d’adjectif sur la personne."),
        _toujours,
    ),
    Expression(
        "delai_vague",
        {
            "fr": r"\bsous (?:huitaine|quinzaine|\d+ (?:jours|heures|h)\b)|\bà compter de la présente\b|\bsans délai\b"
            r"|\bdans les (?:plus brefs|meilleurs) délais\b|\bimmédiatement\b|\bdès réception\b",
            "en": r"\bwithin \d+ (?:days|hours)\b|\bimmediately\b|\bforthwith\b|\bas soon as possible\b|\bat once pay",
        },
        _("Une date vaut mieux qu’une durée : écrivez {delai.date}."),
        _toujours,
    ),
    Expression(
        "date_ecrite",
        {
            "fr": r"(?<!loi du )(?<!modifiée du )\b\d{1,2}(?:er)? (?:janvier|février|mars|avril|mai|juin|juillet|août"
            r"|septembre|octobre|novembre|décembre)(?: \d{4})?\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{4}-\d\d-\d\d\b",
            "en": r"(?<!law of )\b\d{1,2} (?:january|february|march|april|may|june|july|august|september|october"
            r"|november|december)(?: \d{4})?\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{4}-\d\d-\d\d\b",
        },
        _("Ce texte servira longtemps : cette date sera passée. Prenez une variable, comme {delai.date}."),
        _toujours,
    ),
    Expression(
        "montant_ecrit",
        {
            "fr": r"(?<![\d,.])(?!40 ?€)\d[\d .]*(?:,\d\d)? ?(?:€|euros|\$)",
            "en": r"(?<![\d,.])(?!40 ?€)\d[\d.,]* ?(?:€|euros)|(?:€|\$)(?!40\b)\d[\d.,]*",
        },
        _("Ce montant sera le même pour tous. Prenez une variable, comme {total.echu}."),
        _toujours,
    ),
    Expression(
        "exclamations",
        {"fr": r"! ?!|!(?:[^!]*!){2,}", "en": r"! ?!|!(?:[^!]*!){2,}"},
        _("Un point suffit : les points d’exclamation sonnent comme des cris."),
        _toujours,
    ),
    Expression(
        "tutoiement",
        {"fr": r"\b(?:tu|toi|tes)\b", "en": r"(?!)"},
        _("Le message s’adresse à une entreprise : gardez le vouvoiement."),
        _toujours,
    ),
    Expression(
        "consommateur",
        ACCESSOIRES,
        _("Un particulier ne doit ni pénalités ni indemnité de 40 €, sauf clause écrite : retirez ce passage."),
        lambda cas: cas.genre == "particulier" and cas.accessoires == "aucun",
    ),
    Expression(
        "accessoires_trop_tot",
        ACCESSOIRES,
        _("Cet échelon est réglé pour ne rien dire des pénalités : attendez l’échelon suivant, ou changez le réglage."),
        lambda cas: cas.genre != "particulier" and cas.accessoires == "aucun",
    ),
    Expression(
        "acheteur_public",
        {
            "fr": r"\binjonction de payer\b|\bsociété de recouvrement\b|\bprocédure\b|\bsaisi",
            "en": r"\border for payment\b|\bcollection agency\b|\bproceedings\b",
        },
        _("Un acheteur public ne se poursuit pas ainsi : demandez l’état du dossier et la date de mandatement."),
        lambda cas: cas.genre == "public" and cas.pays != QUEBEC,
    ),
    Expression(
        "quebec",
        {
            "fr": r"\biban\b|\bsepa\b|\bchorus\b|\bsiren\b|\barrhes\b|\bl441-10\b|\binjonction de payer\b|\be-mail\b"
            r"|40 ?€",
            "en": r"\biban\b|\bsepa\b|\bchorus\b|\bsiren\b|\bl441-10\b|40 ?€|€ ?40",
        },
        _("Ce terme n’a pas cours au Québec."),
        lambda cas: cas.pays == QUEBEC,
    ),
)

_MONTANT = r"\{(?:total\.\w+|echeance\.montant|tableau\.factures|bloc\.decompte)\}"

NECESSAIRES = (
    Necessaire(
        "sans_montant",
        {"": _MONTANT},
        _("Le message ne dit pas combien : ajoutez {total.echu} ou {tableau.factures}."),
        _toujours,
        bloque=_formelle,
    ),
    Necessaire(
        "sans_echeance",
        {"": r"\{(?:echeance\.date|tableau\.factures)\}"},
        _("Le message ne dit pas pour quand c’était : ajoutez {echeance.date} ou {tableau.factures}."),
        _toujours,
        bloque=_jamais,
    ),
    Necessaire(
        "sans_moyen",
        {"": r"\{bloc\.moyens_paiement\}"},
        _("Le message ne dit pas comment payer : ajoutez {bloc.moyens_paiement}."),
        _toujours,
        bloque=_jamais,
    ),
    Necessaire(
        "sans_salutation",
        {"": r"\{contact\.(?:salutation|appel|nom)\}"},
        _("Le message commence sans saluer : ajoutez {contact.salutation}."),
        _toujours,
        bloque=_jamais,
    ),
    Necessaire(
        "sans_signature",
        {"": r"\{(?:bloc\.signature|signataire\.nom)\}"},
        _("Le message n’est pas signé : ajoutez {bloc.signature}."),
        _toujours,
        bloque=_jamais,
    ),
    Necessaire(
        "sans_croisement",
        {"fr": r"\bcrois", "en": r"\bcross"},
        _(
            "Rien n’est dit à qui vient de payer. Par exemple : « Si votre règlement a croisé ce message, merci de ne "
            "pas en tenir compte. »"
        ),
        _apres,
        bloque=_jamais,
    ),
    Necessaire(
        "sans_question",
        {
            "fr": r"contest|désaccord|dites-|répond|s'y oppose|manque|pièce|difficult",
            "en": r"disput|disagree|tell us|tell me|reply|missing|stands in the way|difficult",
        },
        _("Offrez de répondre : une question, un désaccord, une difficulté se disent avant de se plaider."),
        _apres,
        bloque=_jamais,
    ),
    Necessaire(
        "sans_mise_en_demeure",
        {"fr": r"mise en demeure|mettons en demeure", "en": r"mise en demeure|formal(?:ly)? (?:demand|requir|notice)"},
        _("Pour valoir mise en demeure, la lettre doit le dire (article 1344 du code civil en France)."),
        _formelle,
        bloque=_formelle,
    ),
    Necessaire(
        "sans_delai",
        {"": r"\{delai\.date\}"},
        _("Sans date limite, une mise en demeure ne fait courir aucun délai : ajoutez {delai.date}."),
        lambda cas: cas.est_formelle and cas.pays != QUEBEC,
        bloque=_formelle,
    ),
    Necessaire(
        "sans_delai",
        {"": r"\{delai\.(?:date|jours)\}"},
        _("Sans délai, une mise en demeure ne fait rien courir : ajoutez {delai.jours} ou {delai.date}."),
        lambda cas: cas.est_formelle and cas.pays == QUEBEC,
        bloque=_formelle,
    ),
    Necessaire(
        "sans_article",
        {"": r"\barticles?\b"},
        _("Citez le texte sur lequel la demande s’appuie, comme l’article 1344 du code civil."),
        lambda cas: cas.est_formelle and (cas.pays == "FR" or (cas.pays == "CH" and cas.genre != "public")),
        bloque=_jamais,
    ),
    Necessaire(
        "sans_mediateur",
        {"fr": r"médiat", "en": r"mediat"},
        _("À un particulier, nommez le médiateur de la consommation : {entreprise.mediateur}."),
        lambda cas: cas.est_formelle and cas.pays == "FR" and cas.genre == "particulier",
        bloque=_jamais,
    ),
)
