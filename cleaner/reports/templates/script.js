"use strict";
// Moves through groups and places, filters, says why. Reads the page only: no data of a seed is in here.
const $ = (id) => document.getElementById(id);
const all = (what, where = document) => [...where.querySelectorAll(what)];
const article = document.body.classList.contains("article");
let stops = [], places = new Map(), now = -1, lit = [], at = 0, spot = null;

// what a page offers; again after the server has sent a new one
function begin() {
  stops = all("[data-stop]");
  places = new Map();
  for (const el of all(".text [data-g]")) {
    const g = el.dataset.g;
    if (!places.has(g)) places.set(g, []);
    places.get(g).push(el);
  }
}
function reveal(el, block) {
  for (let d = el.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
  el.scrollIntoView({ block, behavior: "auto" });
}
// the places of a group: on the left, where it took something, else on the right. Never asks for their layout,
// since rows far away have none yet: to ask for it place by place took 4.5 s in an article of 300 kB
function seen(g) {
  const shown = (places.get(g) || []).filter((el) => !el.closest(".r").hidden);
  const left = shown.filter((el) => el.closest(".a"));
  return left.length ? left : shown;
}
function mark() {
  if (spot) spot.classList.remove("spot");
  spot = lit[at] || null;
  if (spot) { spot.classList.add("spot"); reveal(spot, "center"); }
  count();
}
function count() {
  $("at").textContent = lit.length ? `${at + 1} / ${lit.length}` : "";
  chosen();
}
function leave() {
  for (const el of all(".on")) el.classList.remove("on");
  if (spot) spot.classList.remove("spot");
  spot = null; now = -1; lit = [];
  if (article) $("bar").hidden = true;
}
function choose(index, place) {
  const stop = stops[index];
  if (!stop) return;
  leave();
  now = index;
  stop.classList.add("on");
  if (!article) { reveal(stop, "center"); (stop.querySelector("a:not(.to)") || stop).focus({ preventScroll: true }); return; }
  const g = stop.dataset.stop, of = stop.closest("details");
  for (const el of places.get(g) || []) el.classList.add("on");
  of.open = true;
  const panel = stop.closest("aside");
  if (getComputedStyle(panel).position === "sticky") panel.scrollTop += stop.getBoundingClientRect().top - panel.getBoundingClientRect().top - 120;
  $("bar-rule").textContent = of.querySelector(".rule").textContent;
  $("bar-why").textContent = of.querySelector(".why").textContent;
  $("bar").hidden = false;
  lit = seen(g);
  at = Math.max(0, place ? lit.indexOf(place) : 0);
  if (place && lit.length) { spot = lit[at]; spot.classList.add("spot"); count(); } else mark();
}
function step(by) {
  for (let i = now < 0 && by < 0 ? stops.length - 1 : now + by; i >= 0 && i < stops.length; i += by)
    if (!stops[i].hidden) return choose(i);
}
function turn(by) {
  if (lit.length) { at = (at + by + lit.length) % lit.length; mark(); }
}
function filter(text) {
  const want = text.trim().toLowerCase(), left = new Set();
  for (const stop of stops) {
    const of = article ? stop.closest("details").querySelector("summary").textContent : "";
    stop.hidden = want !== "" && !(of + stop.textContent).toLowerCase().includes(want);
    if (!stop.hidden) left.add(stop.dataset.stop);
  }
  if (!article) return;
  for (const of of all("details.of")) of.hidden = !of.querySelector("[data-stop]:not([hidden])");
  for (const row of all(".r")) row.hidden = want !== "" && !all("[data-g]", row).some((el) => left.has(el.dataset.g));
}

document.addEventListener("click", (event) => {
  const to = event.target;
  if (to.closest("#prev")) return turn(-1);
  if (to.closest("#next")) return turn(1);
  if (to.closest("#close")) return leave();
  if (to.closest("#help")) return $("help").close();
  if (!article || to.closest("aside a, button, label")) return;
  const label = to.closest("[data-l]"), edit = to.closest(".text [data-g]"), stop = to.closest("aside [data-stop]");
  const g = label ? label.dataset.l : edit ? edit.dataset.g : stop ? stop.dataset.stop : null;
  if (g === null) return;
  if (label) event.preventDefault();
  const from = label ? seen(g).find((el) => label.closest(".r").contains(el)) : edit;
  choose(stops.findIndex((el) => el.dataset.stop === g), from);
});
document.addEventListener("input", (event) => { if (event.target.id === "filter") filter(event.target.value); });
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  // a closed dialog may keep the focus for a moment: a key typed right behind Enter is for the page
  if (document.querySelector("dialog.word")?.open || event.target.closest("textarea")) return;
  if (event.key === "Escape") {
    if ($("filter")) { $("filter").value = ""; $("filter").blur(); }
    filter("");
    leave();
    return;
  }
  if (event.target.matches("input[type=search]")) { if (event.key === "Enter") event.target.blur(); return; }
  const keys = { j: () => step(1), k: () => step(-1), "/": () => $("filter")?.focus(), "?": () => $("help").open || $("help").showModal() };
  if (article) { keys.n = () => turn(1); keys.p = () => turn(-1); }
  for (const [key, act] of Object.entries(verbs)) keys[key] = act;
  if (Object.hasOwn(keys, event.key)) { event.preventDefault(); keys[event.key](); }
});
