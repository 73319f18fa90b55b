// Joins the parts: channels, the log, the composer, the events.

import { h, icon, byId } from "./dom.js";
import { getChannels, getMessages, invoke, newId, onTokenNeeded, sentenceOf } from "./api.js";
import { interpret } from "./commands.js";
import { Composer } from "./composer.js";
import { Live } from "./live.js";
import { Log } from "./log.js";
import { askForToken } from "./login.js";
import { closeMenu } from "./menu.js";
import { Sidebar } from "./sidebar.js";
import { answers, seen } from "./state.js";

const FIRST = "papers";
const EXAMPLES = [
  ["/papers splatting", "Find papers; only you see the answer"],
  ["/papers today", "The newest day's most upvoted papers"],
  ['/papers subscribe "gaussian splatting"', "See first what it would bring to this channel"],
];

const channels = new Map(); // name → {name, count, newest, messages, answers, loaded, more}
let current = "";
let unreadFrom = null;
let offered = null; // the line that Enter in an empty field runs
let version = null;

const log = new Log({ press, dismiss, again, fill: (text) => composer.fill(text), reachedEnd });
const composer = new Composer({ onSend: submit, onEmpty: () => offered && submit(offered) });
const sidebar = new Sidebar({ onOpen: (name) => { location.hash = `#/${encodeURIComponent(name)}`; sidebar.close(); focusComposer(); } });
const live = new Live({ event: onEvent, state: onState });

// -- channels

function channelOf(name) {
  if (!channels.has(name)) {
    const kept = answers.of(name).filter((one) => one?.id && one.asked);
    for (const one of kept) if (one.state === "pending") Object.assign(one, { state: "failed", error: "The page was loaded anew before the answer came." });
    channels.set(name, { name, count: 0, newest: 0, messages: new Map(), answers: kept, loaded: false, more: false });
  }
  return channels.get(name);
}

async function loadChannels() {
  const { channels: known, sequence } = await getChannels();
  for (const { name, count, newest } of known) {
    const channel = channelOf(name);
    if (newest >= channel.newest) Object.assign(channel, { count, newest });
    if (seen.of(name) > channel.count) seen.set(name, channel.count);
  }
  return sequence;
}

async function loadMessages(channel, before) {
  const { messages, more } = await getMessages(channel.name, before);
  for (const message of messages) keep(channel, message);
  channel.loaded = true;
  channel.more = more;
  const oldest = messages[0]?.position ?? 0;
  if (more) for (const position of channel.messages.keys()) if (position < oldest) channel.messages.delete(position);
}

/** Keep a message unless a newer form of it is known. */
function keep(channel, message) {
  const known = channel.messages.get(message.position);
  if (!known || known.sequence < message.sequence) channel.messages.set(message.position, message);
}

async function enter(name) {
  closeMenu();
  const known = channels.has(name);
  current = name;
  const channel = channelOf(name);
  byId("channel-title").textContent = name;
  byId("log-region").setAttribute("aria-label", `Messages in ${name}`);
  composer.enter(name);
  offered = null;
  log.stuck = true;
  byId("jump").hidden = true;
  if (!channel.loaded) {
    await guarded(() => loadMessages(channel));
    if (!channel.loaded && !known) {
      channels.delete(name); // an address that no channel can have
      location.hash = "";
      return;
    }
  }
  if (current !== name) return;
  unreadFrom = firstUnread(channel);
  show();
  log.toEnd();
  markSeen();
}

function firstUnread(channel) {
  const unread = Sidebar.unread(channel);
  const positions = [...channel.messages.keys()].sort((a, b) => a - b);
  const isPart = unread > 0 && seen.of(channel.name) > 0;
  return isPart ? `message-${positions.at(-Math.min(unread, positions.length))}` : null;
}

function markSeen() {
  const channel = channelOf(current);
  if (!document.hidden && channel.loaded) seen.set(current, channel.count);
  showSidebar();
}

function showSidebar() {
  sidebar.show([...channels.values()], current);
  const unread = [...channels.values()].reduce((sum, channel) => sum + Sidebar.unread(channel), 0);
  document.title = `${unread ? `(${unread}) ` : ""}#${current} · Paperboy`;
}

// -- what is shown

function show() {
  const channel = channelOf(current);
  log.show(itemsOf(channel), { unreadFrom, empty: welcome });
  const earlier = channel.more ? [h("button", { class: "button earlier", type: "button", onclick: loadEarlier }, "Load earlier messages")] : [];
  byId("before-log").replaceChildren(...earlier);
}

