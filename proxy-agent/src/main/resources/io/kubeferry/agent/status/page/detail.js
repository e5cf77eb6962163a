// The page of one Service: all its ports with addresses, endpoints, recent connections and failures.

import { byId, el, table } from "./dom.js";
import { bytes, bytesPerSecond, clock, count, duration, perSecond, words } from "./format.js";

const NUMBER = "number";

export class Detail {
  #place = byId("detail");
  #shown = "";

  /** Shows the rows of the Service; none means that it is not served. */
  show({ rows }, name) {
    const scrolled = this.#shown === name ? this.#scrolls() : [];
    const held = this.#shown === name && this.#holdsSelection();
    if (held) {
      return;
    }
    const focus = this.#focusIndex();
    this.#shown = name;
    const back = el("a", { class: "back", href: "#/" }, "← All Services");
    const content = rows.length === 0
      ? [el("h1", {}, name), el("p", { class: "empty" }, "This Service is not served on this node.")]
      : [el("h1", {}, name), ...rows.map((row) => port(row))];
    this.#place.replaceChildren(back, ...content);
    this.#place.querySelectorAll(".scroller").forEach((scroller, i) => {
      scroller.scrollLeft = scrolled[i] ?? 0;
    });
    if (focus >= 0) {
      this.#focusable()[focus]?.focus({ preventScroll: true });
    }
  }

  /** Nothing of an earlier Service is to be seen. */
  clear(name) {
    if (this.#shown !== name) {
      this.#shown = "";
      this.#place.replaceChildren(el("a", { class: "back", href: "#/" }, "← All Services"), el("h1", {}, name));
    }
  }

  #scrolls() {
    return [...this.#place.querySelectorAll(".scroller")].map((scroller) => scroller.scrollLeft);
  }

  #focusable() {
    return [...this.#place.querySelectorAll("a, [tabindex]")];
  }

  #focusIndex() {
    return this.#focusable().indexOf(document.activeElement);
  }

  /** Somebody is about to copy something from here. */
  #holdsSelection() {
    const selection = document.getSelection();
    return selection !== null && !selection.isCollapsed && this.#place.contains(selection.anchorNode);
  }
}

function port(row) {
  const { servicePort } = row;
  return el("article", { class: "port", "aria-label": row.label },
    el("h2", {}, "Port ", el("b", {}, servicePort.port), el("span", { class: "tag" }, servicePort.protocol)),
    tiles(row),
    part("Addresses", "It has no address here.", addresses(servicePort.addresses)),
    part("Endpoints", "It has no endpoint: connections are refused.", endpoints(servicePort.endpoints)),
    part("Failures by reason", "None so far.", failures(servicePort.connections.failures)),
    part("Recent failures", "None so far.", recent(servicePort.recentFailures ?? [])),
    part("Recent connections", "None has ended so far.", recent(servicePort.recentConnections ?? [])));
}

function tiles({ servicePort, counts, rates, active }) {
  const tile = (head, value, note, bad) => el("div", { class: bad ? "tile bad" : "tile" },
    el("dt", {}, head), el("dd", { class: "value" }, value), el("dd", { class: "note" }, note));
  return el("dl", { class: "tiles" },
    tile("Active", count(active), "connections now"),
    tile("Connections", count(counts.opened), perSecond(rates.opened)),
    tile("To endpoint", bytes(counts.toEndpoint), `${count(counts.toEndpoint)} bytes, ${bytesPerSecond(rates.toEndpoint)}`),
    tile("To client", bytes(counts.toClient), `${count(counts.toClient)} bytes, ${bytesPerSecond(rates.toClient)}`),
    tile("Failed", count(counts.failed), perSecond(rates.failed), counts.failed > 0),
    tile("Connects repeated", count(servicePort.connections.retried), "with another endpoint"));
}

function part(head, otherwise, content) {
  return el("section", { class: "part" }, el("h3", {}, head), content ?? el("p", { class: "empty" }, otherwise));
}

function addresses(all) {
  return all.length === 0 ? null : table(
    [{ head: "Kind" }, { head: "Address" }, { head: "Offered at" }, { head: "Policy" }, { head: "State" }],
    all.map(({ kind, address, port: number, bound, policy, state }) =>
      [kind, `${address.includes(":") ? `[${address}]` : address}:${number}`, bound, policy, state_(state)]));
}

function state_(state) {
  return el("span", { class: `state ${state}` }, words(state));
}

function endpoints(all) {
  return all.length === 0 ? null : table(
    [{ head: "Endpoint" }, { head: "State" }, { head: "New connections" }, { head: "Live connections", className: NUMBER },
      { head: "Node" }],
    all.map(({ address, state, usable, setAside, connections, node }) =>
      [address, state_(setAside ? "set-aside" : state), usable ? "yes" : "no", count(connections), node]));
}

function failures(reasons) {
  const all = Object.entries(reasons).sort((a, b) => b[1] - a[1]);
  return all.length === 0 ? null : table(
    [{ head: "Reason" }, { head: "Connections", className: NUMBER }],
    all.map(([reason, times]) => [words(reason), count(times)]));
}

function recent(connections) {
  return connections.length === 0 ? null : table(
    [{ head: "Ended" }, { head: "Reason" }, { head: "Client" }, { head: "Listener" }, { head: "Endpoint" },
      { head: "Attempts", className: NUMBER }, { head: "Connect", className: NUMBER },
      { head: "Duration", className: NUMBER }, { head: "To endpoint", className: NUMBER },
      { head: "To client", className: NUMBER }],
    connections.map((one) => [
      el("time", { datetime: one.time, title: one.time }, clock(one.time)), words(one.reason), one.client, one.listener,
      one.endpoint, count(one.attempts), duration(one.connectSeconds), duration(one.durationSeconds),
      bytes(one.bytesToEndpoint), bytes(one.bytesToClient)]));
}
