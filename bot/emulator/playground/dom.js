// el makes an element. Properties that start with "data-" or "aria-", role and for are set as
// attributes, the others as properties; children that are null or false are left out.
export function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue;
    if (/^(data-|aria-|role$|for$)/.test(name)) node.setAttribute(name, value);
    else node[name] = value;
  }
  node.append(...children.filter((child) => child !== null && child !== false && child !== undefined));
  return node;
}

// icon draws one of the symbols of index.html.
export function icon(name, label) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#icon-${name}`);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else {
    svg.setAttribute("aria-hidden", "true");
  }
  svg.append(use);
  return svg;
}

// avatar shows a person's initials; the colour is the number of one in page.css.
export function avatar(name, colour) {
  const words = name.split(/\s+/).filter(Boolean);
  const initials = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => word?.[0] ?? "").join("");
  return el("span", { className: `avatar avatar-${colour % 4}`, "aria-hidden": "true" }, initials.toUpperCase());
}

// slug makes a name fit for a data-testid: "Riley Rep" is riley-rep.
export function slug(name) {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
}
