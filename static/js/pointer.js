// « Pointer » by keyboard: arrows and Enter go from row to row, Space ticks, a digit begins an amount, « / » searches.
// The totals follow. Without this module the page works: « Vérifier le total » counts on the server.

import { ecrire, lire } from "./montants.js";

const page = document.getElementById("pointer");
const barre = page.querySelector(".barre-pointer");
const recherche = document.getElementById("id_q");
const enregistrer = document.getElementById("enregistrer");
const COLONNES = ["soldee", "montant", "reference"];

let gestes = 0; // what was typed in the rows: an answer of the server that is older is not put over it
let cherche = recherche.value;
let allerEnListe = false;
let enEnvoi = false;

const nomDe = (champ) => champ.name.split("-")[0];
const rangee = (champ) => champ.closest?.("tr[data-centimes]");
const dans = (ligne, colonne) => ligne?.querySelector(`[name^="${colonne}-"]`);
const lignes = () => [...page.querySelectorAll("tr[data-centimes]")];

// Each payment of the batch: its cents, currency and client.
function paiements() {
  const trouves = [];
  for (const porte of page.querySelectorAll("[name=porte][data-paie]")) {
    trouves.push({ ...porte.dataset, centimes: Number(porte.dataset.centimes) });
  }
  for (const ligne of lignes()) {
    const saisi = lire(dans(ligne, "montant").value);
    const coche = dans(ligne, "soldee").checked;
    if (!coche && saisi === null) continue;
    trouves.push({ ...ligne.dataset, centimes: (saisi ?? Number(ligne.dataset.centimes)) || 0 });
  }
  return trouves;
}

function compter() {
  const payes = paiements();
  for (const total of barre.querySelectorAll(".total-pointe")) {
    const { devise, symbole } = total.dataset;
    const somme = payes.filter((p) => p.devise === devise).reduce((s, p) => s + p.centimes, 0);
    document.getElementById(`total-${devise}`).value = ecrire(somme, symbole);
    direEcart(devise, symbole, somme);
  }
  const parClient = document.getElementById("id_par_client").checked;
  const nombre = parClient ? new Set(payes.map((p) => `${p.client}/${p.devise}`)).size : payes.length;
  const { zero, un, plusieurs } = enregistrer.dataset;
  enregistrer.querySelector("span").textContent = nombre === 0 ? zero : nombre === 1 ? un : plusieurs.replace("%s", nombre);
}

function direEcart(devise, symbole, somme) {
  const attendu = lire(document.getElementById(`attendu-${devise}`).value);
  const ecart = attendu === null ? null : somme - attendu;
  const { egal, manque, trop } = barre.dataset;
  const dit = document.getElementById(`ecart-${devise}`);
  if (ecart === null || Number.isNaN(ecart)) dit.value = "";
  else if (ecart === 0) dit.value = egal;
  else dit.value = (ecart < 0 ? manque : trop).replace("%s", ecrire(Math.abs(ecart), symbole));
  dit.classList.toggle("juste", ecart === 0);
}

page.addEventListener("input", ({ target }) => {
  const ligne = rangee(target);
  if (ligne) {
    gestes += 1;
    if (nomDe(target) === "soldee" && target.checked) dans(ligne, "montant").value = "";
    if (nomDe(target) === "montant" && target.value.trim()) dans(ligne, "soldee").checked = false;
    if (["soldee", "montant"].includes(nomDe(target))) ligne.querySelector(".question")?.remove();
  }
  if (ligne || target.matches("[name^=attendu-], [name=par_client]")) compter();
});

function aller(depart, pas, colonne) {
  const toutes = lignes();
  const suivante = toutes[toutes.indexOf(depart) + pas];
  const cible = suivante ? dans(suivante, colonne) : pas > 0 ? document.getElementById("page-suivante") ?? enregistrer : recherche;
  cible.focus();
  cible.select?.();
}

function enListe() {
  const premiere = dans(lignes()[0], "soldee");
  premiere?.focus();
}

// The arrow leaves a field of text at its end only.
function auBord(champ, pas) {
  if (champ.type === "checkbox") return true;
  const bord = pas > 0 ? champ.value.length : 0;
  return champ.selectionStart === champ.selectionEnd && champ.selectionEnd === bord;
}

function surLigne(evenement, champ, ligne) {
  const { key } = evenement;
  const nom = nomDe(champ);
  if (!COLONNES.includes(nom)) return false;
  if (key === "ArrowDown" || key === "Enter") aller(ligne, 1, nom);
  else if (key === "ArrowUp") aller(ligne, -1, nom);
  else if (key === "ArrowRight" || key === "ArrowLeft") {
    const pas = key === "ArrowRight" ? 1 : -1;
    const voisine = COLONNES[COLONNES.indexOf(nom) + pas];
    if (!voisine || !auBord(champ, pas)) return false;
    dans(ligne, voisine).focus();
  } else if (key === " " && nom === "montant" && champ.value === "") dans(ligne, "soldee").click();
  else if (/^\d$/.test(key) && nom === "soldee") {
    const montant = dans(ligne, "montant");
    montant.value = key;
    montant.focus();
    montant.dispatchEvent(new Event("input", { bubbles: true }));
  } else if (key === "/" && nom === "soldee") {
    recherche.focus();
    recherche.select();
  } else return false;
  return true;
}

function surRecherche({ key }) {
  if (key !== "ArrowDown" && key !== "Enter") return false;
  if (recherche.value === cherche) enListe();
  else {
    allerEnListe = true;
    window.htmx.trigger(recherche, "search");
  }
  return true;
}

page.addEventListener("keydown", (evenement) => {
  const { target, key } = evenement;
  if (evenement.isComposing || evenement.altKey || evenement.metaKey) return;
  if (evenement.ctrlKey) {
    if (key !== "Enter") return;
    evenement.preventDefault();
    enregistrer.click();
    return;
  }
  const ligne = rangee(target);
  if (ligne ? surLigne(evenement, target, ligne) : target === recherche && surRecherche(evenement)) evenement.preventDefault();
});

// The list comes back from the server: never over something typed since it was asked for.
document.addEventListener("htmx:beforeSend", ({ detail }) => {
  detail.xhr.gestes = gestes;
  detail.xhr.cherche = recherche.value;
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "releve") return;
  if (detail.xhr.gestes === gestes) return;
  detail.shouldSwap = false;
  window.htmx.trigger(recherche, "search");
});
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "releve") return;
  cherche = detail.xhr.cherche;
  compter();
  if (allerEnListe || detail.requestConfig?.elt?.name === "vers") enListe();
  allerEnListe = false;
});

// One click is one batch; leaving with ticks that were not recorded asks first.
page.addEventListener("submit", () => {
  enEnvoi = true;
  requestAnimationFrame(() => {
    enregistrer.disabled = true;
  });
});
window.addEventListener("pageshow", () => {
  enEnvoi = false;
  enregistrer.disabled = false;
  compter();
});
window.addEventListener("beforeunload", (evenement) => {
  if (!enEnvoi && paiements().length) evenement.preventDefault();
});

for (const inutile of page.querySelectorAll(".sans-script")) inutile.hidden = true;
compter();
if (!document.querySelector("[data-attention]") && matchMedia("(pointer: fine)").matches) recherche.focus();
