// Small helpers for building nodes; text only ever becomes text.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

// Every node that scripts touch has data-part; a part missing is a fault of the template.
export function parts(root) {
  return new Proxy({}, {
    get(_, name) {
      const key = String(name).replace(/[A-Z]/g, (letter) => "-" + letter.toLowerCase());
      const found = root.querySelector(`[data-part="${key}"]`);
      if (!found) throw new Error(`no part ${key}`);
      return found;
    },
  });
}

export function say(node, sentence) {
  node.textContent = sentence ?? "";
  node.hidden = !sentence;
}

// A canvas at the screen's own resolution; gives its context, and its size in CSS pixels.
export function fit(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const box = canvas.getBoundingClientRect();
  const [width, height] = [Math.round(box.width * ratio), Math.round(box.height * ratio)];
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const context = canvas.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height, ratio };
}

export function colour(node, name) {
  return getComputedStyle(node).getPropertyValue(name).trim();
}

// "#rrggbb" to [r, g, b].
export function rgb(hex) {
  const value = parseInt(hex.replace("#", ""), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
