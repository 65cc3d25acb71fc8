// Turns one tree of elements into another in place, so that focus, scroll positions and open details stay as they are.

const keyOf = (node) => node.nodeType === Node.ELEMENT_NODE ? node.dataset?.key || node.id || "" : "";
const alike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName && keyOf(one) === keyOf(other);

// what a person did to a page, which the server does not know of
const OWN = new Set(["open", "hidden"]);

export function become(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (old.hasAttribute("data-keep")) return;
  for (const { name } of [...old.attributes]) if (!OWN.has(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) {
    if (!OWN.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  if (!(old instanceof HTMLTextAreaElement)) becomeInside(old, fresh);
}

function becomeInside(old, fresh) {
  const known = new Map();
  for (const child of old.childNodes) if (keyOf(child)) known.set(keyOf(child), child);
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const key = keyOf(wanted);
    const found = key ? known.get(key) : place && !keyOf(place) && alike(place, wanted) ? place : null;
    if (found && alike(found, wanted)) {
      if (found !== place) old.insertBefore(found, place);
      else place = place.nextSibling;
      become(found, wanted);
    } else {
      old.insertBefore(wanted, place);
    }
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}
