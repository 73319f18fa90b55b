// The list of messages of one channel: what the server stored and, between them, this tab's
// private answers. It keeps elements that have not changed, so focus and open menus stay.

import { h, icon, byId } from "./dom.js";
import { buttons, renderReply } from "./render.js";

const TOGETHER = 5 * 60_000; // messages of one sender within this time share a head
const NEAR_END = 90; // pixels from the end that count as being there

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "short" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const withYear = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

function dayName(date) {
  const today = new Date();
  const days = Math.round((midnight(today) - midnight(date)) / 86_400_000);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return (date.getFullYear() === today.getFullYear() ? weekday : withYear).format(date);
}

const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

export class Log {
  constructor(act) {
    this.act = act; // press(item, button, element), dismiss(item), again(item), fill(text)
    this.list = byId("log");
    this.scroller = byId("scroller");
    this.elements = new Map(); // key → {version, element}
    this.stuck = true;
    this.scroller.addEventListener("scroll", () => { this.stuck = this.atEnd(); if (this.stuck) this.act.reachedEnd(); }, { passive: true });
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.scroller);
  }

  atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.stuck = true;
  }

  /** Show items `{key, version, at, kind: "public" | "private", …}` in their order. */
  show(items, { unreadFrom = null, empty }) {
    const wanted = items.length ? this.withDividers(items, unreadFrom) : [{ key: "empty", version: 1, make: empty }];
    const keep = new Set(wanted.map((one) => one.key));
    for (const [key, { element }] of this.elements) {
      if (keep.has(key)) continue;
      element.remove();
      this.elements.delete(key);
    }
    wanted.forEach((one, index) => {
      const element = this.elementOf(one); // first: it may replace what stands at this place
      const here = this.list.children[index] ?? null;
      if (element !== here) this.list.insertBefore(element, here);
    });
    if (this.stuck) this.toEnd();
  }

  elementOf({ key, version, make }) {
    const known = this.elements.get(key);
    if (known?.version === version) return known.element;
    const element = make();
    if (known) {
      const held = focusIn(known.element);
      known.element.replaceWith(element);
      giveFocus(element, held);
    }
    this.elements.set(key, { version, element });
    return element;
  }

  withDividers(items, unreadFrom) {
    const wanted = [];
    let last = null;
    for (const item of items) {
      const date = new Date(item.at);
      const day = midnight(date);
      if (last === null || midnight(new Date(last.at)) !== day) {
        wanted.push({ key: `day-${day}-${item.key}`, version: dayName(date), make: () => divider(dayName(date)) });
      }
      if (item.key === unreadFrom) wanted.push({ key: "unread", version: 1, make: () => divider("New", "unread") });
      const joined = last !== null && wanted.at(-1).key === last.key && item.kind === "public" && last.kind === "public" && date - new Date(last.at) < TOGETHER;
      wanted.push({ key: item.key, version: `${item.version}|${joined}`, make: () => this.message(item, joined) });
      last = item;
    }
    return wanted;
  }

  message(item, joined) {
    const isPrivate = item.kind === "private";
    const time = clock.format(new Date(item.at));
    return h(
      "li",
      { class: `message ${item.kind}${joined ? " joined" : ""}`, "data-key": item.key, tabIndex: -1 },
      item.said ? saidLine(item.said) : null,
      h("div", { class: "gutter" }, joined ? timeOf(item, time) : h("img", { class: "avatar", src: "/static/icon.svg", alt: "", width: 38, height: 38 })),
      h(
        "div",
        { class: "content" },
        joined
          ? null
          : h(
              "div",
              { class: "head" },
              h("span", { class: "sender" }, "Paperboy"),
              h("span", { class: "app-tag" }, "App"),
              timeOf(item, time),
              item.edited ? h("span", { class: "edited" }, "(edited)") : null,
            ),
        h("div", { class: "parts" }, this.body(item)),
        isPrivate ? this.privateLine(item) : null,
      ),
    );
  }

  body(item) {
    if (item.state === "pending") {
      return h("p", { class: "pending" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), "Looking…");
    }
    if (item.state === "failed") {
      return h(
        "div",
        { class: "notice notice-mistake" },
        h("span", { class: "notice-sign" }, icon("warn")),
        h("div", { class: "notice-text" }, h("p", { class: "line" }, item.error), buttons([{ label: "Try again" }], { press: () => this.act.again(item) })),
      );
    }
    return renderReply(item.reply, {
      press: (button, element) => this.act.press(item, button, element),
      fill: (text) => this.act.fill(text),
    });
  }

  privateLine(item) {
    const what = item.said?.text ?? "this answer";
    return h(
      "div",
      { class: "private-line" },
      icon("eye"),
      h("span", {}, "Only visible to you"),
      h("span", { "aria-hidden": "true" }, "·"),
      h("button", { class: "link-button", type: "button", "aria-label": `Dismiss ${what}`, onclick: () => this.act.dismiss(item) }, "Dismiss"),
    );
  }

  /** Bring a new or changed message into view: its end, or its beginning when it is taller. */
  reveal(key) {
    const element = this.elements.get(key)?.element;
    if (!element) return;
    const tall = element.offsetHeight > this.scroller.clientHeight;
    if (tall) element.scrollIntoView({ block: "start" });
    else this.toEnd();
    this.stuck = this.atEnd();
  }
}

function timeOf(item, text) {
  const date = new Date(item.at);
  return h("time", { class: "time", dateTime: date.toISOString(), title: exact.format(date) }, text);
}

function saidLine({ text, pressed }) {
  return h(
    "div",
    { class: "said" },
    h("span", { class: "said-curve", "aria-hidden": "true" }),
    h("span", { class: "said-who" }, pressed ? "You pressed" : "You"),
    h("span", { class: pressed ? "said-button" : "said-text", dir: "auto" }, text),
  );
}

function divider(text, extra = "") {
  return h("li", { class: `divider ${extra}`.trim() }, h("h2", {}, text));
}

/** Which control held the focus, so that the one in its place can have it. */
function focusIn(element) {
  const focused = element.contains(document.activeElement) ? document.activeElement : null;
  if (!focused || focused === element) return focused ? { label: null, index: -1 } : null;
  return { label: labelOf(focused), index: controls(element).indexOf(focused) };
}

function giveFocus(element, held) {
  if (held === null) return;
  const all = controls(element);
  const same = all.find((control) => control.isConnected && labelOf(control) === held.label);
  const target = same ?? element.querySelector(".buttons .button") ?? element;
  target.focus({ preventScroll: true });
}

const controls = (element) => [...element.querySelectorAll("a[href], button")];
const labelOf = (control) => control.getAttribute("aria-label") ?? control.textContent;
