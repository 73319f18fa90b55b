// The token, asked for once: the server answers it with a cookie that this page never sees.

import { byId } from "./dom.js";
import { logIn, sentenceOf } from "./api.js";

let waiting = null;

/** Resolves when the server has accepted a token; everyone who asks waits for the same one. */
export function askForToken() {
  waiting ??= new Promise(listen).finally(() => { waiting = null; });
  return waiting;
}

function listen(resolve) {
  const dialog = byId("login");
  const field = byId("token");
  const stop = new AbortController();
  const onSubmit = async (event) => {
    event.preventDefault();
    try {
      await logIn(field.value);
    } catch (error) {
      byId("login-error").textContent = sentenceOf(error);
      field.select();
      return;
    }
    field.value = "";
    stop.abort();
    dialog.close();
    resolve();
  };
  dialog.addEventListener("cancel", (event) => event.preventDefault(), { signal: stop.signal });
  byId("login-form").addEventListener("submit", onSubmit, { signal: stop.signal });
  if (!dialog.open) dialog.showModal();
}
