// Makes elements. Whatever comes from the cluster gets in as text only, never as markup.

/** An element with attributes and children; strings become text. Handlers are given as functions: {onclick: f}. */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((child) => child !== undefined && child !== null));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

/** Sets text only where it differs, so that a selection in it survives. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** A table with column heads: [{head, className}] and rows of cells. */
export function table(columns, rows) {
  const head = columns.map(({ head, className }) => el("th", { scope: "col", class: className }, head));
  const body = rows.map((cells) =>
    el("tr", {}, ...cells.map((cell, i) =>
      el("td", { class: columns[i].className, "data-head": columns[i].head }, cell ?? "–"))));
  return el("div", { class: "scroller", tabindex: 0, role: "group" },
    el("table", { class: "plain" }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...body)));
}
