// Draws those rows of a long list that are in view. All rows have one height, which the style sheet sets as --row.

import { el, setText } from "./dom.js";
import { bytes, bytesPerSecond, count, perSecond } from "./format.js";

const SPARE = 8;
const DOTS = 8;

/** Nothing for a rate of zero: most rows of most lists are idle, and what moves should be seen. */
function quiet(rate, format) {
  return rate === null || rate === 0 ? "" : format(rate);
}

/** The elements of one row, filled with what they show. */
class Row {
  constructor() {
    this.link = el("a", {});
    this.cells = {};
    this.element = el("tr", {});
    const cell = (id, ...children) => {
      this.cells[id] = el("td", { class: `c-${id}` }, ...children);
      this.element.append(this.cells[id]);
    };
    const pair = () => [el("span", { class: "main" }), el("span", { class: "sub" })];
    cell("name", this.link);
    cell("address", ...pair());
    cell("policy");
    cell("endpoints", el("span", { class: "main" }), el("span", { class: "dots", "aria-hidden": "true" }));
    cell("active", el("span", { class: "main" }));
    cell("opened", ...pair());
    cell("toEndpoint", ...pair());
    cell("toClient", ...pair());
    cell("failed", ...pair());
  }

  fill(row, index) {
    const { servicePort, counts, rates } = row;
    this.key = row.key;
    this.element.setAttribute("aria-rowindex", index + 2);
    setText(this.link, row.label);
    this.link.setAttribute("href", row.href);
    this.link.title = row.label;
    const addresses = servicePort.addresses;
    const unbound = addresses.some((address) => address.state === "not-bound");
    this.#pair("address", addresses[0]?.bound ?? "–", unbound ? "cannot be bound"
      : addresses.length > 1 ? `and ${addresses.length - 1} more` : addresses[0]?.kind ?? "");
    this.cells.address.classList.toggle("bad", unbound);
    setText(this.cells.policy, row.policy);
    this.#endpoints(row);
    setText(this.cells.active.firstChild, count(row.active));
    this.#pair("opened", count(counts.opened), quiet(rates.opened, perSecond));
    this.#pair("toEndpoint", bytes(counts.toEndpoint), quiet(rates.toEndpoint, bytesPerSecond));
    this.#pair("toClient", bytes(counts.toClient), quiet(rates.toClient, bytesPerSecond));
    this.cells.toEndpoint.title = `${count(counts.toEndpoint)} bytes`;
    this.cells.toClient.title = `${count(counts.toClient)} bytes`;
    this.#pair("failed", count(counts.failed), quiet(rates.failed, perSecond));
    this.cells.failed.classList.toggle("bad", counts.failed > 0);
    this.element.classList.toggle("refusing", row.usable === 0);
  }

  #pair(id, main, sub) {
    setText(this.cells[id].children[0], main);
    setText(this.cells[id].children[1], sub);
  }

  #endpoints({ servicePort, usable }) {
    const all = servicePort.endpoints;
    const cell = this.cells.endpoints;
    setText(cell.children[0], `${usable} of ${all.filter((endpoint) => endpoint.state !== "removed").length} in use`);
    cell.title = all.slice(0, 20)
      .map(({ address, state, setAside, connections }) => `${address} ${state}${setAside ? ", set aside" : ""}, ${connections} connections`).join("\n");
    const dots = cell.children[1];
    while (dots.childElementCount > Math.min(all.length, DOTS)) {
      dots.lastChild.remove();
    }
    for (let i = 0; i < Math.min(all.length, DOTS); i += 1) {
      const dot = dots.children[i] ?? dots.appendChild(el("i", {}));
      dot.className = `dot ${all[i].setAside ? "set-aside" : all[i].state}${all[i].connections > 0 ? " live" : ""}`;
    }
  }
}

export class Rows {
  #table;
  #body;
  #rows = [];
  #drawn = new Map();
  #above = el("tr", { class: "space", "aria-hidden": "true" });
  #below = el("tr", { class: "space", "aria-hidden": "true" });

  constructor(table, body) {
    this.#table = table;
    this.#body = body;
    body.append(this.#above, this.#below);
    for (const event of ["scroll", "resize"]) {
      window.addEventListener(event, () => this.render(), { passive: true });
    }
    body.addEventListener("keydown", (event) => this.#key(event));
  }

  show(rows, fromTop) {
    this.#rows = rows;
    this.#table.setAttribute("aria-rowcount", rows.length + 1);
    if (fromTop && this.#top() < 0) {
      window.scrollTo({ top: window.scrollY + this.#table.getBoundingClientRect().top - this.#headHeight() });
    }
    this.render();
  }

  render() {
    if (this.#table.offsetParent === null) {
      return;
    }
    const height = this.#rowHeight();
    const first = Math.max(0, Math.min(Math.floor(-this.#top() / height) - SPARE, this.#rows.length));
    const last = Math.min(this.#rows.length, first + Math.ceil(window.innerHeight / height) + 2 * SPARE);
    this.#above.style.height = `${first * height}px`;
    this.#below.style.height = `${(this.#rows.length - last) * height}px`;
    this.#draw(first, last);
  }

  focusFirst() {
    this.#focus(0);
  }

  #draw(first, last) {
    const focused = this.#keyInFocus();
    const wanted = new Set();
    for (let i = first; i < last; i += 1) {
      wanted.add(this.#rows[i].key);
    }
    const free = [];
    for (const [key, row] of this.#drawn) {
      if (!wanted.has(key)) {
        this.#drawn.delete(key);
        free.push(row);
      }
    }
    let place = this.#above;
    for (let i = first; i < last; i += 1) {
      const data = this.#rows[i];
      const row = this.#drawn.get(data.key) ?? free.pop() ?? new Row();
      this.#drawn.set(data.key, row);
      row.fill(data, i);
      if (place.nextSibling !== row.element) {
        place.after(row.element);
      }
      place = row.element;
    }
    free.forEach((row) => row.element.remove());
    // A row that moved has lost the focus.
    if (focused !== undefined && this.#keyInFocus() !== focused) {
      this.#drawn.get(focused)?.link.focus({ preventScroll: true });
    }
  }

  #keyInFocus() {
    const element = document.activeElement?.closest("#rows tr");
    return element === null || element === undefined ? undefined : this.#rowOf(element)?.key;
  }

  #rowOf(element) {
    return [...this.#drawn.values()].find((row) => row.element === element);
  }

  #key(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    const key = this.#keyInFocus();
    if (!(event.key in steps) || key === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    event.preventDefault();
    const index = this.#rows.findIndex((row) => row.key === key);
    this.#focus(Math.max(0, Math.min(this.#rows.length - 1, index + steps[event.key])));
  }

  #focus(index) {
    const data = this.#rows[index];
    if (data === undefined) {
      return;
    }
    const height = this.#rowHeight();
    const place = this.#top() + index * height;
    if (place < this.#headHeight() || place + height > window.innerHeight) {
      window.scrollTo({ top: window.scrollY + place - window.innerHeight / 2 });
      this.render();
    }
    this.#drawn.get(data.key)?.link.focus({ preventScroll: true });
  }

  /** Where the first row begins, against the top of the window. */
  #top() {
    return this.#body.getBoundingClientRect().top;
  }

  #headHeight() {
    return this.#table.tHead.getBoundingClientRect().height;
  }

  #rowHeight() {
    return parseFloat(getComputedStyle(this.#table).getPropertyValue("--row"));
  }
}
