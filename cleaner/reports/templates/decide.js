// Decisions: collected in this browser as commands and as a file, or, where a server has sent the page, written at once.
const live = document.body.dataset.live === "yes";
const shelf = "clean:" + document.body.dataset.report;
let said = new Map(), all_places = null, word_for = null;

function load() {
  try { said = new Map(JSON.parse(localStorage.getItem(shelf) || "[]")); } catch { said = new Map(); }
}
function save() {
  try { localStorage.setItem(shelf, JSON.stringify([...said])); } catch { /* then they last as long as this page */ }
}
// the stop that a key is about, and whether it is about one place of it
function subject() {
  const stop = stops[now];
  if (!stop || !stop.dataset.id) return null;
  const many = stop.dataset.many === "yes";
  const one = many && !every(stop) && spot ? spot.dataset.e : null;
  return { stop, id: one || stop.dataset.id, of: one ? "edit" : stop.dataset.of };
}
// a mask hides a word that may be another at each place; other groups are one decision
function every(stop) {
  return all_places === null ? stop.dataset.was !== "mask" : all_places;
}
function tell(do_, more = {}) {
  const to = subject();
  if (!to) return;
  const { stop, id, of } = to;
  const overlap = of === "overlap";
  if (overlap !== (do_ === "wanted" || do_ === "unwanted") && do_ !== "undo") return;
  if (of === "decision" && do_ !== "undo") return;
  if (do_ === "accept" && stop.dataset.was === "done") return undo(id);
  if (do_ === "remove" && !["mask", "ask"].includes(stop.dataset.was)) return;
  put({ do: do_, id, ...(of === "edit" ? { scope: "edit" } : of === "group" ? { scope: "group" } : {}), ...more });
}
function undo(id) {
  const stop = stops[now];
  if (said.has(id)) { said.delete(id); save(); paint(`took back ${id}`); return; }
  if (live) put({ do: "undo", id });
  else if (stop && stop.dataset.by) put({ do: "undo", id: stop.dataset.by });
}
async function put(decision) {
  if (!live) {
    said.set(decision.id, decision);
    save();
    paint(command(decision));
    return;
  }
  const tray = $("tray");
  tray.hidden = false;
  try {
    const token = sessionStorage.getItem("clean-token");
    const answer = await fetch("/decisions", { method: "POST", body: JSON.stringify(decision),
      headers: { Authorization: "Bearer " + token, "Content-Type": "application/json" } });
    const told = await answer.json();
    tray.classList.toggle("wrong", !answer.ok);
    $("line").textContent = answer.ok ? told.said.join("  ") : told.error;
    if (answer.ok) await renew(token);
  } catch {
    tray.classList.add("wrong");
    $("line").textContent = "The server does not answer. What was written before is safe; start `clean review` again.";
  }
}
// the page as it is now, without leaving the place where we are
async function renew(token) {
  const answer = await fetch(location.pathname, { headers: { Authorization: "Bearer " + token }, cache: "no-store" });
  if (!answer.ok) return;
  const next = new DOMParser().parseFromString(await answer.text(), "text/html");
  const was = now, where = at, y = scrollY;
  for (const part of [".top", "main"]) document.querySelector(part).replaceWith(document.importNode(next.querySelector(part), true));
  now = -1; lit = []; spot = null;
  begin();
  paint();
  scrollTo(0, y);
  if (was >= 0) choose(Math.min(was, stops.length - 1));
  if (lit.length) { at = Math.min(where, lit.length - 1); mark(); }
}

