// Files that are dropped or chosen go to the service one after another; each row says how far its file is.

import { hasKey, headers, made, texts, told } from "/workbench/workbench.js";

const zone = document.getElementById("zone");
const input = document.getElementById("files");
const rows = document.getElementById("rows");
const MOST_TRIES = 6;

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

/** The hash by which a document is kept; null where the browser makes none (no secure context). */
async function hashOf(file) {
  if (!globalThis.crypto?.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** One upload with its progress; resolves to status, wait and answer. */
function send(file, hash, progress, state) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    const path = hash ? `/v1/documents/${hash}` : "/v1/documents";
    request.open(hash ? "PUT" : "POST", `${path}?name=${encodeURIComponent(file.name.slice(-255))}`);
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) progress.value = event.loaded / event.total;
    });
    request.upload.addEventListener("load", () => {
      progress.removeAttribute("value");
      state.textContent = texts.working;
    });
    request.addEventListener("loadend", () => {
      let answer = null;
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // no answer, or none of the service's
      }
      done({ status: request.status, wait: Number(request.getResponseHeader("Retry-After")) || 1, answer });
    });
    request.send(file);
  });
}

/** Send a file until it is answered for good; its row tells the rest. Returns the kept document, or null. */
async function keep(file) {
  const progress = made("progress", "", { max: "1", value: "0", "aria-label": file.name });
  const state = made("span", texts.sending);
  const row = made("li", [made("strong", file.name), progress, state]);
  rows.prepend(row);
  const hash = await hashOf(file).catch((error) => {
    row.remove();
    throw error;
  });
  for (let tried = 1; ; tried += 1) {
    const { status, wait, answer } = await send(file, hash, progress, state);
    if ((status === 503 || status === 429) && tried < MOST_TRIES) {
      state.textContent = texts.again.replace("{seconds}", wait);
      await pause(wait);
      continue;
    }
    progress.remove();
    if (status === 200 || status === 201) {
      state.textContent = ` ${status === 201 ? texts.kept : texts.known} `;
      row.append(hasKey() ? fetched(answer) : made("a", texts.evidence, { href: answer.links.evidence }));
      return answer;
    }
    const said = status === 0 ? texts.unreachable : told(answer, status);
    state.replaceWith(made("span", ` ${texts.failed}: ${said}`, { class: "bad", role: "alert" }));
    return null;
  }
}

/** The evidence page, got with the key and held to its own policy, as an address of this browser. Throws for people. */
async function addressOf(kept) {
  const answer = await fetch(kept.links.evidence, { headers: headers() }).catch(() => null);
  if (answer === null) throw new Error(texts.unreachable);
  if (!answer.ok) throw new Error(told(await answer.json().catch(() => null), answer.status));
  const policy = answer.headers.get("Content-Security-Policy").replace(/; frame-ancestors [^;]*/, "");
  const held = `<head><meta http-equiv="Content-Security-Policy" content="${policy}">`;
  const page = (await answer.text()).replace("<head>", () => held);
  return URL.createObjectURL(new Blob([page], { type: "text/html; charset=utf-8" }));
}

/** A button that shows the evidence page in a new tab: a plain link could not send the key. */
function fetched(kept) {
  const button = made("button", texts.evidence, { type: "button" });
  const row = made("span", [button]);
  let address = null;
  button.addEventListener("click", async () => {
    const tab = window.open("", "_blank"); // before anything is waited for, or the browser takes it for a pop-up
    try {
      address ??= await addressOf(kept);
      if (tab) tab.location.replace(address);
      else row.replaceChildren(made("a", texts.evidence, { href: address, target: "_blank" }));
    } catch (error) {
      tab?.close();
      row.replaceChildren(button, made("span", ` ${error.message}`, { class: "bad", role: "alert" }));
    }
  });
  return row;
}

/** The kept document; a file that cannot be read (a folder, a vanished file) says so and stops no other. */
async function kept_or_told(file) {
  try {
    return await keep(file);
  } catch (error) {
    rows.prepend(made("li", [made("strong", file.name), made("span", ` ${texts.failed}: ${error.message}`, { class: "bad", role: "alert" })]));
    return null;
  }
}

async function take(files) {
  const kept = [];
  for (const file of files) kept.push(await kept_or_told(file));
  if (kept.length === 1 && kept[0] && !hasKey()) location.assign(kept[0].links.evidence);
}

for (const kind of ["dragover", "drop", "dragleave"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    zone.classList.toggle("over", kind === "dragover");
  });
}
document.addEventListener("drop", (event) => take([...event.dataTransfer.files]));
input.addEventListener("change", () => {
  const files = [...input.files];
  input.value = "";
  take(files);
});
