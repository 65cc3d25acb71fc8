// A site's tests in Node: offair exec -- node --test site.test.mjs
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";

const { OFFAIR_URL, TENBYTE_BASE_URL, TENBYTE_HEADERS } = process.env;
const headers = { "Content-Type": "application/json", ...JSON.parse(TENBYTE_HEADERS) };
const show = {
  name: "Morning show", type: "linear", mode: "audio", region: "sg-edge-04", output_protocols: ["hls"],
  ingest: { kind: "push", protocols: ["rtmp"] },
  ladder: { audio: [{ name: "128k", codec: "aac", channels: 2, sample_rate_hz: 48000, bitrate_kbps: 128 }] },
  packaging: { hls: { segment_format: "mpegts", playlist_size: 6, preserved_segments: 6 } },
};

async function call(method, url, body) {
  const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${url} answers ${answer.status}`);
  return answer.json();
}

test("a broadcast is told of, and signed", async () => {
  const hooks = [];
  const receiver = createServer(async (request, response) => {
    const chunks = await Array.fromAsync?.(request) ?? await request.toArray();
    hooks.push({ body: Buffer.concat(chunks), signature: request.headers["x-webhook-signature"] });
    response.end();
    receiver.emit("hook");
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const webhook_url = `http://127.0.0.1:${receiver.address().port}/hooks`;

  const { data } = await call("POST", `${TENBYTE_BASE_URL}/streams`, { ...show, webhook_url });
  const came = once(receiver, "hook");
  await call("POST", `${OFFAIR_URL}/_offair/streams/${data.id}/simulate`, { to: "live" });
  await came;

  const { hook_secret } = await call("GET", `${OFFAIR_URL}/_offair/streams/${data.id}`);
  const [hook] = hooks;
  assert.equal(JSON.parse(hook.body).event, "stream.started");
  assert.equal(hook.signature, `sha256=${createHmac("sha256", hook_secret).update(hook.body).digest("hex")}`);
  receiver.close();
});

test("a show that is live says so, and one that is over", async () => {
  const { data } = await call("POST", `${TENBYTE_BASE_URL}/streams`, show);
  const status = async () => (await call("GET", `${TENBYTE_BASE_URL}/streams/${data.id}`)).data.status;
  const seen = [await status()];
  for (const to of ["live", "ended"]) {
    await call("POST", `${OFFAIR_URL}/_offair/streams/${data.id}/simulate`, { to });
    seen.push(await status());
  }
  assert.deepEqual(seen, ["idle", "live", "idle"]);
});
