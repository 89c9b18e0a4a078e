// The style hides what is filtered out; this only says how much is left.
const status = document.querySelector("[role=status]");
const reports = [...document.querySelectorAll(".report")];
document.querySelector(".filters").addEventListener("change", () => {
  const shown = reports.filter((report) => report.getClientRects().length > 0).length;
  status.textContent = `${shown} of ${reports.length} reports`;
});