/** Messages by position; a private answer stands after the message that was newest when it came. */
function itemsOf(channel) {
  const items = [];
  const waiting = [...channel.answers];
  for (const position of [...channel.messages.keys()].sort((a, b) => a - b)) {
    while (waiting.length && waiting[0].after < position) items.push(privateItem(waiting.shift()));
    items.push(publicItem(channel.messages.get(position)));
  }
  return [...items, ...waiting.map(privateItem)];
}

const publicItem = (message) => ({
  kind: "public",
  key: `message-${message.position}`,
  version: message.sequence,
  id: message.id,
  at: message.posted_at,
  edited: message.edited_at !== null,
  reply: message.reply,
});

const privateItem = (answer) => ({ ...answer, kind: "private", key: answer.id, version: `${answer.state}${answer.changes ?? 0}` });

function welcome() {
  const channel = channelOf(current);
  return h(
    "li",
    { class: "welcome", "data-key": "empty" },
    h("img", { src: "/static/icon.svg", alt: "", width: 56, height: 56 }),
    h("h2", {}, "Welcome to ", h("bdi", {}, `#${channel.name}`)),
    h("p", {}, "Paperboy looks up research papers here, and posts new ones that this channel subscribes to. Try one:"),
    h(
      "ul",
      { class: "examples" },
      EXAMPLES.map(([line, what]) =>
        h("li", {}, h("button", { class: "example", type: "button", onclick: () => submit(line) }, h("code", {}, line), h("span", {}, what)))),
    ),
  );
}

async function loadEarlier() {
  const channel = channelOf(current);
  const height = log.scroller.scrollHeight;
  await guarded(() => loadMessages(channel, Math.min(...channel.messages.keys())));
  log.stuck = false;
  show();
  log.scroller.scrollTop += log.scroller.scrollHeight - height;
}

/** Tell a screen reader. The words go again: who reads on meets the message itself. */
function say(text) {
  const line = h("p", {}, text);
  byId("announcer").replaceChildren(line);
  setTimeout(() => line.remove(), 3000);
}

// -- what a person does

function submit(line) {
  offered = null;
  const meaning = interpret(line);
  const said = { text: line.length > 300 ? `${line.slice(0, 300)}…` : line };
  if (meaning.hint) {
    add({ said, state: "done", reply: meaning.hint, asked: {} });
    say(meaning.hint.summary);
    offered = meaning.run;
    focusComposer();
    return;
  }
  const answer = add({ said, state: "pending", asked: { id: newId(), kind: "command", text: meaning.command } });
  focusComposer();
  void ask(channelOf(current), answer);
}

function add(fields) {
  const channel = channelOf(current);
  const answer = { id: `answer-${newId()}`, after: channel.newest, at: new Date().toISOString(), ...fields };
  channel.answers.push(answer);
  answers.keep(channel.name, channel.answers);
  log.stuck = true;
  show();
  log.reveal(answer.id);
  return answer;
}

/** Ask and put the answer into its place; the same answer may ask again, as the same invocation. */
async function ask(channel, answer) {
  try {
    const { reply } = await invoke(channel.name, answer.asked);
    if (reply) Object.assign(answer, { state: "done", reply });
    else channel.answers.splice(channel.answers.indexOf(answer), 1); // posted for everybody
    if (reply) say(reply.summary);
  } catch (error) {
    Object.assign(answer, { state: "failed", error: sentenceOf(error) });
    say(answer.error);
  }
  changed(channel, answer);
}

function changed(channel, answer) {
  answer.changes = (answer.changes ?? 0) + 1;
  answers.keep(channel.name, channel.answers);
  if (channel.name !== current) return;
  show();
  log.reveal(answer.id);
}

async function press(item, button, element) {
  if (button.action === "local-run") {
    submit(button.ref);
    return;
  }
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  const channel = channelOf(current);
  const asked = { id: newId(), kind: "button", action: button.action, ref: button.ref, source_message: item.kind === "public" ? item.id : "" };
  const said = { text: button.label, pressed: true };
  try {
    const { reply } = await invoke(channel.name, asked);
    if (reply) received(channel, item, reply, { said, asked });
  } catch (error) {
    add({ said, asked, state: "failed", error: sentenceOf(error) });
    say(sentenceOf(error));
  } finally {
    element.removeAttribute("aria-busy");
  }
}

