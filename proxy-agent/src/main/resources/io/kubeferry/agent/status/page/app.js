// Asks the agent again and again while somebody looks, and shows the view that the address names.

import { byId, el, setText } from "./dom.js";
import { clock } from "./format.js";
import { Detail } from "./detail.js";
import { Overview } from "./overview.js";
import { Readings } from "./readings.js";

const PERIOD_MS = 2000;
const PATIENCE_MS = 15000;
const PROBLEMS_SHOWN = 5;

const overview = new Overview();
const detail = new Detail();

let readings = new Readings();
let timer = 0;
let asking = null;
let lastAnswer = 0;
let scrolled = 0;
let allProblems = false;

/** What the address names: {} for all Services, or {namespace, service}. */
function view() {
  const match = /^#\/([^/]+)\/([^/]+)$/.exec(location.hash);
  if (match === null) {
    return {};
  }
  try {
    return { namespace: decodeURIComponent(match[1]), service: decodeURIComponent(match[2]) };
  } catch {
    return {};
  }
}

function name({ namespace, service }) {
  return `${namespace}/${service}`;
}

function enter() {
  const now = view();
  const isDetail = now.service !== undefined;
  if (isDetail && byId("detail").hidden) {
    scrolled = window.scrollY;
  }
  byId("overview").hidden = isDetail;
  byId("detail").hidden = !isDetail;
  document.title = isDetail ? `${name(now)} – kubeferry` : "kubeferry";
  if (isDetail) {
    detail.clear(name(now));
    window.scrollTo({ top: 0 });
  } else {
    overview.render();
    window.scrollTo({ top: scrolled });
    overview.render();
  }
  readings = new Readings();
  ask();
}

async function ask() {
  clearTimeout(timer);
  asking?.abort();
  if (document.hidden) {
    pulse("paused", "paused");
    return;
  }
  const now = view();
  const turn = new AbortController();
  asking = turn;
  const patience = setTimeout(() => turn.abort(), PATIENCE_MS);
  const started = performance.now();
  try {
    const query = now.service === undefined ? "" : `?${new URLSearchParams(now)}`;
    const response = await fetch(`api/v1/services${query}`, { signal: turn.signal, cache: "no-store" });
    if (!response.ok) {
      throw new Error(`HTTP status ${response.status}`);
    }
    const reading = readings.take(await response.json());
    if (asking === turn) {
      show(reading, now);
    }
  } catch {
    if (asking === turn) {
      lost();
    }
  } finally {
    clearTimeout(patience);
    if (asking === turn) {
      // A long list takes its time; most of it should be left to others.
      timer = setTimeout(ask, Math.max(PERIOD_MS, 4 * (performance.now() - started)));
    }
  }
}

function show(reading, now) {
  const { document: told } = reading;
  lastAnswer = Date.now();
  setText(byId("node"), told.node);
  setText(byId("source"), told.source);
  setText(byId("version"), told.version);
  showProblems(told.problems);
  if (now.service === undefined) {
    overview.show(reading);
  } else {
    detail.show(reading, name(now));
  }
  document.body.classList.remove("stale");
  pulse("live", "live");
}

function lost() {
  document.body.classList.add("stale");
  pulse("lost", lastAnswer === 0 ? "the agent does not answer" : `no answer since ${clock(lastAnswer)}`);
  readings.forget();
}

function pulse(state, words) {
  byId("pulse").className = `pulse ${state}`;
  setText(byId("pulse"), words);
}

function showProblems(problems) {
  const place = byId("problems");
  const shown = allProblems ? problems : problems.slice(0, PROBLEMS_SHOWN);
  const text = JSON.stringify([problems, allProblems]);
  if (place.dataset.shown === text) {
    return;
  }
  place.dataset.shown = text;
  place.hidden = problems.length === 0;
  const more = problems.length > PROBLEMS_SHOWN
    ? el("button", { type: "button", onclick: () => { allProblems = !allProblems; showProblems(problems); } },
      allProblems ? "Show fewer" : `Show all ${problems.length}`)
    : null;
  place.replaceChildren(
    el("h2", {}, problems.length === 1 ? "1 problem" : `${problems.length} problems`),
    el("ul", {}, ...shown.map(({ kind, message }) => el("li", {}, el("span", { class: "tag" }, kind), message))),
    ...[more].filter((button) => button !== null));
}

window.addEventListener("hashchange", enter);
document.querySelector(".skip").addEventListener("click", (event) => {
  // The part of the address behind the # names the view.
  event.preventDefault();
  byId("content").focus();
});
document.addEventListener("visibilitychange", () => {
  readings.forget();
  ask();
});
document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === "/" && !typing && view().service === undefined) {
    event.preventDefault();
    byId("search").focus();
  } else if (event.key === "Escape" && view().service !== undefined) {
    location.hash = "#/";
  }
});
enter();
