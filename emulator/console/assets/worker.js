// The one connection of a browser: opened for the first tab, closed after the last.

import { open } from "./source.js";

const ports = new Set();
let close = null, last = null;

const all = (type, batch) => {
  if (type === "open" || type === "gone") last = type;
  for (const port of ports) port.postMessage({ type, batch });
};

onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data.type === "hello") {
      ports.add(port);
      close ??= open(data.url, all);
      if (last) port.postMessage({ type: last });
    } else {
      ports.delete(port);
      if (!ports.size) { close?.(); close = null; last = null; }
    }
  };
};
