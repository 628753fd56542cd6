// Runs before the first paint, so that a dark page never flashes light.
try {
  const kept = localStorage.getItem("theme");
  if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
} catch {
  // Storage may be refused; the page then opens light.
}
