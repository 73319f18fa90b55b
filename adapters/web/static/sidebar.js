// Channels, their unread marks, the field for a new one, the colours; a drawer on a phone.

import { h, icon, byId } from "./dom.js";
import { addChannel } from "./api.js";
import { seen, theme } from "./state.js";

const NARROW = matchMedia("(max-width: 760px)");

export class Sidebar {
  /** `onOpen(name)` is called when a channel was added. */
  constructor({ onOpen }) {
    this.onOpen = onOpen;
    this.nav = byId("sidebar");
    this.main = byId("main");
    this.opener = byId("open-sidebar");
    this.opener.append(icon("menu"), h("span", { class: "opener-mark", hidden: true }));
    byId("close-sidebar").append(icon("close"));
    byId("add-channel-button").append(icon("plus"));
    this.opener.addEventListener("click", () => this.open());
    byId("close-sidebar").addEventListener("click", () => this.close());
    byId("backdrop").addEventListener("click", () => this.close());
    this.nav.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    byId("channels").addEventListener("keydown", (event) => this.onArrow(event));
    byId("add-channel").addEventListener("submit", (event) => this.add(event));
    byId("channel-name").addEventListener("input", () => this.complain(null));
    NARROW.addEventListener("change", () => this.close());
    this.showThemes();
  }

  get isOpen() {
    return this.nav.classList.contains("open");
  }

  open() {
    this.nav.classList.add("open");
    this.main.inert = true;
    this.opener.setAttribute("aria-expanded", "true");
    (this.nav.querySelector("[aria-current]") ?? byId("close-sidebar")).focus();
  }

  close() {
    if (!this.isOpen) return;
    this.nav.classList.remove("open");
    this.main.inert = false;
    this.opener.setAttribute("aria-expanded", "false");
    this.opener.focus();
  }

  /** How many messages of a channel were not looked at. */
  static unread(channel) {
    return Math.max(0, channel.count - seen.of(channel.name));
  }

  show(channels, current) {
    const focused = document.activeElement?.closest?.(".channel")?.dataset.name;
    byId("channels").replaceChildren(...channels.map((channel) => channelItem(channel, channel.name === current)));
    if (focused) this.nav.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
    const elsewhere = channels.filter((channel) => channel.name !== current).reduce((sum, channel) => sum + Sidebar.unread(channel), 0);
    this.opener.querySelector(".opener-mark").hidden = elsewhere === 0;
    this.opener.setAttribute("aria-label", elsewhere ? `Channels, ${elsewhere} unread` : "Channels");
  }

  onArrow(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const all = [...this.nav.querySelectorAll(".channel")];
    all[(all.indexOf(document.activeElement) + step + all.length) % all.length].focus();
    event.preventDefault();
  }

  async add(event) {
    event.preventDefault();
    const field = byId("channel-name");
    const typed = field.value.trim().replace(/^#/, "");
    if (!typed) {
      field.focus();
      return;
    }
    try {
      const { name } = await addChannel(typed);
      field.value = "";
      this.complain(null);
      this.onOpen(name);
    } catch (error) {
      this.complain(error);
    }
  }

  complain(error) {
    const field = byId("channel-name");
    const place = byId("channel-error");
    field.setAttribute("aria-invalid", String(error !== null));
    place.replaceChildren();
    if (error === null) return;
    place.append(h("span", {}, error.message));
    if (!error.nearest) return;
    const use = () => {
      field.value = error.nearest;
      byId("add-channel").requestSubmit();
    };
    place.append(h("button", { class: "button small", type: "button", onclick: use }, h("bdi", {}, `Use ${error.nearest}`)));
  }

  state(state) {
    const words = { connected: "Connected", reconnecting: "Reconnecting…" };
    byId("link-state").dataset.state = state;
    byId("link-text").textContent = words[state];
  }

  showThemes() {
    const choices = [["system", "As the system"], ["light", "Light"], ["dark", "Dark"]];
    const all = choices.map(([value, label]) =>
      h("button", { class: "theme", type: "button", "aria-label": label, title: label, "data-theme-choice": value, onclick: () => choose(value) }, icon({ system: "system", light: "sun", dark: "moon" }[value])),
    );
    const choose = (value) => {
      theme.set(value);
      for (const one of all) one.setAttribute("aria-pressed", String(one.dataset.themeChoice === value));
    };
    choose(theme.get());
    byId("themes").append(...all);
  }
}

function channelItem(channel, isCurrent) {
  const count = isCurrent && !document.hidden ? 0 : Sidebar.unread(channel);
  return h(
    "li",
    {},
    h(
      "a",
      { class: `channel${count ? " has-unread" : ""}`, href: `#/${encodeURIComponent(channel.name)}`, "aria-current": isCurrent ? "page" : null, "data-name": channel.name },
      h("span", { class: "hash", "aria-hidden": "true" }, "#"),
      h("bdi", { class: "channel-name" }, channel.name),
      count ? h("span", { class: "badge" }, count > 99 ? "99+" : String(count), h("span", { class: "hidden" }, " unread")) : null,
    ),
  );
}
