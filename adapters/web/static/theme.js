// Before the first paint, so that nothing flashes: a classic script, kept to this one thing.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("paperboy.theme");
  } catch {
    // Storage may be switched off; then the system's colours hold.
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
