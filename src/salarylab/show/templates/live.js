// the style shows one of a figure's two drawings: for a desk, or for a phone; that one comes alive, when it is first shown
const phone = matchMedia("screen and (max-width: 40rem)");
function enliven() {
  const kind = phone.matches ? "narrow" : "wide";
  for (const figure of document.querySelectorAll("figure.chart")) {
    const still = figure.querySelector(`.${kind} > .chart-static`);
    if (!still || figure.dataset.error) continue;
    const told = JSON.parse(figure.querySelector("script").textContent);
    const specification = kind === "wide" ? told.wide : {...told.wide, ...told.narrow};
    const live = document.createElement("div");
    live.className = "chart-live";
    // ast: expressions are interpreted, so the page needs no right to evaluate text as code
    vegaEmbed(live, specification, {mode: "vega-lite", renderer: "svg", ast: true, actions: false})
      .then(() => {
        // a line that stands for no row has no name; nobody should be sent to look for one
        for (const mark of live.querySelectorAll('[role="graphics-symbol"]:not([aria-label])')) mark.ariaHidden = "true";
        if (still.isConnected) still.replaceWith(live);
        figure.dataset.live = "yes";
      })
      .catch((error) => { figure.dataset.error = error.message; });
  }
}
phone.addEventListener("change", enliven);
enliven();
