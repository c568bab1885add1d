// An invoice being typed: the server reckons while one types (htmx); here only what it can't do. Works without it.

const formulaire = document.getElementById("saisie-facture");
const total = document.getElementById("id_total");

// The button reckons for those without JavaScript.
document.getElementById("calculer")?.setAttribute("hidden", "");

// The total that the server found stands in the empty field, as a hint: it is never posted back.
function montrerTotal() {
  const trouve = document.querySelector("#apercu [data-total]")?.dataset.total ?? "";
  if (total) total.placeholder = trouve;
}
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "apercu") montrerTotal();
});
montrerTotal();

// Nobody types in something that is being replaced: the server asks again if the choice was for another name.
document.addEventListener("htmx:beforeSwap", (evenement) => {
  const { target } = evenement.detail;
  if (target.id === "client-saisi" && target.contains(document.activeElement)) evenement.detail.shouldSwap = false;
});

// Ctrl + Enter records, from any field.
formulaire?.addEventListener("keydown", (evenement) => {
  if (evenement.key !== "Enter" || !(evenement.ctrlKey || evenement.metaKey)) return;
  evenement.preventDefault();
  formulaire.requestSubmit();
});
