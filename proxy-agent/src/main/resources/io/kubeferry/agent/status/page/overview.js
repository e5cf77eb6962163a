// The table of all service ports: search, order, totals.

import { byId, el, setText } from "./dom.js";
import { bytes, bytesPerSecond, count, perSecond } from "./format.js";
import { totals } from "./readings.js";
import { Rows } from "./rows.js";

const TEXT = new Intl.Collator("en", { numeric: true });

/** What can be sorted by; numbers begin with the largest. */
const COLUMNS = [
  { id: "name", head: "Service", text: (row) => row.label },
  { id: "address", head: "Address", text: (row) => row.servicePort.addresses[0]?.bound ?? "" },
  { id: "policy", head: "Policy", text: (row) => row.policy },
  { id: "endpoints", head: "Endpoints", number: (row) => row.usable },
  { id: "active", head: "Active", number: (row) => row.active },
  { id: "opened", head: "Connections", number: (row) => row.counts.opened, busiest: (row) => row.rates.opened ?? 0 },
  { id: "toEndpoint", head: "To endpoint", number: (row) => row.counts.toEndpoint },
  { id: "toClient", head: "To client", number: (row) => row.counts.toClient },
  { id: "failed", head: "Failed", number: (row) => row.counts.failed },
];
const BUSIEST = { id: "rate", head: "Busiest now", number: (row) => row.rates.opened ?? 0 };

export class Overview {
  #rows = new Rows(byId("services"), byId("rows"));
  #all = [];
  #order = { column: COLUMNS[0], reversed: false };
  #heads = new Map();

  constructor() {
    for (const column of COLUMNS) {
      const button = el("button", { type: "button", onclick: () => this.#sortBy(column) }, column.head);
      const head = el("th", { scope: "col", class: `c-${column.id}` }, button);
      this.#heads.set(column.id, head);
      byId("heads").append(head);
    }
    for (const column of [...COLUMNS, BUSIEST]) {
      byId("sorter").append(el("option", { value: column.id }, column.head));
    }
    byId("sorter").addEventListener("change", (event) =>
      this.#sortBy([...COLUMNS, BUSIEST].find((column) => column.id === event.target.value), false));
    byId("search").addEventListener("input", () => this.#arrange(true));
    byId("tools").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#rows.focusFirst();
    });
    this.#showOrder();
  }

  show({ rows }) {
    this.#all = rows;
    this.#showTotals(totals(rows));
    this.#arrange(false);
  }

  /** Draws again what is in view. */
  render() {
    this.#rows.render();
  }

  #sortBy(column, reversed = this.#order.column === column && !this.#order.reversed) {
    this.#order = { column, reversed };
    this.#showOrder();
    this.#arrange(true);
  }

  #showOrder() {
    const { column, reversed } = this.#order;
    const ascending = (column.text !== undefined) !== reversed;
    for (const [id, head] of this.#heads) {
      if (id === column.id) {
        head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      } else {
        head.removeAttribute("aria-sort");
      }
    }
    byId("sorter").value = column.id;
  }

  #arrange(fromTop) {
    const wanted = byId("search").value.toLowerCase().split(/\s+/).filter((word) => word !== "");
    const found = this.#all.filter((row) => wanted.every((word) => row.haystack.includes(word)));
    const { column, reversed } = this.#order;
    const byName = (a, b) => TEXT.compare(a.label, b.label);
    const compare = column.text !== undefined
      ? (a, b) => TEXT.compare(column.text(a), column.text(b)) || byName(a, b)
      : (a, b) => column.number(b) - column.number(a) || byName(a, b);
    found.sort(reversed ? (a, b) => compare(b, a) : compare);
    setText(byId("found"), found.length === this.#all.length
      ? `${count(found.length)} service ports`
      : `${count(found.length)} of ${count(this.#all.length)} service ports`);
    byId("none").hidden = found.length > 0;
    byId("services").hidden = found.length === 0;
    setText(byId("none"), this.#all.length === 0 ? "No Service is served on this node." : "No Service matches.");
    this.#rows.show(found, fromTop);
  }

  #showTotals(sums) {
    const tiles = [
      ["Service ports", count(sums.servicePorts), "served on this node"],
      ["Active", count(sums.active), "connections now"],
      ["Connections", count(sums.opened), perSecond(sums.openedRate)],
      ["Traffic", bytes(sums.bytes), bytesPerSecond(sums.bytesRate)],
      ["Failed", count(sums.failed), perSecond(sums.failedRate)],
    ];
    byId("totals").replaceChildren(...tiles.map(([head, value, note]) =>
      el("div", { class: head === "Failed" && sums.failed > 0 ? "tile bad" : "tile" },
        el("dt", {}, head), el("dd", { class: "value" }, value), el("dd", { class: "note" }, note))));
  }
}
