// The journal as it grows: at the top of the page new entries come in, further down they wait and move nothing.

import { isPaused } from "./live.js";

const PACE = 1000; // milliseconds between two looks, however much happens
const TOP = 40; // pixels that still are the top

export function follow() {
  const table = document.querySelector(".entries");
  const body = table.tBodies[0];
  const most = Number(table.dataset.most);
  const button = document.querySelector("[data-newer]");
  const query = new URLSearchParams(location.search);
  if (query.has("before")) return; // older pages stay what they are
  let newest = Number(body.dataset.newest);
  let waiting = [], timer = 0, looking = false, due = false;

  const isReading = () =>
    scrollY > TOP || isPaused() || body.matches(":hover") || body.contains(document.activeElement) || String(getSelection());

  async function look() {
    timer = 0;
    if (document.hidden || isPaused()) { due = true; return; }
    if (looking) { due = true; return; }
    looking = true;
    due = false;
    try {
      query.set("after", String(newest));
      const answer = await fetch(`?${query}`, { headers: { Accept: "text/html" } });
      if (!answer.ok) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("entries");
      if (fresh.rows.length) {
        newest = Number(fresh.dataset.newest);
        waiting = [...fresh.rows, ...waiting].slice(0, most);
        show();
      }
    } catch {
      due = true;
    } finally {
      looking = false;
      if (due) soon();
    }
  }

  const soon = () => { timer ||= setTimeout(look, PACE); };

  function show() {
    if (isReading()) {
      button.textContent = `${waiting.length}${waiting.length >= most ? " and more" : ""} new`;
      button.hidden = !waiting.length;
      return;
    }
    take();
  }

  function take() {
    const rows = waiting;
    waiting = [];
    button.hidden = true;
    for (const row of rows) row.classList.add("fresh");
    body.prepend(...rows);
    while (body.rows.length > most) body.lastElementChild.remove();
    document.querySelector("[data-none]").hidden = body.rows.length > 0;
  }

  button.addEventListener("click", () => { scrollTo({ top: 0 }); take(); body.querySelector("a")?.focus(); });
  document.querySelector("[data-clear]").addEventListener("click", () => {
    waiting = [];
    body.replaceChildren();
    document.querySelector("[data-older]")?.remove();
    button.hidden = true;
    document.querySelector("[data-none]").hidden = false;
    history.replaceState(null, "", `?${withAfter(newest)}`);
  });
  const withAfter = (number) => { const asked = new URLSearchParams(query); asked.set("after", String(number)); return asked; };
  addEventListener("scroll", () => { if (waiting.length && !isReading()) take(); }, { passive: true });
  document.addEventListener("console:batch", soon);
  document.addEventListener("console:refresh", soon);
  document.addEventListener("console:again", () => location.reload());
  document.addEventListener("console:pause", ({ detail }) => { if (!detail) soon(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
}
