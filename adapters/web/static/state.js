// What the browser keeps by itself. Private answers live as long as the tab (sessionStorage);
// what was read, the colours and the typed commands as long as the browser (localStorage).

const KEPT_ANSWERS = 40;
const KEPT_COMMANDS = 100;

function read(storage, key, fallback) {
  try {
    const text = storage().getItem(`paperboy.${key}`);
    return text === null ? fallback : JSON.parse(text);
  } catch {
    return fallback; // switched off, or written by somebody else
  }
}

function write(storage, key, value) {
  try {
    storage().setItem(`paperboy.${key}`, JSON.stringify(value));
    return true;
  } catch {
    return false; // full or switched off: the page works on without
  }
}

const session = () => sessionStorage;
const local = () => localStorage;

const ofList = (value) => (Array.isArray(value) ? value : []);

export const answers = {
  of: (channel) => ofList(read(session, `answers.${channel}`, [])),
  keep(channel, entries) {
    let kept = entries.slice(-KEPT_ANSWERS);
    while (!write(session, `answers.${channel}`, kept) && kept.length > 1) kept = kept.slice(Math.ceil(kept.length / 2));
  },
};

export const commands = {
  all: () => ofList(read(local, "commands", [])),
  add(text) {
    const known = commands.all().filter((one) => one !== text);
    write(local, "commands", [...known, text].slice(-KEPT_COMMANDS));
  },
};

export const seen = {
  of: (channel) => Number(read(local, "seen", {})?.[channel]) || 0,
  set(channel, count) {
    if (seen.of(channel) !== count) write(local, "seen", { ...read(local, "seen", {}), [channel]: count });
  },
  isKey: (key) => key === "paperboy.seen",
};

export const theme = {
  get: () => document.documentElement.dataset.theme ?? "system",
  set(value) {
    if (value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
    try {
      // Plain text, not JSON: theme.js reads it before anything else is loaded.
      if (value === "system") localStorage.removeItem("paperboy.theme");
      else localStorage.setItem("paperboy.theme", value);
    } catch {
      // It holds for this page.
    }
  },
};
