// Keeps the parts of a page that have an id and data-live as they would be if the page were loaded now.

import { atTheirEnd, attend, showEnds } from "./acting.js";
import { listen } from "./wire.js";
import { become } from "./morph.js";

const SOON = 400; // milliseconds from something that happened until it is shown
const BEAT = 2000; // numbers of what is on air move without anything happening

const VIDEO = /<video[^>]*><\/video>/g; // browsers keep each that was ever read, with the page that it was on

const state = { paused: false, timer: 0, due: false, running: false };
const parts = () => document.querySelectorAll("[data-live][id]");
const tell = (words, kind) => {
  const wire = document.querySelector("[data-wire]");
  if (wire.textContent !== words) wire.textContent = words;
  wire.dataset.wire = kind;
};

export function live() {
  if (!parts().length && document.body.dataset.page !== "requests") return;
  const pause = document.querySelector("[data-pause]");
  pause.hidden = false;
  pause.addEventListener("click", () => {
    state.paused = !state.paused;
    pause.textContent = state.paused ? "Go on" : "Pause";
    pause.setAttribute("aria-pressed", String(state.paused));
    tell(state.paused ? "paused" : "live", state.paused ? "" : "open");
    document.dispatchEvent(new CustomEvent("console:pause", { detail: state.paused }));
    if (!state.paused) refresh();
  });
  listen({
    // what happened after the page was made and before somebody listened was told to nobody
    open: () => {
      if (!state.paused) tell("live", "open");
      document.dispatchEvent(new CustomEvent("console:refresh"));
    },
    gone: () => tell("the stand-in does not answer", "gone"),
    again: () => { document.dispatchEvent(new CustomEvent("console:again")); refresh(); },
    batch: (batch) => {
      document.dispatchEvent(new CustomEvent("console:batch", { detail: batch }));
      if (concerns(batch)) soon(SOON);
    },
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  document.addEventListener("console:refresh", () => refresh());
  beat();
}

export const isPaused = () => state.paused;

function concerns(batch) {
  const { stream, kinds } = document.querySelector("main").dataset;
  return !stream ? !kinds || batch.kinds.some((kind) => kinds.split(" ").includes(kind)) : batch.streams.includes(stream);
}

function beat() {
  if (document.querySelector("[data-moving]")) soon(0);
  setTimeout(beat, BEAT);
}

function soon(wait) {
  if (state.timer || state.paused || document.hidden) return;
  state.timer = setTimeout(() => { state.timer = 0; refresh(); }, wait);
}

async function refresh() {
  if (document.hidden || state.paused || !parts().length) return;
  if (state.running) { state.due = true; return; }
  state.running = true;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const words = await answer.text();
    if (state.paused) return; // since it was asked
    if (answer.ok) show(new DOMParser().parseFromString(words.replace(VIDEO, ""), "text/html"));
    else if (answer.status === 404) leave(new DOMParser().parseFromString(words, "text/html"));
  } catch {
    tell("the stand-in does not answer", "gone");
  } finally {
    state.running = false;
    if (state.due) { state.due = false; soon(SOON); }
  }
}

// of what is gone nothing can be looked at or steered any more: the page says so in place of what it was
function leave(fresh) {
  const main = document.querySelector("main");
  const isInside = main.contains(document.activeElement);
  main.replaceChildren(...fresh.querySelector("main").children);
  if (isInside) main.focus();
  tell("this is gone", "gone");
}

function show(fresh) {
  for (const part of parts()) {
    const wanted = fresh.getElementById(part.id);
    const focused = part.contains(document.activeElement) ? document.activeElement : null;
    if (!wanted || focused?.matches("input, textarea, select") && !focused.closest("[data-keep]")) continue;
    const low = atTheirEnd(part);
    become(part, wanted);
    showEnds(low);
    attend(part);
    // who pressed a button that is gone goes on beside it, and not at the top of the page
    if (focused && !focused.isConnected) (part.querySelector("button:enabled, a, summary") ?? document.querySelector("main")).focus({ preventScroll: true });
  }
  document.dispatchEvent(new CustomEvent("console:shown"));
}