/** A reply to a button: in the place of the private answer it stands on, or as a new one. */
function received(channel, item, reply, { said, asked }) {
  say(reply.summary);
  const answer = channel.answers.find((one) => one.id === item.key);
  if (reply.replaces && answer) {
    answer.reply = reply;
    changed(channel, answer);
  } else if (channel.name === current) add({ said, asked, state: "done", reply });
}

function again(item) {
  const channel = channelOf(current);
  const answer = channel.answers.find((one) => one.id === item.key);
  Object.assign(answer, { state: "pending" });
  changed(channel, answer);
  void ask(channel, answer);
}

function dismiss(item) {
  const channel = channelOf(current);
  channel.answers = channel.answers.filter((one) => one.id !== item.key);
  answers.keep(channel.name, channel.answers);
  offered = null;
  show();
  focusComposer();
}

/** Back to the field, unless that would bring up a phone's keyboard. */
function focusComposer() {
  if (matchMedia("(pointer: fine)").matches) byId("input").focus({ preventScroll: true });
}

// -- events

function onEvent(event) {
  if (event.type === "message") onMessage(event.message);
  else if (event.type === "channel") channelOf(event.name);
  else if (event.type === "reload") void guarded(loadAll);
  else if (event.type === "hello") onHello(event);
  showSidebar();
}

function onMessage(message) {
  const channel = channelOf(message.channel);
  const isNew = message.position > channel.newest;
  if (isNew) Object.assign(channel, { newest: message.position, count: channel.count + 1 });
  // An edit of what lies before the loaded pages comes with those pages.
  const isBefore = channel.more && !channel.messages.has(message.position) && message.position < Math.min(...channel.messages.keys());
  if (!isBefore) keep(channel, message);
  if (message.channel !== current) return;
  const wasAtEnd = (log.stuck = log.atEnd()); // now: the scroll event may still be on its way
  if (isNew && document.hidden) unreadFrom ??= `message-${message.position}`;
  show();
  markSeen();
  if (isNew) say(message.reply.summary);
  if (isNew && wasAtEnd) log.reveal(`message-${message.position}`);
  byId("jump").hidden = !(isNew && !wasAtEnd) && byId("jump").hidden;
}

function onHello(event) {
  version ??= event.version;
  if (version !== event.version) {
    banner("Paperboy was updated.", h("button", { class: "button small", type: "button", onclick: () => location.reload() }, "Reload"));
  }
  if (!channels.get(current)?.loaded) void guarded(loadAll); // it was away when the page was opened
}

function onState(state) {
  sidebar.state(state);
  if (state === "reconnecting") banner("Reconnecting… Nothing is lost: what comes meanwhile is shown then.");
  else banner(null);
}

function banner(text, ...more) {
  byId("banner").hidden = text === null;
  byId("banner").replaceChildren(...(text === null ? [] : [h("span", {}, text), ...more]));
}

function reachedEnd() {
  byId("jump").hidden = true;
}

// -- start

async function loadAll() {
  for (const channel of channels.values()) Object.assign(channel, { loaded: false, count: 0, newest: 0, messages: new Map() });
  const sequence = await loadChannels();
  await enter(wantedChannel());
  return sequence;
}

function wantedChannel() {
  try {
    return decodeURIComponent(location.hash.replace(/^#\/?/, "")) || FIRST;
  } catch {
    return FIRST;
  }
}

/** Run what asks the server; where that fails, say so instead. */
async function guarded(run) {
  try {
    return await run();
  } catch (error) {
    banner(sentenceOf(error));
    return undefined;
  }
}

function onShortcut(event) {
  const target = event.target;
  const isTyping = target.closest?.("input, textarea, [role=menu], dialog");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    byId("input").focus();
    if (!byId("input").value) composer.fill("/");
  }
}

async function start() {
  byId("send").append(icon("send"));
  byId("jump").append(icon("down"), "New messages");
  byId("jump").addEventListener("click", () => { log.toEnd(); reachedEnd(); });
  onTokenNeeded(askForToken);
  addEventListener("hashchange", () => { sidebar.close(); void enter(wantedChannel()); });
  addEventListener("storage", ({ key }) => { if (seen.isKey(key)) showSidebar(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) markSeen(); });
  document.addEventListener("keydown", onShortcut);
  const sequence = await guarded(loadAll);
  live.sequence = sequence ?? null;
  live.connect();
  focusComposer();
}

void start();
