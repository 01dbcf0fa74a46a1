// Two or more years of one agency side by side: the carry-over chain, what contradicts, cells that differ, text used again.

import { ask, language, made, texts } from "/workbench/workbench.js";

const [form, agency, years, go, state, result] = ["form", "agency", "years", "go", "state", "result"].map((id) =>
  document.getElementById(id),
);
let agencies = new Map();
let vocabulary = {};
let latest = 0;

/** A code in the reader's language. */
function term(group, code) {
  const found = vocabulary[group]?.find((one) => one.code === code);
  return found ? (language === "zh" ? found.chinese : found.meaning) : code;
}

/** Every kept document by its agency, page by page; `tell` hears how many there are so far. */
async function load(isLatest, tell) {
  list(new Map(), vocabulary); // nothing can be chosen meanwhile
  const [found, words] = [new Map(), await ask("/v1/vocabulary")];
  let [cursor, count] = ["", 0];
  try {
    while (cursor !== null && isLatest()) {
      const listed = await ask(`/v1/documents?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
      for (const document of listed.documents) {
        const name = document.agency ?? texts.no_agency;
        if (!found.has(name)) found.set(name, []);
        found.get(name).push(document);
      }
      cursor = listed.next;
      count += listed.documents.length;
      if (cursor !== null) tell(texts.listed.replace("{count}", count));
    }
  } catch (error) {
    if (count === 0) throw error;
    error.message += `; ${texts.part_listed.replace("{count}", count)}`;
    if (isLatest()) list(found, words);
    throw error;
  }
  if (!isLatest()) return;
  list(found, words);
  tell(agency.disabled ? texts.none_kept : "");
}

function list(found, words) {
  [agencies, vocabulary] = [found, words];
  const several = [...agencies].filter(([, documents]) => documents.length > 1).map(([name]) => name);
  agency.replaceChildren(agency.options[0], ...several.sort().map((name) => made("option", name, { value: name })));
  agency.disabled = several.length === 0;
  offer();
}

function offer() {
  const documents = [...(agencies.get(agency.value) ?? [])].sort((a, b) => (a.year ?? 0) - (b.year ?? 0));
  const choices = documents.map((document) => {
    const box = made("input", "", { type: "checkbox", name: "document", value: document.sha256, checked: "" });
    return made("label", [box, ` ${document.year ?? "?"} ${document.title ?? document.name ?? ""}`]);
  });
  years.replaceChildren(years.firstElementChild, ...choices);
  years.hidden = documents.length === 0;
  choose();
}

const chosen = () => [...years.querySelectorAll("input:checked")].map((box) => box.value);

function choose() {
  go.disabled = chosen().length < 2;
}

/** A table of rows of cells; numbers stand to the right. */
function grid(caption, heads, lines) {
  const head = made("tr", heads.map((text) => made("th", text, { scope: "col" })));
  const body = lines.map((line) =>
    made("tr", line.map((cell) => made("td", shown(cell), typeof cell === "number" ? { class: "number" } : {}))),
  );
  return made("table", [made("caption", caption), made("thead", head), made("tbody", body)]);
}

const shown = (cell) => (typeof cell === "number" ? cell.toLocaleString(language) : (cell ?? "–"));

function number(report, row) {
  const cell = report.tables.applications?.cells.find((one) => one.row === row && one.column === "total");
  return cell?.status === "number" ? cell.value : null;
}

/** What each year took over and carried forward, and whether the next one took over just that. */
function chain(reports) {
  const ordered = [...reports].sort((a, b) => (a.meta.year ?? 0) - (b.meta.year ?? 0));
  return ordered.map((report, place) => {
    const next = ordered[place + 1];
    const forward = number(report, "carried_forward");
    const over = next?.meta.year === report.meta.year + 1 ? number(next, "carried_over") : null;
    const follows = forward === null || over === null ? texts.unknown : forward === over ? texts.yes : texts.no;
    return [String(report.meta.year ?? "?"), number(report, "carried_over"), forward, next ? follows : ""];
  });
}

function part(title, content, otherwise) {
  return [made("h3", title), ...(content.length ? content : [made("p", otherwise, { class: "quiet" })])];
}

function show(compared, reports, chosenAgency) {
  const name = new Map(compared.sources.map((one) => [one.sha256, String(one.year ?? one.name ?? one.sha256.slice(0, 8))]));
  const pairs = Map.groupBy
    ? Map.groupBy(compared.differences, (one) => `${name.get(one.from)} → ${name.get(one.to)}`)
    : compared.differences.reduce((all, one) => {
        const pair = `${name.get(one.from)} → ${name.get(one.to)}`;
        return all.set(pair, [...(all.get(pair) ?? []), one]);
      }, new Map());
  const heads = ["table", "row", "column", "before", "after", "change"].map((head) => texts[head]);
  const cells = [...pairs].map(([pair, all]) =>
    grid(pair, heads, all.map((one) => [
      term("tables", one.table), term("rows", one.row), term("columns", one.column), one.before, one.after, one.after - one.before,
    ])),
  );
  const between = compared.findings.filter((one) => one.code.startsWith("years."));
  const reused = compared.findings.filter((one) => one.code.startsWith("reuse.") && one.spans.length);
  const quotes = reused.flatMap((one) => [
    made("p", `${term("findings", one.code)}: ${one.spans.map((span) => name.get(span.report)).join(" → ")}`),
    made("blockquote", one.spans[one.spans.length - 1].quote),
  ]);
  const steps = ["year", "carried_over", "carried_forward", "follows"].map((head) => texts[head]);
  const questions = between.map((one) => made("li", `${term("findings", one.code)}: ${one.message}`));
  result.replaceChildren(
    made("h2", texts.result),
    ...part(texts.chain, [grid(chosenAgency, steps, chain(reports))]),
    ...part(texts.findings, questions.length ? [made("ul", questions)] : [], texts.no_findings),
    ...part(texts.differences, cells, texts.no_differences),
    ...part(texts.reuse, quotes, texts.no_reuse),
  );
  result.hidden = false;
  result.focus();
}

/** Do something that takes a while, and tell how it goes. What was begun before is told and shown no more. */
async function busily(work) {
  const number = ++latest;
  const isLatest = () => number === latest;
  const tell = (text, name = "") => {
    if (isLatest()) [state.textContent, state.className] = [text, name];
  };
  tell(texts.loading);
  try {
    await work(isLatest, tell);
  } catch (error) {
    tell(`${texts.failed}: ${error.message}`, "bad");
  }
}

async function compare(isLatest, tell) {
  const [documents, name] = [chosen(), agency.value];
  const asked = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ documents }) };
  const [compared, ...reports] = await Promise.all([
    ask("/v1/compare", asked),
    ...documents.map((one) => ask(`/v1/documents/${one}/report?text=false`)),
  ]);
  if (isLatest()) show(compared, reports, name);
  tell("");
}

agency.addEventListener("change", offer);
years.addEventListener("change", choose);
document.addEventListener("key", () => busily(load));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  busily(compare);
});
busily(load);
