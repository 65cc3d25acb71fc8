// The least that plays H5Live through MediaSource: what comes is appended in order, and who lags behind jumps forward.
const FAR = 0.5, NEAR = 0.1; // seconds behind the newest picture

function playSocket(video, url, fatal) {
  const source = new MediaSource(), waiting = [];
  let buffer = null;
  const append = () => {
    if (buffer && !buffer.updating && waiting.length) buffer.appendBuffer(waiting.shift());
  };
  const follow = () => {
    append();
    const ranges = video.buffered, edge = ranges.length ? ranges.end(ranges.length - 1) : 0;
    if (edge - video.currentTime > FAR) video.currentTime = edge - NEAR;
  };
  source.onsourceopen = () => {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    socket.onclose = (event) => fatal.push(`closed with ${event.code}`);
    socket.onmessage = ({data}) => {
      if (typeof data !== "string") {
        waiting.push(data);
        return append();
      }
      const message = JSON.parse(data);
      if (message.eventType !== "onStreamInfo" || buffer) return;
      buffer = source.addSourceBuffer(message.onStreamInfo.mimeType);
      buffer.onupdateend = follow;
    };
  };
  video.src = URL.createObjectURL(source);
}
