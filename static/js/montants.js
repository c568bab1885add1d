// Amounts in whole cents, read and written as the server does: « 1 234,56 », « 1.234,56 » and « 1,234.56 » are the same.

const FINE = "\u202f";
const INSECABLE = "\u00a0";
export const estAnglais = document.documentElement.lang.startsWith("en");

// The cents of what is typed; null for nothing, NaN for what is no amount.
export function lire(texte) {
  let propre = texte.replace(/[\s'€$]|CHF/gi, "");
  if (propre === "") return null;
  if (propre.includes(",")) {
    const groupe = propre.lastIndexOf(".") > propre.lastIndexOf(",") ? "," : ".";
    propre = propre.replaceAll(groupe, "").replace(",", ".");
  }
  const trouve = /^(\d{1,12})(?:\.(\d{0,2}))?$/.exec(propre);
  return trouve ? Number(trouve[1]) * 100 + Number((trouve[2] ?? "").padEnd(2, "0")) : Number.NaN;
}

export function ecrire(centimes, symbole) {
  const absolu = Math.abs(centimes);
  const groupe = estAnglais ? "," : FINE;
  const entier = String(Math.floor(absolu / 100)).replace(/\B(?=(\d{3})+$)/g, groupe);
  const nombre = `${entier}${estAnglais ? "." : ","}${String(absolu % 100).padStart(2, "0")}`;
  const signe = centimes < 0 ? "\u2212" : "";
  if (!estAnglais) return `${signe}${nombre}${INSECABLE}${symbole}`;
  return `${signe}${symbole}${/^[A-Z]{3}$/.test(symbole) ? INSECABLE : ""}${nombre}`;
}
