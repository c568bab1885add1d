// « À faire » by keyboard: J and K go through the acts, A and R decide. The keys are those that the page names in
// aria-keyshortcuts, so that what is hinted is what works. Without this module every link and button works all the same.

const saisit = (cible) => cible.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (evenement) => {
  if (evenement.ctrlKey || evenement.metaKey || evenement.altKey || evenement.repeat) return;
  if (evenement.key.length !== 1 || saisit(evenement.target) || document.querySelector("dialog[open]")) return;
  const cible = document.querySelector(`[aria-keyshortcuts="${CSS.escape(evenement.key.toUpperCase())}"]`);
  if (!cible) return;
  evenement.preventDefault();
  cible.click();
});

// A formal demand is confirmed in a dialog; without it, the server asks on a page of its own.
document.addEventListener("click", (evenement) => {
  const bouton = evenement.target.closest("[data-dialogue]");
  const dialogue = bouton && document.getElementById(bouton.dataset.dialogue);
  if (dialogue?.showModal) {
    evenement.preventDefault();
    dialogue.showModal();
  }
  evenement.target.closest("[data-ferme-dialogue]")?.closest("dialog")?.close();
});

// One click is one act: the button of a form on its way is no longer there to be clicked again.
document.addEventListener("submit", (evenement) => {
  if (evenement.target.method !== "post") return;
  requestAnimationFrame(() => {
    for (const bouton of document.querySelectorAll(".barre-actions button, dialog button")) bouton.disabled = true;
  });
});

// Coming back with the browser's arrow: the page is asked again, and says what the act has become.
window.addEventListener("pageshow", (evenement) => {
  if (evenement.persisted) window.location.reload();
});

// The open act stays in sight in the list, without moving the page itself.
const liste = document.querySelector(".volet-liste");
const ouvert = liste?.querySelector(".acte[aria-current]");
if (ouvert && ouvert.offsetTop + ouvert.offsetHeight > liste.clientHeight) liste.scrollTop = ouvert.offsetTop - liste.clientHeight / 2;
