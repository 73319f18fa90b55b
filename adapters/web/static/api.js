// Requests to the server. Every failure is an ApiError with one sentence for a person.

export class ApiError extends Error {
  constructor(status, sentence, nearest) {
    super(sentence);
    this.status = status;
    this.nearest = nearest ?? "";
  }
}

let askForToken = async () => {
  throw new ApiError(401, "This Paperboy asks for its token.");
};

/** `ask` is called when the server wants its token, and resolves when it has accepted one. */
export function onTokenNeeded(ask) {
  askForToken = ask;
}

async function send(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError(0, "Paperboy does not answer. Is it still running?");
  }
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  const fallback = "Paperboy could not answer because of a fault of its own. Its log says more.";
  throw new ApiError(response.status, answer.error ?? fallback, answer.nearest);
}

async function request(method, path, body) {
  try {
    return await send(method, path, body);
  } catch (error) {
    if (error.status !== 401) throw error;
    await askForToken();
    return send(method, path, body);
  }
}

const at = (channel) => `/api/channels/${encodeURIComponent(channel)}`;

export const logIn = (token) => send("POST", "/api/session", { token });
export const getChannels = () => request("GET", "/api/channels");
export const addChannel = (name) => request("POST", "/api/channels", { name });
export const getMessages = (channel, before) =>
  request("GET", `${at(channel)}/messages${before ? `?before=${before}` : ""}`);
export const getSuggestions = async (text) =>
  (await request("GET", `/api/suggestions?text=${encodeURIComponent(text)}`)).suggestions;

export const newId = () => {
  // crypto.randomUUID needs a secure context, which a LAN address without TLS is not.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
};

/** Ask the core. The same `asked.id` again is the same invocation. */
export const invoke = (channel, asked) =>
  request("POST", `${at(channel)}/invoke`, {
    ...asked,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
    locale: navigator.language ?? "",
  });

/** What to tell a person about anything that was thrown. */
export function sentenceOf(error) {
  if (!(error instanceof ApiError)) console.error(error);
  return error instanceof ApiError ? error.message : "Something went wrong in this page. Reload it and try again.";
}
