// Plays the endless MP4 of a stream through MediaSource, near its live edge, and keeps little of what was.

const KEEP = 20; // seconds behind the picture that stay in the buffer
const LATE = 3; // seconds behind the newest from which on a player jumps
const AGAIN = 1500; // milliseconds until it is tried again

export function watch() {
  const place = document.querySelector("[data-player]");
  const video = place.querySelector("video");
  const words = place.querySelector("[data-player-words]");
  const [latency, codecs] = ["latency", "codecs"].map((name) => document.querySelector(`[data-${name}]`));
  const url = new URL(place.dataset.watch, location.href);
  let running = null, timer = 0;

  const tell = (text) => { words.textContent = text; words.hidden = !text; };
  const edge = () => video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0;
  const catchUp = () => { if (edge() - video.currentTime > LATE) video.currentTime = Math.max(0, edge() - 0.5); };
  const isOnAir = () => ["live", "reconnecting"].includes(document.querySelector("#head .state")?.classList[1]);

  async function begin() {
    if (!place.isConnected) return;
    if (running || document.hidden || !isOnAir()) {
      if (!isOnAir()) tell("Nothing is on air. Send something: the lines beside are ready to paste.");
      return;
    }
    const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;
    if (!Source) return native();
    const stop = running = new AbortController();
    try {
      const answer = await fetch(url, { signal: stop.signal });
      if (!answer.ok) throw new Error((await answer.json()).error);
      const type = answer.headers.get("Content-Type");
      codecs.textContent = /codecs="([^"]*)"/.exec(type)?.[1] ?? "";
      if (!Source.isTypeSupported(type)) {
        stop.abort();
        return tell(`This browser does not play ${type}. The address below plays elsewhere.`);
      }
      await play(new Source(), type, answer.body.getReader());
    } catch (error) {
      if (error.name !== "AbortError") tell(error.message || "The stand-in does not answer.");
    } finally {
      stop.abort();
      if (running === stop) running = null;
      clearTimeout(timer);
      timer = setTimeout(begin, AGAIN);
    }
  }

  async function play(source, type, reader) {
    video.disableRemotePlayback = true;
    const address = URL.createObjectURL(source);
    video.src = address;
    await once(source, "sourceopen");
    URL.revokeObjectURL(address);
    const buffer = source.addSourceBuffer(type);
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return tell("The broadcast is over.");
      await append(buffer, value);
      if (video.buffered.length && video.currentTime < video.buffered.start(0)) video.currentTime = video.buffered.start(0);
      if (edge() && video.paused && !video.dataset.held) video.play().catch(() => {});
      if (edge()) tell("");
      if (!document.hidden) catchUp();
      const old = video.currentTime - KEEP;
      if (video.buffered.length && old > video.buffered.start(0) + KEEP) {
        buffer.remove(0, old);
        await once(buffer, "updateend");
      }
    }
  }

  // HLS by the system, where a browser has no MediaSource at all; there this picture is a viewer
  function native() {
    video.src = document.querySelector("#addresses a[href$='.m3u8']")?.href ?? "";
    tell("");
  }

  video.addEventListener("pause", () => { if (!document.hidden && !video.ended && edge() - video.currentTime < LATE) video.dataset.held = "yes"; });
  video.addEventListener("play", () => { delete video.dataset.held; catchUp(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) { begin(); catchUp(); } });
  document.addEventListener("console:shown", begin);
  const beat = setInterval(() => {
    if (!place.isConnected) { clearInterval(beat); return running?.abort(); }
    const late = edge() - video.currentTime;
    latency.textContent = edge() ? `${Math.max(0, late).toFixed(1)} s behind the newest` : "";
    if (!running) begin();
  }, 1000);
  begin();
}

// whichever comes first takes the other's listener away too
const once = (target, name) => new Promise((found, lost) => {
  const heard = new AbortController();
  const hear = (event, then) => target.addEventListener(event, () => { heard.abort(); then(); }, { signal: heard.signal });
  hear(name, found);
  hear("error", () => lost(new Error("The browser cannot decode this stream.")));
});

async function append(buffer, bytes) {
  buffer.appendBuffer(bytes);
  await once(buffer, "updateend");
}
