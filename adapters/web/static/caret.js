// The place of a mistake in what was typed. It never stands alone: the sentence above names it.

import { h } from "./dom.js";

const AROUND = 48; // characters kept on each side of the place
const LONGEST_PLACE = 60;

// Controls and direction marks would move the place away from its caret.
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

const visible = (characters) => characters.join("").replace(INVISIBLE, "\ufffd");

/** `start` and `end` count code points, as the core does, not UTF-16 units. */
export function caret({ text, start, end }) {
  const characters = Array.from(text);
  const from = Math.max(0, start - AROUND);
  const placeEnd = Math.min(end, start + LONGEST_PLACE);
  const to = Math.min(characters.length, placeEnd + AROUND);
  const before = (from > 0 ? "…" : "") + visible(characters.slice(from, start));
  const place = visible(characters.slice(start, placeEnd));
  const after = visible(characters.slice(placeEnd, to)) + (to < characters.length ? "…" : "");
  return h(
    "div",
    { class: "caret", role: "group", "aria-label": "What you typed" },
    h("bdi", {}, before),
    place
      ? graphemes(place).map((one) => h("span", { class: "caret-place" }, one))
      : h("span", { class: "caret-place caret-empty" }, "\u00a0"),
    h("bdi", {}, after),
  );
}

function graphemes(text) {
  if (!("Segmenter" in Intl)) return Array.from(text);
  return Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);
}
