// What a typed line means: a command for Paperboy, or a hint that stays in this tab.

const COMMAND = /^\/papers(?:\s+([\s\S]*))?$/i;
const MENTION = /^@paperboy(?![\p{L}\p{N}_])[:,]?\s*([\s\S]*)$/iu;
const SLASH = /^\/(\S*)\s*([\s\S]*)$/;
const SHOWN = 60;

/** `{command}`: the text after `/papers`; or `{hint, run}`: a reply, and the line it offers. */
export function interpret(line) {
  const found = COMMAND.exec(line) ?? MENTION.exec(line);
  if (found) return { command: (found[1] ?? "").trim() };
  const slash = SLASH.exec(line);
  return slash ? unknownCommand(slash) : plainWords(line);
}

function unknownCommand([, word, rest]) {
  const meant = (isNear(word.toLowerCase(), "papers") ? rest : `${word} ${rest}`).trim();
  const run = `/papers ${meant}`.trim();
  const sentence = [text("There is no command "), code(cut(`/${word}`)), text(" here. Everything starts with "), code("/papers"), text(".")];
  return hint(`There is no command /${cut(word)} here. Did you mean ${cut(run)}?`, "mistake", sentence, run, cut(run));
}

function plainWords(line) {
  const sentence = [text("I only answer commands, so nobody else sees this. To search papers for these words, press "), strong("Enter"), text(" again.")];
  return hint("I only answer commands, so nobody else sees this. Press Enter again to search papers for these words.", "info", sentence, `/papers search ${line}`, `Search ${cut(line)}`);
}

function hint(summary, tone, sentence, run, label) {
  const button = { action: "local-run", ref: run, label, primary: true };
  return { run, hint: { summary, parts: [{ type: "notice", tone, lines: [sentence], buttons: [button] }] } };
}

const text = (content) => ({ text: content });
const code = (content) => ({ text: content, style: "code" });
const strong = (content) => ({ text: content, style: "strong" });

function cut(line) {
  const characters = Array.from(line);
  return characters.length > SHOWN ? `${characters.slice(0, SHOWN).join("")}…` : line;
}

/** At most two letters added, lost or changed. */
function isNear(word, wanted) {
  if (Math.abs(word.length - wanted.length) > 2) return false;
  let row = Array.from({ length: wanted.length + 1 }, (_, index) => index);
  for (let i = 1; i <= word.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= wanted.length; j += 1) {
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (word[i - 1] === wanted[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[wanted.length] <= 2;
}
