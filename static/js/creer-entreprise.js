// « Créer une entreprise »: show the calendars of the chosen country only. Without this module all are listed, and the
// server refuses one that is not of the country.

const pays = document.getElementById("id_pays");
const region = document.getElementById("id_region");
const groupes = region ? [...region.querySelectorAll("optgroup")] : [];

function accorder() {
  for (const groupe of groupes) {
    const estDuPays = groupe.querySelector("option").value.startsWith(`${pays.value}:`);
    groupe.hidden = groupe.disabled = !estDuPays;
    if (!estDuPays && groupe.contains(region.selectedOptions[0])) region.value = "";
  }
  region.closest(".champ").hidden = groupes.every((groupe) => groupe.hidden);
}

if (pays && region) {
  pays.addEventListener("change", accorder);
  accorder();
}
