// What every page has: live parts, buttons that call, what can be copied and shown.

import { attend, showEnds } from "./acting.js";
import { live } from "./live.js";

attend(document);
showEnds(document.querySelectorAll("[data-lowest]"));
live();

const page = document.body.dataset.page;
if (page === "stream") import("./player.js").then(({ watch }) => watch());
if (page === "requests") import("./journal.js").then(({ follow }) => follow());
