// Reads the journal's events, and tells of them in batches: what kinds of entries, about which streams, up to which number.

const GATHER = 250; // milliseconds that go into one batch
const MANY = 200; // streams that a batch names
const RETRY = 2000;

export function open(url, tell) {
  let kinds = new Set(), streams = new Set(), count = 0, number = 0, timer = 0, source, again = 0, was = false, closed = false;

  const send = () => {
    timer = 0;
    tell("batch", { kinds: [...kinds], streams: [...streams], count, number });
    kinds = new Set();
    streams = new Set();
    count = 0;
  };
  const hear = ({ data }) => {
    const entry = JSON.parse(data);
    kinds.add(entry.kind);
    if (entry.stream && streams.size < MANY) streams.add(entry.stream);
    number = entry.number;
    count += 1;
    timer ||= setTimeout(send, GATHER);
  };
  const connect = () => {
    source = new EventSource(url);
    source.onopen = () => {
      tell("open");
      if (was) tell("again"); // whatever was missed meanwhile is on the page that is loaded anew
      was = true;
    };
    source.onerror = () => {
      tell("gone");
      if (source.readyState === EventSource.CLOSED && !closed) again = setTimeout(connect, RETRY);
    };
    source.onmessage = hear;
    source.addEventListener("entry", hear);
    source.addEventListener("reset", () => tell("again"));
  };
  connect();
  return () => {
    closed = true;
    clearTimeout(timer);
    clearTimeout(again);
    source.close();
  };
}
