// The mail server's form: choosing a provider fills in its settings at once. Without this the button beside does it.

const formulaire = document.querySelector("form:has([data-reprendre])");
const donnees = document.getElementById("fournisseurs");

if (formulaire && donnees) {
  const fournisseurs = JSON.parse(donnees.textContent);
  const conseil = formulaire.querySelector("[data-conseil]");
  formulaire.querySelector("[data-reprendre]").remove();

  formulaire.elements.fournisseur.addEventListener("change", ({ target }) => {
    const choisi = fournisseurs[target.value];
    conseil.hidden = !choisi;
    if (!choisi) return;
    for (const nom of ["hote", "port", "securite"]) formulaire.elements[nom].value = choisi[nom];
    if (choisi.identifiant) formulaire.elements.identifiant.value = choisi.identifiant;
    conseil.querySelector("span").textContent = choisi.conseil;
  });
}
