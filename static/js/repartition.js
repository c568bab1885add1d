// One payment over several invoices: what is spread and what stays a credit, as one types.

import { ecrire, lire } from "./montants.js";

const resume = document.querySelector("[data-recu]");

function compter() {
  const recu = lire(resume.dataset.recu);
  let reparti = 0;
  for (const champ of document.querySelectorAll("[data-part]")) reparti += lire(champ.value) || 0;
  document.getElementById("reparti").value = ecrire(reparti, resume.dataset.symbole);
  document.getElementById("reste").value = ecrire(recu - reparti, resume.dataset.symbole);
  resume.classList.toggle("depasse", reparti > recu);
}

document.addEventListener("input", ({ target }) => {
  if (resume && target.matches("[data-part]")) compter();
});
// What was typed before this script came.
if (resume) compter();
