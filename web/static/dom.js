// Building and finding nodes, for the scripts of every face; text only ever becomes text.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(2).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

export const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

export const svg = (tag, attributes = {}, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

// Every node that scripts touch has data-part; a part missing is a fault of the template.
export function partsOf(root) {
  return new Proxy({}, {
    get(_, name) {
      const key = String(name).replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());
      const found = root.querySelector(`[data-part="${key}"]`);
      if (!found) throw new Error(`no part ${key}`);
      return found;
    },
  });
}

// Show a sentence in a node that is hidden where there is none.
export function say(node, sentence) {
  node.textContent = sentence ?? "";
  node.hidden = !sentence;
}
