// A menu at a button, by the keyboard as the ARIA practices say.

import { h, freshId } from "./dom.js";

let close = null;

/** Close the open menu, if there is one. */
export function closeMenu() {
  close?.(false);
}

/** Open a menu of `[{label, spoken, run}]` at a button; the same button again closes it. */
export function openMenu(button, label, items) {
  const wasHere = button.getAttribute("aria-expanded") === "true";
  closeMenu();
  if (wasHere) return;
  const rows = items.map((item) =>
    h("button", { class: "menu-item", type: "button", role: "menuitem", tabIndex: -1, "aria-label": item.spoken, onclick: () => { close?.(true); item.run(); } }, h("bdi", {}, item.label)),
  );
  const menu = h("div", { class: "menu", role: "menu", id: freshId("menu"), "aria-label": label }, rows);
  const stop = new AbortController();
  close = (giveBack) => {
    close = null;
    stop.abort();
    menu.remove();
    button.setAttribute("aria-expanded", "false");
    button.removeAttribute("aria-controls");
    if (giveBack) button.focus();
  };
  menu.addEventListener("keydown", (event) => onKey(event, rows));
  document.addEventListener("pointerdown", (event) => !menu.contains(event.target) && !button.contains(event.target) && closeMenu(), { signal: stop.signal, capture: true });
  addEventListener("resize", closeMenu, { signal: stop.signal });
  addEventListener("scroll", () => follow(menu, button), { signal: stop.signal, capture: true });
  button.setAttribute("aria-expanded", "true");
  button.setAttribute("aria-controls", menu.id);
  document.getElementById("main").append(menu); // inside a landmark
  place(menu, button);
  rows[0]?.focus({ preventScroll: true });
}

/** A message that arrives moves the list: the menu stays at its button while that can be seen. */
function follow(menu, button) {
  const at = button.getBoundingClientRect();
  if (at.bottom < 0 || at.top > innerHeight || !button.isConnected) closeMenu();
  else place(menu, button);
}

function place(menu, button) {
  const at = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = at.bottom + 4 + size.height < innerHeight - 8;
  menu.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - size.height - 4)}px`;
  menu.style.left = `${Math.max(8, Math.min(at.right - size.width, innerWidth - size.width - 8))}px`;
}

function onKey(event, rows) {
  const index = rows.indexOf(document.activeElement);
  const to = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 }[event.key];
  if (to !== undefined) rows[(to + rows.length) % rows.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") close?.(true);
  else if (event.key.length === 1 && event.key !== " ") byLetter(event.key, index, rows);
  else return;
  if (event.key !== "Tab") event.preventDefault();
  event.stopPropagation();
}

function byLetter(letter, index, rows) {
  const order = [...rows.slice(index + 1), ...rows.slice(0, index + 1)];
  order.find((row) => row.textContent.toLowerCase().startsWith(letter.toLowerCase()))?.focus();
}
