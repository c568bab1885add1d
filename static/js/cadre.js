// The frame: remember the theme, close messages, send the forms that choose a language. Every page works without it.

const racine = document.documentElement;

function retenirTheme(choix) {
  try {
    if (choix === "auto") localStorage.removeItem("theme");
    else localStorage.setItem("theme", choix);
  } catch {
    // Storage refused: the choice holds for this page.
  }
  if (choix === "auto") delete racine.dataset.theme;
  else racine.dataset.theme = choix;
}

const actuel = document.getElementById(`theme-${racine.dataset.theme ?? "auto"}`);
if (actuel) actuel.checked = true;

document.addEventListener("change", ({ target }) => {
  if (target.name === "theme") retenirTheme(target.id.replace("theme-", ""));
  if (target.matches("[data-envoi-direct]")) target.form.requestSubmit();
});

document.addEventListener("click", ({ target }) => {
  const bouton = target.closest("[data-ferme]");
  if (bouton) bouton.closest(bouton.dataset.ferme).remove();
});

// A summary of errors is read first.
document.querySelector("[data-attention]")?.focus();

// "/" goes to the page's search box, as the hint beside it says.
document.addEventListener("keydown", (evenement) => {
  if (evenement.key !== "/" || evenement.ctrlKey || evenement.metaKey || evenement.altKey) return;
  if (evenement.target.closest("input, textarea, select, [contenteditable]")) return;
  const recherche = document.querySelector("input[type=search]");
  if (!recherche) return;
  evenement.preventDefault();
  recherche.focus();
});
