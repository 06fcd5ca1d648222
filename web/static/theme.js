// Light or dark: what the person chose here before, else what the address asks for, else the system's.
// Runs before the first paint, so that a page never flashes in the other colours.
(() => {
  "use strict";
  const KEY = "amarathon-theme";
  const known = (value) => (value === "dark" || value === "light" ? value : null);
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  // Storage may be refused inside another site's frame; the choice then lasts for this page.
  const read = () => {
    try {
      return known(localStorage.getItem(KEY));
    } catch {
      return null;
    }
  };
  const write = (value) => {
    try {
      localStorage.setItem(KEY, value);
    } catch {
      // Refused: `chosen` below still holds it.
    }
  };

  let chosen = read();
  const asked = known(new URLSearchParams(location.search).get("__theme"));
  const current = () => chosen ?? asked ?? (system.matches ? "dark" : "light");

  const apply = () => {
    const dark = current() === "dark";
    document.documentElement.classList.toggle("dark", dark);
    document.body?.classList.toggle("dark", dark);
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      if (button.getAttribute("aria-pressed") !== String(dark)) button.setAttribute("aria-pressed", String(dark));
    }
  };

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    chosen = current() === "dark" ? "light" : "dark";
    write(chosen);
    apply();
  });
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) {
      chosen = known(event.newValue);
      apply();
    }
  });
  system.addEventListener("change", apply);
  document.addEventListener("DOMContentLoaded", () => {
    apply();
    // Gradio sets the body's class by the system's mode and draws the toggle later: follow both.
    new MutationObserver(apply).observe(document.body, { attributes: true, attributeFilter: ["class"] });
    const pages = document.querySelector("gradio-app");
    if (pages) new MutationObserver(apply).observe(pages, { childList: true, subtree: true });
  });
  apply();
})();
