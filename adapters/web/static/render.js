// A reply's parts as elements. Every word of it is foreign: it becomes text, isolated in its own
// direction, and an address is followed only if it is http or https.

import { h, icon, outside, freshId } from "./dom.js";
import { openMenu } from "./menu.js";
import { caret } from "./caret.js";

const COMMAND = /^\/papers(\s|$)/;
const PLACEHOLDER = /\s(\[|(QUERY|PAPER|NAME|NUMBER|COMMAND|TEXT)\b).*$/su; // a usage line's, not a person's
const SHORT = 24; // characters of code that are not broken over lines

/** `act` has `press(button)` for Paperboy's buttons and `fill(text)` to put text in the composer. */
export function renderReply(reply, act) {
  const known = reply.parts?.filter((part) => part.type in PARTS) ?? [];
  if (known.length === 0) return [h("p", { class: "text", dir: "auto" }, reply.summary)];
  return known.map((part) => PARTS[part.type](part, act));
}

const PARTS = { card, listing, preview, notice, codeblock };

function card(part, act) {
  const id = freshId("card");
  return h(
    "section",
    { class: "card", "aria-labelledby": id },
    h("h3", { class: "card-title", id }, outside(part.url, { class: "title", dir: "auto" }, spans(part.title, act))),
    part.authors && h("p", { class: "card-authors", dir: "auto" }, part.authors),
    part.meta && h("p", { class: "card-meta", dir: "auto" }, part.meta),
    part.body?.length ? h("p", { class: "card-body", dir: "auto" }, spans(part.body, act)) : null,
    chips(part),
    part.reasons?.length ? h("div", { class: "reasons" }, icon("bell"), h("div", {}, part.reasons.map((reason) => line(reason, act)))) : null,
    part.note && h("p", { class: "card-note", dir: "auto" }, part.note),
    buttons(part.buttons, act),
  );
}

function chips(part) {
  const signals = (part.signals ?? []).map((text) => h("li", { class: "chip" }, h("bdi", {}, text)));
  const links = (part.links ?? []).map((link) =>
    h("li", {}, outside(link.url, { class: "chip chip-link" }, h("bdi", {}, link.label), icon("out"))),
  );
  return signals.length + links.length ? h("ul", { class: "chips" }, signals, links) : null;
}

function listing(part, act) {
  return h(
    "section",
    { class: "listing" },
    heading(part.heading, act),
    rows(part.rows, act),
    (part.notes ?? []).map((note) => line(note, act, "listing-note")),
    buttons(part.buttons, act),
  );
}

function preview(part, act) {
  return h(
    "section",
    { class: "preview" },
    heading(part.heading, act),
    part.lines.map((one) => line(one, act)),
    part.samples?.length ? rows(part.samples, act) : null,
    (part.closing ?? []).map((one) => line(one, act, "preview-closing")),
    buttons(part.buttons, act),
  );
}

function notice(part, act) {
  const tone = part.tone ?? "info";
  const sign = { mistake: icon("warn"), done: icon("check") }[tone];
  return h(
    "div",
    { class: `notice notice-${tone}` },
    sign ? h("span", { class: "notice-sign" }, sign) : null,
    h(
      "div",
      { class: "notice-text" },
      part.lines.map((one) => line(one, act)),
      part.caret ? caret(part.caret) : null,
      part.usage && h("p", { class: "usage" }, "Usage: ", command(part.usage, act)),
      buttons(part.buttons, act),
    ),
  );
}

function codeblock(part) {
  const copy = h("button", { class: "button small", type: "button", onclick: () => copyText(part.text, copy) }, icon("copy"), h("span", { "aria-live": "polite" }, "Copy"));
  return h(
    "figure",
    { class: "code" },
    h("figcaption", { class: "code-head" }, h("span", {}, part.language || "text"), copy),
    h("pre", { tabIndex: 0, "aria-label": `${part.language || "text"} to copy`, role: "region" }, h("code", { dir: "ltr" }, part.text)),
  );
}

async function copyText(text, button) {
  const label = button.querySelector("span");
  const done = (await copied(text)) ? "Copied" : "Select the text and copy it";
  label.textContent = done;
  setTimeout(() => { label.textContent = "Copy"; }, 2500);
}

async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without TLS, outside loopback, the clipboard is only reached the old way.
    const area = h("textarea", { class: "hidden", value: text, tabIndex: -1 });
    document.body.append(area);
    area.select();
    const worked = document.execCommand("copy");
    area.remove();
    return worked;
  }
}

function heading(text, act) {
  return h("h3", { class: "heading", dir: "auto" }, spans(text, act));
}

function rows(list, act) {
  return h("ol", { class: "rows" }, list.map((row) => oneRow(row, act)));
}

function oneRow(row, act) {
  const title = row.title.map((span) => span.text).join("");
  const more = h(
    "button",
    { class: "icon-button row-more", type: "button", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": `Actions for ${row.number}, ${title}`, title: "Abstract, cite, share …" },
    icon("more"),
  );
  more.addEventListener("click", () => openMenu(more, `Actions for ${title}`, (row.buttons ?? []).map((button) => ({ label: button.label, spoken: button.spoken, run: () => act.press(button, more) }))));
  more.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    more.click();
  });
  return h(
    "li",
    { class: "row", value: row.number },
    h("span", { class: "row-number" }, String(row.number)),
    h(
      "div",
      { class: "row-text" },
      h("div", { class: "row-title" }, outside(row.url, { class: "title", dir: "auto" }, spans(row.title, act))),
      row.meta && h("div", { class: "row-meta", dir: "auto" }, row.meta),
    ),
    row.buttons?.length ? more : null,
  );
}

/** Paperboy's buttons, in order. */
export function buttons(list, act) {
  if (!list?.length) return null;
  return h(
    "div",
    { class: "buttons" },
    list.map((button) => {
      const element = h("button", { class: `button${button.primary ? " primary" : ""}`, type: "button", "aria-label": button.spoken }, h("bdi", {}, button.label));
      element.addEventListener("click", () => act.press(button, element));
      return element;
    }),
  );
}

function line(text, act, extra = "") {
  return h("p", { class: `line ${extra}`.trim(), dir: "auto" }, spans(text, act));
}

function spans(text, act) {
  return (text ?? []).map((span) => oneSpan(span, act));
}

function oneSpan(span, act) {
  const styled = {
    strong: () => h("strong", { dir: "auto" }, span.text),
    mark: () => h("mark", {}, span.text),
    code: () => (span.href ? h("code", { dir: "auto" }, span.text) : command(span.text, act)),
  }[span.style];
  const content = styled ? styled() : document.createTextNode(span.text);
  return span.href ? outside(span.href, { dir: "auto" }, content) : content;
}

/** A command in the text can be pressed: it goes into the composer, it is not run. */
function command(text, act) {
  const code = h("code", { dir: "auto", class: text.length <= SHORT ? "short" : null }, text);
  if (!COMMAND.test(text) || !act) return code;
  const typed = text.replace(PLACEHOLDER, " ");
  return h("button", { class: "command", type: "button", "aria-label": `Put ${text} into the message field`, onclick: () => act.fill(typed) }, code);
}
