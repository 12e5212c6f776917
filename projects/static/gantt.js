// The Gantt by keyboard: up and down walk the visible rows, right and left open and close one, Home and End jump; what was open is open on return.
const chart = document.querySelector("[data-gantt]");
const memory = `gantt:${location.pathname}`;

function rows() {
  return [...chart.querySelectorAll("summary")].filter((row) => {
    const outer = row.parentElement.parentElement.closest("details");
    return !outer || outer.open;
  });
}

function walk(event) {
  const row = event.target.closest("summary");
  const steps = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };
  if (!row || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
  if (event.key in steps) {
    const all = rows();
    const wanted = Math.min(Math.max(all.indexOf(row) + steps[event.key], 0), all.length - 1);
    all[wanted].focus();
  } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    row.parentElement.open = event.key === "ArrowRight";
  } else {
    return;
  }
  event.preventDefault();
}

function remember() {
  const changed = [...chart.querySelectorAll("details[id]")].filter((one) => one.open !== one.classList.contains("g-group"));
  try {
    sessionStorage.setItem(memory, JSON.stringify(changed.map((one) => one.id)));
  } catch {
    // private windows may refuse; the chart works without
  }
}

function recall() {
  let changed = [];
  try {
    changed = JSON.parse(sessionStorage.getItem(memory)) ?? [];
  } catch {
    return;
  }
  for (const id of changed) {
    const one = document.getElementById(id);
    if (one?.tagName === "DETAILS") one.open = !one.classList.contains("g-group");
  }
}

// The chart opens where its day is, with what is still to come in view.
function showToday() {
  const label = chart.querySelector(".g-label").offsetWidth;
  chart.scrollLeft = Number(chart.dataset.today) - (chart.clientWidth - label) * 0.6;
}

if (chart) {
  if (chart.dataset.today) showToday();
  if (!new URLSearchParams(location.search).has("unfold")) recall();
  chart.addEventListener("keydown", walk);
  chart.addEventListener("toggle", remember, true);
}
