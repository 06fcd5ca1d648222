// Drawing on a canvas, in the page's own colours.

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

// A method keeps its colour whatever it is compared with; vanilla is grey.
export function methodColours(methods) {
  const colours = new Map(methods.map((method) => [method.name, `--series-${method.series}`]));
  return (name) => ({ colour: colours.get(name.split("@")[0]) ?? "--edge" });
}
