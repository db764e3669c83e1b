// Live parts, the theme, copying. Everything works without it, but nothing moves.
"use strict";

const chartFiles = document.currentScript.dataset;
let loading = null;
const canDraw = () => typeof TidewatchCharts !== "undefined";

function loaded(element) {
  return new Promise((done) => { element.onload = done; document.head.append(element); });
}

// Charts come after the first paint, and only to pages that have some.
function loadCharts() {
  loading ??= Promise.all([
    loaded(Object.assign(document.createElement("link"), { rel: "stylesheet", href: chartFiles.style })),
    ...chartFiles.scripts.split(" ").map((src) => loaded(Object.assign(document.createElement("script"), { src, async: false }))),
  ]);
  return loading;
}

async function drawCharts(root) {
  const charts = root.querySelectorAll(".chart");
  if (!charts.length) return;
  if (!canDraw()) await loadCharts();
  for (const chart of charts) if (chart.isConnected) TidewatchCharts.draw(chart);
}

function replacePart(part, digest, html) {
  if (part.dataset.digest === digest) return;
  // Who is reading or typing inside is not interrupted: the next change comes soon.
  if (part.contains(document.activeElement) && document.activeElement !== part) return;
  const open = [...part.querySelectorAll("details")].map((each) => each.open);
  if (canDraw()) TidewatchCharts.forget(part);
  part.innerHTML = html;
  part.dataset.digest = digest;
  part.querySelectorAll("details").forEach((each, index) => { each.open = open[index] ?? false; });
  drawCharts(part);
}

function showProblem(problem, remedy) {
  const banner = document.getElementById("problem");
  banner.hidden = !problem;
  banner.querySelector("strong").textContent = problem;
  banner.querySelector("span").textContent = remedy;
}

function follow(pulse) {
  const known = {};
  for (const part of document.querySelectorAll(".part")) known[part.id] = part.dataset.digest;
  const separator = pulse.dataset.live.includes("?") ? "&" : "?";
  const shown = Object.entries(known).map(([id, digest]) => `${id}:${digest}`).join(",");
  const source = new EventSource(`${pulse.dataset.live}${separator}shown=${encodeURIComponent(shown)}`);
  const text = document.getElementById("pulse-text");
  source.addEventListener("open", () => { pulse.dataset.state = "live"; text.textContent = "live"; });
  source.addEventListener("error", () => {
    pulse.dataset.state = "lost";
    text.textContent = "connection lost, trying again";
  });
  source.addEventListener("part", (event) => {
    const { id, digest, html } = JSON.parse(event.data);
    const part = document.getElementById(id);
    if (part) replacePart(part, digest, html);
    text.textContent = `live, changed ${new Date().toISOString().slice(11, 19)}`;
  });
  source.addEventListener("problem", (event) => {
    const { problem, remedy } = JSON.parse(event.data);
    showProblem(problem, remedy);
  });
  window.addEventListener("pagehide", () => source.close());
}

function offerTheme(button) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const current = () => {
    const { theme } = document.documentElement.dataset;
    return theme === "auto" ? (system.matches ? "dark" : "light") : theme;
  };
  const redraw = () => { if (canDraw()) TidewatchCharts.redraw(); };
  const show = () => { button.textContent = current() === "dark" ? "Light" : "Dark"; };
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = current() === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try { localStorage.setItem("theme", theme); } catch { /* For this page only then. */ }
    show();
    redraw();
  });
  system.addEventListener("change", () => { show(); redraw(); });
  show();
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select and copy it";
    }
  });
}
for (const waiting of document.querySelectorAll("[data-again]")) {
  setTimeout(() => location.reload(), Number(waiting.dataset.again));
}
for (const select of document.querySelectorAll(".filters select[name=range]")) {
  // A fixed stretch gives way to a chosen one.
  select.addEventListener("change", () => {
    for (const name of ["from", "to"]) select.form.elements.namedItem(name)?.remove();
  });
}
for (const form of document.querySelectorAll("form.filters")) {
  // Addresses without what is empty. Fields stay usable for who comes back to the page.
  form.addEventListener("formdata", ({ formData }) => {
    for (const name of new Set(formData.keys())) {
      const values = formData.getAll(name).filter((value) => value !== "");
      formData.delete(name);
      for (const value of values) formData.append(name, value);
    }
  });
}
const heading = document.querySelector("h1");
// A page that was sent in two pieces could not name itself in its head.
if (heading && document.querySelector(".waiting")) document.title = `${heading.textContent} · Tidewatch`;
offerTheme(document.getElementById("theme"));
// Texts and numbers are painted first: a frame, and what comes after it.
requestAnimationFrame(() => setTimeout(() => {
  drawCharts(document);
  const pulse = document.getElementById("pulse");
  if (pulse) follow(pulse);
}));
