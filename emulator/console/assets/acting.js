// Buttons: calls of a cloud and of the control surface, copying, showing what is hidden, pictures in sight.

const ROOT = new URL("../../../", import.meta.url);
const REST = 6000;
let hush = 0;

export function say(words, rest = REST) {
  const said = document.querySelector("[data-said]");
  said.textContent = words;
  clearTimeout(hush);
  hush = setTimeout(() => { said.textContent = ""; }, rest);
}

// what is said of an answer that is no success: in the words of who says no
async function wordsOf(answer) {
  const text = await answer.text();
  try {
    const told = JSON.parse(text);
    const error = told.error?.message ?? told.error ?? told.detail ?? told.message ?? text;
    return `${answer.status}: ${typeof error === "string" ? error : JSON.stringify(error)}`;
  } catch {
    return `${answer.status}: ${text.slice(0, 300)}`;
  }
}

export async function call({ method, path, headers = {}, body }) {
  const answer = await fetch(new URL(path, ROOT), {
    method,
    headers: { [path.startsWith("_offair/") ? "X-Offair" : "X-Offair-Console"]: "1", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    referrerPolicy: "same-origin",
  });
  if (!answer.ok) throw new Error(await wordsOf(answer));
  return answer;
}

async function press(button) {
  const { sure, then, done } = button.dataset;
  if (button.form && !button.form.reportValidity()) return;
  if (sure && !confirm(sure)) return;
  button.setAttribute("aria-busy", "true");
  try {
    const asked = JSON.parse(button.dataset.call);
    const forget = then === "find" ? awaitNew() : null;
    await call(button.form ? filled(asked, fields(button.form)) : asked).catch((error) => { forget?.(); throw error; });
    say(done || "Done");
    if (then === "clear") button.form.elements.text.value = "";
    if (then?.startsWith("go:")) location.assign(then.slice(3));
    else if (then === "reload" && !document.querySelector("[data-live]")) location.reload();
    else document.dispatchEvent(new CustomEvent("console:refresh"));
  } catch (error) {
    say(`That did not work. ${error.message}`);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// who makes something goes on with it: its row is in sight, and its link has the focus
function awaitNew() {
  const rows = () => [...document.querySelectorAll("tr[data-key]")];
  const known = new Set(rows().map((row) => row.dataset.key));
  const heard = new AbortController();
  document.addEventListener("console:shown", () => {
    const made = rows().find((row) => !known.has(row.dataset.key));
    if (!made) return;
    heard.abort();
    made.classList.add("fresh");
    made.querySelector("a").focus();
  }, { signal: heard.signal });
  setTimeout(() => heard.abort(), REST);
  return () => heard.abort();
}

// a call with what a form says: in its path where that names a field, else in its body
function filled({ path, body, ...asked }, told) {
  const named = new Set();
  const whole = path.replace(/\{(\w+)\}/g, (_, name) => { named.add(name); return encodeURIComponent(told[name]); });
  return { ...asked, path: whole, body: { ...body, ...Object.fromEntries(Object.entries(told).filter(([name]) => !named.has(name))) } };
}

// what a form says, as JSON has it: a number where the field is one, and nothing of what was left empty
function fields(form) {
  const told = {};
  for (const field of form.elements) {
    if (!field.name || field.type === "checkbox" && !field.checked || field.value === "") continue;
    told[field.name] = field.type === "number" ? field.valueAsNumber : field.type === "checkbox" ? true : field.value;
  }
  return told;
}

async function copy(button) {
  const place = button.closest(".code, .address, [data-secret]");
  const text = place.querySelector("code")?.textContent ?? place.querySelector("input").value;
  try {
    await navigator.clipboard.writeText(text);
    say("Copied");
  } catch {
    const field = place.querySelector("input");
    if (field) field.select();
    else getSelection().selectAllChildren(place.querySelector("code"));
    say("Selected: copy it with your keyboard");
  }
}

function reveal(button) {
  const field = button.closest("[data-secret]").querySelector("input");
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.textContent = shown ? "Hide" : "Show";
  button.setAttribute("aria-pressed", String(shown));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.call) { event.preventDefault(); press(button); }
  else if ("copy" in button.dataset) copy(button);
  else if ("reveal" in button.dataset) reveal(button);
});

document.addEventListener("change", (event) => {
  const filters = event.target.closest("[data-filters]");
  if (filters && event.target.matches("select")) filters.requestSubmit();
});

// a filter that asks for nothing is none: addresses stay short
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-patience]")) {
    const { value } = event.target.elements.seconds;
    say(`Watching for ${value} seconds; then comes the verdict`, value * 1000 + REST);
  }
  for (const field of event.target.closest("[data-filters]")?.elements ?? []) if (!field.value) field.disabled = true;
});
addEventListener("pageshow", () => {
  for (const field of document.querySelectorAll("[data-filters] :disabled")) field.disabled = false;
});

const PICTURES = 5000; // milliseconds after which a picture is not fresh any more
const sights = new Map();
const eyes = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) {
    clearInterval(sights.get(target));
    sights.delete(target);
    if (isIntersecting) {
      picture(target);
      sights.set(target, setInterval(picture, PICTURES, target));
    }
  }
});

// `place` is around the picture, which has no size of its own before it has been there
function picture(place) {
  const image = place.querySelector("img[data-picture]");
  if (!place.isConnected || !image) {
    clearInterval(sights.get(place));
    sights.delete(place);
    eyes.unobserve(place);
  } else if (!document.hidden && !document.querySelector("[data-pause][aria-pressed=true]")) {
    const fresh = new Image();
    fresh.onload = () => { image.src = fresh.src; image.hidden = false; };
    fresh.src = `${image.dataset.picture}#${Date.now()}`; // with the same address a browser shows what it has
  }
}

export function attend(place) {
  for (const button of place.querySelectorAll("button[hidden]:not([data-newer], [data-pause])")) button.hidden = false;
  for (const image of place.querySelectorAll("img[data-picture]")) eyes.observe(image.parentElement);
}

// lists whose end is in sight, which stays there when something is added
export const atTheirEnd = (place) =>
  [...place.querySelectorAll("[data-lowest]")].filter((list) => list.scrollTop + list.clientHeight > list.scrollHeight - 8);

export function showEnds(lists) {
  for (const list of lists) list.scrollTop = list.scrollHeight;
}
