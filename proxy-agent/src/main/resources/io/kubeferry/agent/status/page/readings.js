// What the API told, and what changed since the time before. Pure but for the memory of the last reading.

/** The identity of a service port. */
function key(servicePort) {
  return JSON.stringify([servicePort.namespace, servicePort.service, servicePort.port, servicePort.protocol]);
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** Rates of this reading against the one before; null where there is none, or where the agent began anew in between. */
function rates(counts, before, seconds) {
  const rate = (name) =>
    before === undefined || seconds <= 0 || counts[name] < before[name] ? null : (counts[name] - before[name]) / seconds;
  return { opened: rate("opened"), failed: rate("failed"), toEndpoint: rate("toEndpoint"), toClient: rate("toClient") };
}

export class Readings {
  #last = new Map();
  #lastTime = 0;

  /** Turns a document of the API into {document, rows}. */
  take(document) {
    const time = Date.parse(document.time);
    const seconds = (time - this.#lastTime) / 1000;
    const next = new Map();
    const rows = document.services.map((servicePort) => {
      const row = this.#row(servicePort, seconds);
      next.set(row.key, row.counts);
      return row;
    });
    this.#last = next;
    this.#lastTime = time;
    return { document, rows };
  }

  /** The next reading has nothing to be compared with. */
  forget() {
    this.#last = new Map();
  }

  #row(servicePort, seconds) {
    const id = key(servicePort);
    const counts = {
      opened: servicePort.connections.opened,
      failed: sum(Object.values(servicePort.connections.failures)),
      toEndpoint: servicePort.bytes.toEndpoint,
      toClient: servicePort.bytes.toClient,
    };
    const policies = [...new Set(servicePort.addresses.map((address) => address.policy))];
    const name = `${servicePort.namespace}/${servicePort.service}`;
    return {
      key: id,
      servicePort,
      counts,
      rates: rates(counts, this.#last.get(id), seconds),
      name,
      label: `${name}:${servicePort.port}`,
      href: `#/${encodeURIComponent(servicePort.namespace)}/${encodeURIComponent(servicePort.service)}`,
      policy: policies.length > 0 ? policies.join(", ") : "–",
      usable: servicePort.endpoints.filter((endpoint) => endpoint.usable).length,
      active: servicePort.connections.active,
      haystack: [
        name, servicePort.port,
        ...servicePort.addresses.flatMap((address) => [address.address, address.bound]),
        ...servicePort.endpoints.map((endpoint) => endpoint.address),
      ].join(" ").toLowerCase(),
    };
  }
}

/** Sums over rows; a rate counts as none as long as no row has one. */
export function totals(rows) {
  const rate = (name) => {
    const known = rows.map((row) => row.rates[name]).filter((value) => value !== null);
    return known.length === 0 ? null : sum(known);
  };
  return {
    servicePorts: rows.length,
    active: sum(rows.map((row) => row.active)),
    opened: sum(rows.map((row) => row.counts.opened)),
    failed: sum(rows.map((row) => row.counts.failed)),
    openedRate: rate("opened"),
    failedRate: rate("failed"),
    bytes: sum(rows.map((row) => row.counts.toEndpoint + row.counts.toClient)),
    bytesRate: rate("toEndpoint") === null ? null : rate("toEndpoint") + rate("toClient"),
  };
}
