// What a lane shows of a configuration: spans of time, the attention that chose them, or layers over time.

// The upper part of a lane with a curve, in which the curve is drawn.
const CURVE_SHARE = 0.42;

// Each column of pixels is as dark as the share of its time that was kept.
export function paintSpans({ context, width, height }, view, spans, ink, curved) {
  const top = curved ? Math.round(height * CURVE_SHARE) : 0;
  context.fillStyle = ink;
  let next = 0;
  for (let x = 0; x < width; x++) {
    const [from, to] = [view.time(x / width), view.time((x + 1) / width)];
    while (next < spans.length && spans[next][1] <= from) next++;
    let held = 0;
    for (let index = next; index < spans.length && spans[index][0] < to; index++) {
      held += Math.min(spans[index][1], to) - Math.max(spans[index][0], from);
    }
    if (held > 0) {
      context.globalAlpha = Math.min(1, held / (to - from));
      context.fillRect(x, top, 1, height - top);
    }
  }
  context.globalAlpha = 1;
}

// Attention is spiky: its square root is drawn, as high as the largest slice.
export function paintCurve({ context, width, height, ratio }, view, { curve, offset, length }, ink) {
  const tall = Math.round(height * CURVE_SHARE) - ratio;
  const most = Math.max(...curve) || 1;
  const wide = length / curve.length;
  context.strokeStyle = ink;
  context.lineWidth = ratio;
  context.beginPath();
  curve.forEach((share, slice) => {
    const y = ratio + (tall - ratio) * (1 - Math.sqrt(share / most));
    for (const edge of [slice, slice + 1]) {
      const x = view.fraction(offset + edge * wide) * width;
      if (slice || edge) context.lineTo(x, y);
      else context.moveTo(x, y);
    }
  });
  context.stroke();
}

// Layers from the first at the top, slices of time across.
export function paintMap({ context, width, height }, view, { map, offset, length }, ink) {
  context.fillStyle = ink;
  const tall = height / map.length;
  map.forEach((shares, layer) => {
    const wide = length / shares.length;
    shares.forEach((share, slice) => {
      const left = Math.round(view.fraction(offset + slice * wide) * width);
      const right = Math.round(view.fraction(offset + (slice + 1) * wide) * width);
      if (right <= 0 || left >= width) return;
      context.globalAlpha = share;
      context.fillRect(left, Math.round(layer * tall), right - left, Math.ceil(tall));
    });
  });
  context.globalAlpha = 1;
}
