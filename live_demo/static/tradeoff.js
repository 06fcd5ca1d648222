// The trade-off chart: the server draws it from the record, and says what may be chosen of it.

import { figureSlots } from "./figure.js";

export class TradeOff {
  constructor(part, server, plotly) {
    Object.assign(this, { part, server, slot: figureSlots(plotly) });
    this.chosen = {};
  }

  show(found, first) {
    if (first) this.chosen = {};
    this.found = found;
    const { comparison, rows } = found;
    // What stands behind the # is not sent: it asks anew once there are more rows or timings.
    const address = `${this.server.address(`/comparisons/${comparison.id}/figures/trade-off`, this.chosen)}#${rows.map((row) => row.prefill_s).join()}`;
    const node = this.slot("trade-off", address, (choice) => this.choose(choice));
    if (node.parentNode !== this.part.chart) this.part.chart.replaceChildren(node);
  }

  choose(choice) {
    Object.assign(this.chosen, choice);
    this.show(this.found, false);
  }
}
