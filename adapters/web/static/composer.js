// The message field: commands are suggested, sent with Enter, and come back with the arrow up.

import { h, byId } from "./dom.js";
import { getSuggestions } from "./api.js";
import { commands } from "./state.js";

const PREFIX = "/papers";
const WAIT = 70; // milliseconds without a key before suggestions are asked for

export class Composer {
  /** `onSend(text)` gets every line that is sent, `onEmpty()` an Enter in an empty field. */
  constructor({ onSend, onEmpty }) {
    this.onSend = onSend;
    this.onEmpty = onEmpty;
    this.input = byId("input");
    this.list = byId("suggestions");
    this.options = [];
    this.active = -1;
    this.past = null; // how far back in the history, null when not there
    this.kept = "";
    this.asked = 0;
    this.drafts = new Map();
    this.channel = "";
    this.input.addEventListener("input", () => { this.past = null; this.later(); });
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("focus", () => this.later());
    byId("composer").addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keep the focus
  }

  /** Another channel: its own draft. */
  enter(channel) {
    if (this.channel) this.drafts.set(this.channel, this.input.value);
    this.channel = channel;
    this.input.value = this.drafts.get(channel) ?? "";
    this.input.placeholder = "Try /papers splatting";
    this.close();
  }

  fill(text) {
    this.input.value = text;
    this.input.focus();
    this.input.setSelectionRange(text.length, text.length);
    this.later();
  }

  submit() {
    const text = this.input.value.trim();
    this.close();
    if (!text) {
      this.onEmpty();
      return;
    }
    commands.add(text);
    this.past = null;
    this.input.value = "";
    this.onSend(text);
  }

  onKey(event) {
    if (event.isComposing) return;
    const open = this.options.length > 0;
    const does = {
      Enter: () => this.onEnter(),
      Tab: () => open && !event.shiftKey && this.choose(Math.max(this.active, 0)),
      Escape: () => open && this.close(),
      ArrowDown: () => (open ? this.move(1) : this.recall(1)),
      ArrowUp: () => (open && this.past === null ? this.move(-1) : this.recall(-1)),
    }[event.key];
    if (!does || event.ctrlKey || event.metaKey || event.altKey) return;
    if (does() !== false) event.preventDefault();
  }

  onEnter() {
    if (this.active >= 0) this.choose(this.active);
    else this.submit();
  }

  // -- history

  recall(step) {
    const all = commands.all();
    const at = this.past ?? all.length;
    const to = at + step;
    if (to < 0 || (this.past === null && step > 0)) return false;
    if (this.past === null) this.kept = this.input.value;
    this.past = to >= all.length ? null : to;
    this.input.value = this.past === null ? this.kept : all[this.past];
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
    this.close();
    return true;
  }

  // -- suggestions

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.suggest(), WAIT);
  }

  async suggest() {
    const text = this.input.value.trimStart();
    const typed = typedAfterPrefix(text);
    if (typed === null) {
      this.close();
      return;
    }
    const number = (this.asked += 1);
    const found = await getSuggestions(typed).catch(() => []);
    if (number !== this.asked || document.activeElement !== this.input || this.input.value.trimStart() !== text) return;
    this.offer(found);
  }

  offer(found) {
    this.options = found;
    this.active = -1;
    this.list.replaceChildren(...found.map((one, index) => this.option(one, index)));
    this.list.hidden = found.length === 0;
    this.list.scrollTop = 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  option(one, index) {
    return h(
      "div",
      { class: "suggestion", role: "option", id: `suggestion-${index}`, "aria-selected": "false", onclick: () => this.choose(index) },
      h("span", { class: "suggestion-usage" }, h("span", { class: "suggestion-prefix" }, `${PREFIX} `), h("bdi", {}, one.usage.replace(/^\/papers\s+/, ""))),
      h("span", { class: "suggestion-text" }, one.description),
    );
  }

  close() {
    clearTimeout(this.timer);
    this.asked += 1;
    this.offer([]);
  }

  move(step) {
    const count = this.options.length;
    const next = this.active + step;
    this.active = this.active < 0 && step < 0 ? count - 1 : next < 0 || next >= count ? -1 : next;
    [...this.list.children].forEach((option, index) => option.setAttribute("aria-selected", String(index === this.active)));
    if (this.active < 0) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    const option = this.list.children[this.active];
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  choose(index) {
    const { text } = this.options[index];
    this.close();
    this.fill(`${PREFIX} ${text}`);
    if (!text.endsWith(" ")) this.close();
  }
}

/** What stands after `/papers`; "" while that is still being typed; null when it is something else. */
function typedAfterPrefix(text) {
  const lower = text.toLowerCase();
  if (lower.length > 0 && PREFIX.startsWith(lower)) return "";
  return lower.startsWith(`${PREFIX} `) ? text.slice(PREFIX.length + 1).trimStart() : null;
}
