// Building nodes; text only ever becomes text.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

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

export function say(node, sentence) {
  node.textContent = sentence ?? "";
  node.hidden = !sentence;
}

// Show one of several views.
export function only(views, shown) {
  for (const view of views) view.hidden = view !== shown;
}

export const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

export const percent = (share) => `${Math.floor(100 * share + 1e-6)}%`;

export const minutes = (value) => (value < 1 ? "less than a minute" : `about ${Math.round(value)} min`);

// A button that copies what another node shows, and says so.
export function copying(button, node) {
  button.onclick = async () => {
    const selection = getSelection();
    selection.selectAllChildren(node);
    try {
      await navigator.clipboard.writeText(node.textContent);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected: copy it with your device's own command"; // no permission, or no https
    }
  };
}
