// One stream of events a browser: a shared worker holds it for all tabs, and where there is none, the tab in sight.

const EVENTS = new URL("../../events?details=few", import.meta.url);

export function listen(heard) {
  if (typeof SharedWorker === "function") {
    const worker = new SharedWorker(new URL("worker.js", import.meta.url), { name: "offair", type: "module" });
    worker.port.onmessage = ({ data }) => heard[data.type]?.(data.batch);
    worker.port.postMessage({ type: "hello", url: String(EVENTS) });
    addEventListener("pagehide", () => worker.port.postMessage({ type: "bye" }));
    addEventListener("pageshow", (event) => {
      if (event.persisted) worker.port.postMessage({ type: "hello", url: String(EVENTS) });
    });
    return;
  }
  import("./source.js").then(({ open }) => {
    let close = null;
    const look = () => {
      if (document.hidden) { close?.(); close = null; }
      else close ??= open(String(EVENTS), (type, batch) => heard[type]?.(batch));
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
}
