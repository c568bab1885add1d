"""Properties of the ladder's decision over random ladders, debts and histories."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from noyau.echelle import Ancre, Canal, Creance, Echelle, Echelon, Obstacle, Suspension, Verdict
from noyau.suspensions import BIENVEILLANTS, TERMINAUX, limite_bienveillance, periodes
from tests.noyau.fabrique_echelle import LUNDI, Partie, Semaine, chaque_jour, jour

DEBUT, FIN = jour(-40), jour(330)
ESSAIS = settings(max_examples=25, deadline=None)

AUCUN, PARFOIS = st.none(), st.booleans()
FINS = st.none() | st.integers(0, 40)


@st.composite
def echelles(draw, *, plafond=AUCUN, ordinaires=False):
    """A ladder: rungs before and after the due date, perhaps a discount, a formal demand, gentle and late rungs."""
    decalages = draw(st.lists(st.integers(-20, 60), min_size=1, max_size=5))
    ancres = [Ancre.ECHEANCE] * len(decalages)
    if not ordinaires:
        for ancre, bornes in ((Ancre.ESCOMPTE, (-8, -1)), (Ancre.FIN_DELAI, (1, 20))):
            ajoutes = draw(st.lists(st.integers(*bornes), max_size=2))
            decalages, ancres = decalages + ajoutes, ancres + [ancre] * len(ajoutes)
    cles = draw(st.permutations(range(1, len(decalages) + 1)))
    echelons = []
    for cle, decalage, ancre in zip(cles, decalages, ancres, strict=True):
        apres = ancre is Ancre.ECHEANCE and decalage >= 0
        echelons.append(
            Echelon(
                cle,
                f"échelon {cle}",
                draw(st.integers(1, 3)),
                draw(st.sampled_from(Canal)),
                decalage,
                ancre,
                jours_ouvres=ancre is Ancre.ESCOMPTE or draw(st.booleans()),
                est_formel=apres and draw(st.booleans()),
                est_reprise=apres and not ordinaires and cle == 1,
            )
        )
    return Echelle(
        tuple(echelons), draw(st.integers(0, 8)), draw(st.integers(0, 8)), plafond_bienveillance=draw(plafond)
    )


@st.composite
def creances(draw):
    connue = draw(st.integers(-40, -20) | st.integers(-20, 40))
    envoi, escompte = draw(st.none() | st.integers(-40, 20)), draw(st.none() | st.integers(-20, 5))
    return Creance(
        1,
        1,
        "EUR",
        Decimal("100.00"),
        LUNDI,
        jour(connue),
        None if envoi is None else jour(envoi),
        None if escompte is None else jour(escompte),
    )


@st.composite
def suspensions(draw, obstacles=tuple(o for o in Obstacle if o not in TERMINAUX), fins=FINS, rompues=PARFOIS):
    du, duree = draw(st.integers(-40, 120)), draw(fins)
    obstacle = draw(st.sampled_from(sorted(obstacles)))
    au = None if duree is None else jour(du + duree)
    return Suspension(obstacle, jour(du), au, obstacle is Obstacle.PROMESSE and draw(rompues))


semaines = st.builds(Semaine, st.frozensets(st.integers(-40, 150).map(jour), max_size=25))
histoires = st.lists(suspensions(), max_size=3)
plafonds = st.none() | st.integers(0, 25)
appels_vains = st.booleans()


def partie(creance, echelle, histoire=(), jours=Semaine(), vains=False):  # noqa: B008 (immutable)
    return Partie(creance, echelle, histoire, jours, lambda e: not (vains and e.canal is Canal.APPEL))


def attendus(creance, echelle):
    """The rungs after the due date that a debt without any obstacle goes through."""
    reprises = [e for e in echelle.echelons if e.est_reprise and creance.connue_le > creance.date_echeance]
    sur_echeance = [e for e in echelle.echelons if e.ancre is Ancre.ECHEANCE and e.decalage >= 0 and not e.est_reprise]
    return reprises, sur_echeance


@ESSAIS
@given(creances(), echelles(plafond=plafonds), histoires, semaines, appels_vains)
def test_a_year_played_twice_a_day_acts_each_rung_once_in_order_and_keeps_its_word(
    creance, echelle, histoire, jours, vains
):
    jeu = partie(creance, echelle, histoire, jours, vains)
    promis: date | None = DEBUT  # no act before that day, unless a fact changes
    for le in chaque_jour(DEBUT, FIN):
        decision = jeu.decider(le)
        if decision.verdict is Verdict.RELANCER:
            assert promis is not None
            assert le >= promis
            assert jours.est_ouvre(le)
            assert creance.connue_le <= decision.depuis <= le
            assert not decision.avant_echeance or le < creance.date_echeance
            assert decision.avant_echeance or le >= creance.date_echeance
            jeu.agir(decision, le)
            decision = jeu.decider(le)
            assert decision.verdict is not Verdict.RELANCER
        assert decision.jusqu_au is None or decision.jusqu_au > le
        promis = decision.jusqu_au
    faits = [a.echelon for a in jeu.actes]
    assert len(faits) == len(set(faits))
    contacts = [a.le for a in jeu.actes if a.contact]
    assert all(b - a >= timedelta(days=echelle.intervalle_minimum) for a, b in pairwise(contacts))


@ESSAIS
@given(creances(), echelles(plafond=plafonds), histoires, semaines, appels_vains)
def test_looking_only_on_the_days_asked_for_misses_nothing(creance, echelle, histoire, jours, vains):
    chaque = partie(creance, echelle, histoire, jours, vains).jouer(chaque_jour(DEBUT, FIN))
    assert partie(creance, echelle, histoire, jours, vains).sauter(DEBUT, FIN) == chaque


@ESSAIS
@given(creances(), echelles(ordinaires=True), semaines, appels_vains)
def test_an_untroubled_year_acts_every_rung_after_the_due_date_exactly_once_by_rising_offset(
    creance, echelle, jours, vains
):
    jeu = partie(creance, echelle, (), jours, vains)
    jeu.sauter(DEBUT, FIN)
    apres = [a for a in jeu.actes if a.le >= LUNDI]
    assert {a.echelon for a in apres} == {e.cle for e in echelle.echelons if e.decalage >= 0}
    for en_ouvres in (False, True):
        decalages = [a.decalage for a in apres if a.jours_ouvres is en_ouvres]
        assert decalages == sorted(decalages)


@ESSAIS
@given(creances(), echelles(), semaines)
def test_with_gentle_and_late_rungs_each_one_that_applies_is_acted(creance, echelle, jours):
    jeu = partie(creance, echelle, (), jours)
    jeu.sauter(DEBUT, FIN)
    faits = {a.echelon for a in jeu.actes}
    reprises, sur_echeance = attendus(creance, echelle)
    assert {e.cle for e in reprises} <= faits
    if not reprises:
        assert {e.cle for e in sur_echeance} <= faits
        assert not faits & {e.cle for e in echelle.echelons if e.est_reprise}
    # After a gentle rung, nothing of its day or before; above it, everything.
    apres = [a for a in jeu.actes if a.ancre is Ancre.ECHEANCE and a.decalage >= 0]
    if reprises and not any(e.jours_ouvres for e in echelle.echelons if e.ancre is Ancre.ECHEANCE):
        sommet = max(e.decalage for e in reprises)
        assert {a.echelon for a in apres} == {e.cle for e in reprises} | {
            e.cle for e in sur_echeance if e.decalage > sommet
        }
    if any(a.est_formel for a in jeu.actes):
        assert {e.cle for e in echelle.echelons if e.ancre is Ancre.FIN_DELAI} <= faits
    else:
        assert not faits & {e.cle for e in echelle.echelons if e.ancre is Ancre.FIN_DELAI}


@ESSAIS
@given(creances(), echelles(), semaines, suspensions((Obstacle.LITIGE,), st.integers(0, 40)))
def test_a_dispute_postpones_and_does_not_skip(creance, echelle, jours, litige):
    def apres(actes):
        return [(le, e) for le, e in actes if le >= LUNDI]

    sans = apres(partie(creance, echelle, (), jours).sauter(DEBUT, FIN))
    avec = apres(partie(creance, echelle, [litige], jours).sauter(DEBUT, FIN))
    assert {e for _, e in avec} == {e for _, e in sans}
    if not any(e.ancre is Ancre.FIN_DELAI for e in echelle.echelons):
        assert [e for _, e in avec] == [e for _, e in sans]
        assert all(a >= s for (a, _), (s, _) in zip(avec, sans, strict=True))
    assert not any(litige.du <= le <= litige.au for le, _ in avec)


@ESSAIS
@given(
    creances(),
    echelles(ordinaires=True),
    semaines,
    suspensions((Obstacle.PROMESSE,), st.integers(0, 40), st.just(True)),
)
def test_a_broken_promise_makes_the_next_rung_due_at_once(creance, echelle, jours, promesse):
    # Only what the interval, the deadline of a demand or the sending of the invoice forbid may still hold it back.
    creance = replace(creance, envoyee_le=None)
    jeu = partie(creance, echelle, [promesse], jours)
    fin = jours.ajouter_ouvres(promesse.au, echelle.grace_promesse)
    jeu.jouer(chaque_jour(DEBUT, fin))
    restants = {e.cle for e in echelle.echelons if e.decalage >= 0} - {a.echelon for a in jeu.actes}
    delais = [a.fin_delai for a in jeu.actes if a.fin_delai is not None]
    au_plus_tard = max(
        [fin, LUNDI, creance.connue_le - timedelta(days=1), *delais[-1:]],
    ) + timedelta(days=1)
    if jeu.actes:
        au_plus_tard = max(au_plus_tard, jeu.actes[-1].le + timedelta(days=max(1, echelle.intervalle_minimum)))
    avant = len(jeu.actes)
    suite = partie(
        creance, replace(echelle, echelons=tuple(e for e in echelle.echelons if e.decalage >= 0)), [promesse], jours
    )
    suite.actes.extend(jeu.actes)
    suite.jouer(chaque_jour(fin + timedelta(days=1), jours.prochain_ouvre(au_plus_tard)))
    assert bool(restants) == (len(suite.actes) > avant)


@ESSAIS
@given(
    creances(),
    echelles(plafond=st.integers(0, 25), ordinaires=True),
    semaines,
    st.lists(suspensions(BIENVEILLANTS, FINS, st.just(False)), max_size=4),
)
def test_kindness_never_delays_a_rung_past_the_cap(creance, echelle, jours, bontes):
    jeu = partie(creance, echelle, bontes, jours)
    jeu.sauter(DEBUT, FIN)
    faits = {a.echelon: a.le for a in jeu.actes}
    for echelon in sorted((e for e in echelle.echelons if e.decalage >= 0), key=lambda e: faits.get(e.cle, date.max)):
        assert echelon.cle in faits
        brut = (
            jours.ajouter_ouvres(LUNDI, echelon.decalage)
            if echelon.jours_ouvres
            else LUNDI + timedelta(days=echelon.decalage)
        )
        naturel = jours.prochain_ouvre(max(brut, creance.connue_le))
        permis = [naturel + timedelta(days=echelle.plafond_bienveillance)]
        avant = [a.le for a in jeu.actes if a.le < faits[echelon.cle]]
        permis += [le + timedelta(days=max(1, echelle.intervalle_minimum)) for le in avant[-1:]]
        if creance.envoyee_le:
            permis.append(creance.envoyee_le + timedelta(days=echelle.delai_apres_envoi))
        assert faits[echelon.cle] <= jours.prochain_ouvre(max(permis))


@ESSAIS
@given(
    creances(),
    echelles(plafond=plafonds),
    semaines,
    st.lists(suspensions(BIENVEILLANTS), max_size=2),
    suspensions(tuple(o for o in Obstacle if o not in BIENVEILLANTS)),
)
def test_nothing_leaves_under_an_obstacle_that_is_not_kindness(creance, echelle, jours, bontes, dur):
    jeu = partie(creance, echelle, [*bontes, dur], jours)
    jeu.sauter(DEBUT, FIN)
    assert not any(dur.du <= a.le and (dur.au is None or a.le <= dur.au) for a in jeu.actes)


@given(st.integers(0, 30), st.lists(suspensions(), max_size=5))
def test_the_cap_counts_only_the_days_of_kindness(plafond, histoire):
    """The same by counting days one by one."""
    toutes = periodes(histoire, Semaine(), 3)
    durs = [p for p in toutes if not p.est_bienveillante]
    le, restants = LUNDI, plafond
    while restants and le < FIN:
        restants -= not any(p.couvre(le) for p in durs)
        le += timedelta(days=1)
    attendu = None if restants else le
    limite = limite_bienveillance(LUNDI, plafond, toutes)
    assert (limite if limite is None or limite < FIN else None) == attendu
