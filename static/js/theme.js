// Before the first paint: the theme chosen earlier on this device. Without JavaScript the theme follows the system.
(() => {
  let choisi = null;
  try {
    choisi = localStorage.getItem("theme");
  } catch {
    return; // storage refused: nothing is remembered, the page works
  }
  if (choisi === "clair" || choisi === "sombre") document.documentElement.dataset.theme = choisi;
})();
