// What both pages share: the texts of their language, the access key, and how an error of the service is told.

export const texts = JSON.parse(document.body.dataset.texts);
export const language = document.body.dataset.language;

const key = document.getElementById("key");
key.value = sessionStorage.getItem("key") ?? "";
key.addEventListener("change", () => {
  sessionStorage.setItem("key", key.value.trim());
  document.dispatchEvent(new Event("key"));
});

export const hasKey = () => key.value.trim() !== "";
export const headers = () => (hasKey() ? { Authorization: `Bearer ${key.value.trim()}` } : {});

/** An element with its text or children. */
export function made(name, content = "", given = {}) {
  const element = document.createElement(name);
  element.append(...(Array.isArray(content) ? content : [content]));
  for (const [attribute, value] of Object.entries(given)) element.setAttribute(attribute, value);
  return element;
}

/** A problem (RFC 9457) in the reader's language, with what was found, what is allowed and what to do. */
export function told(problem, status) {
  const kind = (problem?.type ?? "").split(":").pop();
  const first = texts.problems[kind] ?? problem?.title ?? `${texts.failed} (${status})`;
  const parts = ["found", "allowed", "do"].filter((part) => problem?.[part]);
  if (kind === "key" || kind === "scope") document.querySelector("details.key").open = true;
  return [first, ...parts.map((part) => `${texts[part]}: ${problem[part]}`)].join("; ");
}

/** What the service answers, parsed. Throws an error whose message is for people. */
export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { ...options, headers: { ...headers(), ...options.headers } });
  } catch {
    throw new Error(texts.unreachable);
  }
  const body = await answer.json().catch(() => null);
  if (!answer.ok) throw new Error(told(body, answer.status));
  return body;
}
