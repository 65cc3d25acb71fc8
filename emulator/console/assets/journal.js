// The journal as it grows: at the top of the page new entries come in, further down they wait and move nothing.

import { isPaused } from "./live.js";

const PACE = 1000; // milliseconds between two looks, however much happens
const TOP = 40; // pixels that still are the top
const PIECE = 40; // rows that come in at once: a frame is drawn between two pieces
const FEW = 10; // rows of which each is seen to arrive

export function follow() {
  const table = document.querySelector(".entries");
  const body = table.tBodies[0];
  const most = Number(table.dataset.most);
  const button = document.querySelector("[data-newer]");
  const older = document.querySelector("[data-older]");
  const query = new URLSearchParams(location.search);
  if (query.has("before")) return; // older pages stay what they are
  let newest = Number(body.dataset.newest);
  let waiting = [], coming = [], timer = 0, looking = false, due = false, asked = false, stale = false; // rows, the newest first

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

  // what somebody asked for comes in though they read
  function take(isAsked = false) {
    const isUnderWay = coming.length > 0;
    coming = [...waiting, ...coming].slice(0, most);
    waiting = [];
    button.hidden = true;
    asked ||= isAsked;
    if (isAsked) step();
    else if (!isUnderWay) requestAnimationFrame(step);
  }

  function step() {
    if (!asked && isReading()) {
      waiting = [...waiting, ...coming].slice(0, most);
      coming = [];
      return show();
    }
    const rows = coming.splice(-PIECE);
    if (rows.length <= FEW) for (const row of rows) row.classList.add("fresh");
    body.prepend(...rows);
    if (body.rows.length >= most) trim();
    document.querySelector("[data-none]").hidden = body.rows.length > 0;
    asked &&= coming.length > 0;
    if (coming.length) requestAnimationFrame(step);
  }

  // what leaves the page is the first of the older ones
  function trim() {
    while (body.rows.length > most) body.lastElementChild.remove();
    const address = new URLSearchParams(query);
    address.delete("after");
    address.set("before", body.lastElementChild.dataset.key);
    older.querySelector("a").href = `?${address}`;
    older.hidden = false;
  }

  button.addEventListener("click", () => { scrollTo({ top: 0 }); take(true); body.querySelector("a")?.focus(); });
  document.querySelector("[data-clear]").addEventListener("click", () => {
    waiting = [];
    coming = [];
    body.replaceChildren();
    older.hidden = true;
    button.hidden = true;
    document.querySelector("[data-none]").hidden = false;
    history.replaceState(null, "", `?${withAfter(newest)}`);
  });
  // of another journal the numbers begin anew, so that what was cleared is none of it
  const anew = () => {
    if (!stale || isPaused()) return;
    const address = new URLSearchParams(location.search);
    address.delete("after");
    location.replace(`?${address}`);
  };
  const withAfter = (number) => { const address = new URLSearchParams(query); address.set("after", String(number)); return address; };
  addEventListener("scroll", () => { if (waiting.length && !isReading()) take(); }, { passive: true });
  document.addEventListener("console:batch", soon);
  document.addEventListener("console:refresh", soon);
  document.addEventListener("console:again", () => { stale = true; anew(); });
  document.addEventListener("console:pause", ({ detail }) => { if (!detail) { anew(); soon(); } });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) soon(); });
}
