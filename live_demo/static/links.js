// The comparison in the page's address.

export const linkedComparison = () => new URLSearchParams(location.search).get("comparison");

export function setLink(id) {
  const url = new URL(location.href);
  if (id) url.searchParams.set("comparison", id);
  else url.searchParams.delete("comparison");
  history.replaceState(history.state, "", url);
}
