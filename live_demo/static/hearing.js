// What can be heard of a recording under a configuration: its kept parts or its removed ones.

export const FORMS = [
  ["original", "the original"],
  ["closed", "kept, closed up"],
  ["gaps", "kept, with gaps"],
  ["removed", "removed only"],
];

// The stretches of the recording, in seconds, that a form plays one behind the other.
export function heardSpans(form, { spans, offset, length }) {
  if (form === "closed") return spans;
  const whole = [offset, offset + length];
  if (form === "gaps") return [whole];
  const starts = [whole[0], ...spans.map(([, end]) => end)];
  const ends = [...spans.map(([start]) => start), whole[1]];
  return starts.map((start, index) => [start, ends[index]]).filter(([start, end]) => end > start);
}
