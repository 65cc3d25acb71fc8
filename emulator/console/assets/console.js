// What every page has: live parts, buttons that call, what can be copied and shown.

import { attend, showEnds } from "./acting.js";
import { live } from "./live.js";

attend(document);
showEnds(document.querySelectorAll("[data-lowest]"));
live();

// on a small screen the pages' names are a strip: the one where one is stands in it
const here = document.querySelector("nav [aria-current]");
if (here) here.parentElement.scrollLeft = here.offsetLeft + here.offsetWidth - here.parentElement.clientWidth;

const page = document.body.dataset.page;
if (page === "stream") import("./player.js").then(({ watch }) => watch());
if (page === "requests") import("./journal.js").then(({ follow }) => follow());
