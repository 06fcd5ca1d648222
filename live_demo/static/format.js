// Numbers as the page writes them.

export const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
};

export const seconds = (value) =>
  value === null || value === undefined ? "–" : value < 0.995 ? `${value.toFixed(2)} s` : `${value.toFixed(1)} s`;

export const percent = (share) => (share === null || share === undefined ? "–" : `${(100 * share).toFixed(1)}%`);

export const wholePercent = (share) => (share === null || share === undefined ? "–" : `${Math.round(100 * share)}%`);

export const times = (value) => (value === null || value === undefined ? "–" : `${value.toFixed(1)}×`);

export const megabytes = (bytes) => (bytes === null || bytes === undefined ? "–" : `${(bytes / 1e6).toFixed(1)} MB`);

export const count = (value) => (value === null || value === undefined ? "–" : value.toLocaleString("en"));

export const about = (value) =>
  value < 1 ? "less than a second" : value < 90 ? `about ${Math.round(value)} s` : `about ${Math.round(value / 60)} min`;
