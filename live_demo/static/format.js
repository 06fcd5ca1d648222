// Numbers as the page writes them.

import { clock } from "./clock.js";

// With tenths: 1:05.3.
export const fineClock = (seconds) => {
  const tenths = Math.max(0, Math.round(seconds * 10));
  return `${clock(Math.floor(tenths / 10))}.${tenths % 10}`;
};

// Seconds of "1:05.3" or "65.3"; NaN for anything else.
export const readClock = (text) => {
  const found = /^\s*(?:(\d+):)?(\d+(?:[.,]\d+)?)\s*$/.exec(text);
  return found ? 60 * Number(found[1] ?? 0) + Number(found[2].replace(",", ".")) : NaN;
};

export const seconds = (value) =>
  value === null || value === undefined ? "–" : value < 0.995 ? `${value.toFixed(2)} s` : `${value.toFixed(1)} s`;

export const percent = (share) => (share === null || share === undefined ? "–" : `${(100 * share).toFixed(1)}%`);

export const wholePercent = (share) => (share === null || share === undefined ? "–" : `${Math.round(100 * share)}%`);

export const times = (value) => (value === null || value === undefined ? "–" : `${value.toFixed(1)}×`);

export const megabytes = (bytes) => (bytes === null || bytes === undefined ? "–" : `${(bytes / 1e6).toFixed(1)} MB`);

// Roughly: 1.2 GB, 350 MB.
export const gigabytes = (bytes) => (bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`);

export const count = (value) => (value === null || value === undefined ? "–" : value.toLocaleString("en"));

export const about = (value) =>
  value < 1 ? "less than a second" : value < 90 ? `about ${Math.round(value)} s` : `about ${Math.round(value / 60)} min`;
