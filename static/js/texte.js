// The editor of a rung's words: variables inserted where one writes, nothing lost by leaving too soon; the print button.
// Without this module the variables are typed, the preview has its button, and the browser prints.

let dernier = document.querySelector("[data-insere='corps']");

document.addEventListener("focusin", ({ target }) => {
  if (target.matches("[data-insere]")) dernier = target;
});

// A block takes several lines: it goes in the body, wherever the cursor was last.
function inserer(jeton, estBloc) {
  const champ = estBloc ? document.querySelector("[data-insere='corps']") : dernier;
  if (!champ) return;
  champ.focus();
  champ.setRangeText(jeton, champ.selectionStart, champ.selectionEnd, "end");
  champ.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const code of document.querySelectorAll("code[data-jeton]")) {
  const bouton = document.createElement("button");
  bouton.type = "button";
  bouton.className = "jeton";
  bouton.textContent = code.dataset.jeton;
  bouton.addEventListener("click", () => inserer(code.dataset.jeton, "bloc" in code.dataset));
  code.replaceWith(bouton);
}
for (const aide of document.querySelectorAll("[data-mode-d-emploi]")) aide.textContent = aide.dataset.modeDEmploi;

// Leaving with words that were not saved: the browser asks.
const forme = document.querySelector("form[data-garde]");
let estModifie = false;
forme?.addEventListener("input", ({ target }) => {
  if (target.matches("[data-insere]")) estModifie = true;
});
document.addEventListener("submit", () => {
  estModifie = false;
});
window.addEventListener("beforeunload", (evenement) => {
  if (estModifie) evenement.preventDefault();
});

for (const bouton of document.querySelectorAll("[data-imprimer]")) {
  bouton.hidden = false;
  bouton.addEventListener("click", () => window.print());
}