// how a shell takes it, and what a file for `clean decisions import` holds
const quoted = (text) => "'" + text.replaceAll("'", "'\\''") + "'";
function command(d) {
  const parts = ["clean", "decide", d.do, d.id];
  if (d.replacement !== undefined) parts.push("--with=" + quoted(d.replacement));
  if (d.keeper !== undefined) parts.push("--keep=" + quoted(d.keeper));
  if (d.scope) parts.push("--scope", d.scope);
  return parts.join(" ");
}
const lines = () => [...said.values()].map(command).join("\n");
async function copy() {
  const box = $("commands");
  box.value = lines();
  box.hidden = false;
  box.select();
  let done = false;
  try { await navigator.clipboard.writeText(box.value); done = true; } catch { done = document.execCommand("copy"); }
  $("line").textContent = done ? "Copied. Paste them into a shell at the root of the repository." : "Copy them from the box.";
}
function download() {
  const rows = [...said.values()].filter((d) => d.do !== "undo").map((d) => JSON.stringify(d) + "\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(rows, { type: "application/jsonl" }));
  link.download = "decisions.import.jsonl";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  $("line").textContent = "Then: clean decisions import decisions.import.jsonl";
}

// what was said, at its group; and how much of it there is
const words = { keep: "keep the original", accept: "accept", remove: "cut", wanted: "wanted", unwanted: "unwanted", undo: "take back" };
const short = (d) => d.replacement !== undefined ? "→ " + d.replacement : d.keeper !== undefined ? "only in " + d.keeper : words[d.do];
function paint(line) {
  for (const chip of all(".said.mine")) chip.remove();
  const by_place = new Map();
  for (const el of all(".text [data-e]")) by_place.set(el.dataset.e, el.dataset.g);
  for (const [id, d] of said) {
    const g = by_place.get(id);
    const at_stops = stops.filter((stop) => stop.dataset.id === id || (g !== undefined && stop.dataset.stop === g) || stop.dataset.by === id);
    for (const stop of at_stops) {
      const chip = document.createElement("span");
      chip.className = "said mine " + (d.do === "undo" ? "undo" : "");
      chip.textContent = short(d) + (stop.dataset.of === "group" && d.scope === "edit" ? " (one place)" : "");
      (stop.querySelector(".chips") || stop).append(chip);
    }
  }
  const tray = $("tray");
  if (!live) {
    tray.hidden = said.size === 0 && line === undefined;
    $("count").textContent = said.size === 1 ? "1 decision" : `${said.size} decisions`;
    $("commands").hidden = true;
    for (const id of ["copy", "download", "clear"]) $(id).hidden = said.size === 0;
  }
  if (line !== undefined) { $("line").textContent = line; $("line").title = line; }
  chosen();
  room();
}
// the buttons say what was chosen for the place we are at
function chosen() {
  const to = subject(), d = to && said.get(to.id);
  const bar = $("acts");
  if (!bar) return;
  for (const button of all("button[data-do]", bar)) button.setAttribute("aria-pressed", String(Boolean(d) && d.do === button.dataset.do));
  const stop = stops[now], scope = $("scope");
  scope.hidden = !stop || stop.dataset.many !== "yes";
  if (stop && !scope.hidden) scope.firstChild.textContent = every(stop) ? `all ${lit.length || ""} places` : "this place";
}
function room() { document.body.style.setProperty("--foot", document.querySelector(".foot").offsetHeight + "px"); }

function ask() {
  const to = subject();
  if (!to || to.of === "overlap" || to.of === "decision") return;
  if (!article && to.stop.dataset.many === "yes" && to.stop.dataset.was === "mask") { to.stop.querySelector(".meta a[href*='#L']")?.click(); return; }
  word_for = to;
  $("word-old").textContent = spot ? spot.textContent : to.stop.querySelector("del, u")?.textContent || "";
  const list = $("word-list");
  list.replaceChildren();
  for (const known of all(".words [data-word]", to.stop)) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = known.textContent;
    button.addEventListener("click", () => { $("word-new").value = known.textContent; $("word-new").focus(); });
    list.append(button);
  }
  $("word-new").value = said.get(to.id)?.replacement || "";
  $("word").showModal();
  $("word-new").focus();
}
function cycle() {
  const stop = stops[now];
  if (!stop || stop.dataset.many !== "yes") return;
  all_places = !every(stop);
  chosen();
}
// of two sides, the one that the reader keeps: asked by two buttons, since only a person knows
function unwanted(side) {
  const stop = stops[now];
  const name = stop?.querySelector(`[data-side="${side}"]`);
  if (name) tell("unwanted", { keeper: name.textContent });
}
const verbs = {
  a: () => tell("accept"), x: () => tell("keep"), d: () => tell("remove"), w: () => tell("wanted"), e: ask, s: cycle,
  u: () => { const to = subject(); if (to) undo(to.id); },
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const stop = button.closest("[data-stop]");
  if (stop && button.dataset.do) choose(stops.indexOf(stop));
  const acts = { accept: verbs.a, keep: verbs.x, remove: verbs.d, edit: ask, wanted: verbs.w, undo: verbs.u, a: () => unwanted("a"), b: () => unwanted("b"), scope: cycle };
  if (Object.hasOwn(acts, button.dataset.do || "")) acts[button.dataset.do]();
  else if (button.id === "copy") copy();
  else if (button.id === "download") download();
  else if (button.id === "clear") { said.clear(); save(); paint("nothing is decided in this browser"); }
  else if (button.id === "word-no") $("word").close();
});
$("word").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("word-new").value.trim();
  $("word").close();
  if (!word_for) return;
  tell(text ? "replace" : "remove", text ? { replacement: text } : {});
});
addEventListener("storage", (event) => { if (event.key === shelf) { load(); paint(); } });
addEventListener("pageshow", (event) => { if (event.persisted && !live) { load(); paint(); } });
if (!live) load();
begin();
paint();
// a link to a line, or to a pair, of a page that was written by the shell: its browser has looked for it too early
if (live && location.hash.length > 1) $(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView({ block: "center" });
