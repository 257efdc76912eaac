"use strict";
(() => {
  // Pictures. What a figure says of itself stays; a narrow screen gets smaller type and no room at the sides.
  const narrow = window.matchMedia("(max-width: 640px)");
  const settings = {
    responsive: true,
    displaylogo: false,
    showSendToCloud: false, // the page stays with its reader
    plotlyServerURL: "",
    displayModeBar: "hover",
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
    toImageButtonOptions: { format: "png", scale: 2 },
  };

  const layoutOf = (figure) => {
    const layout = structuredClone(figure.layout);
    if (narrow.matches) {
      layout.font = { ...layout.font, size: 11 };
      layout.margin = { ...layout.margin, l: 4, r: 16 };
      layout.dragmode = false; // a finger scrolls the page
    }
    return layout;
  };

  const pictures = [...document.querySelectorAll(".plot")].map((place) => ({
    place,
    figure: JSON.parse(place.nextElementSibling.textContent),
  }));

  const drawAll = (first) => {
    for (const { place, figure } of pictures) {
      const draw = first ? Plotly.newPlot : Plotly.react;
      draw(place, structuredClone(figure.data), layoutOf(figure), { ...settings, displayModeBar: narrow.matches ? false : "hover" });
    }
  };
  drawAll(true);
  narrow.addEventListener("change", () => drawAll(false));
  window.addEventListener("beforeprint", () => pictures.forEach(({ place }) => Plotly.Plots.resize(place)));

  // Tables. A click on a heading sorts by it, another turns the order round; what is missing stays last.
  const words = new Intl.Collator(undefined, { numeric: true });
  const keyOf = (row, column) => {
    const cell = row.cells[column];
    const value = cell.dataset.value;
    return value === undefined ? cell.textContent : Number(value);
  };
  const compare = (one, other) => {
    if (typeof one === "number" && typeof other === "number") return one - other;
    return words.compare(String(one), String(other));
  };

  for (const button of document.querySelectorAll("th button")) {
    button.addEventListener("click", () => {
      const heading = button.closest("th");
      const table = heading.closest("table");
      const body = table.tBodies[0];
      const falling = heading.getAttribute("aria-sort") === "ascending";
      for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
      heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => ({ row, key: keyOf(row, heading.cellIndex), missing: row.cells[heading.cellIndex].classList.contains("missing") }));
      rows.sort((one, other) => one.missing - other.missing || (falling ? -1 : 1) * compare(one.key, other.key));
      body.append(...rows.map(({ row }) => row));
    });
  }
})();
