// The peer of ours: a pack that reads nothing and answers nothing, by as little as Pulumi's protocol takes. What it costs a
// preview, no pack can save. Replies are gRPC's: a flag and four bytes of length, then the message; the status comes last.
const { createServer } = require("node:http2");

const reply = (...message) => Buffer.from([0, 0, 0, 0, message.length, ...message]);
const text = (field, value) => [(field << 3) | 2, value.length, ...Buffer.from(value)];
const NOTHING = reply();
const REPLIES = {
  GetAnalyzerInfo: reply(...text(1, "answers-nothing"), ...text(4, "0.1.0")),
  GetPluginInfo: reply(...text(1, "0.1.0")),
};
/** What a pack need not have; the engine goes on without. */
const UNIMPLEMENTED = new Set(["Handshake", "Remediate"]);
const HEADERS = { ":status": 200, "content-type": "application/grpc" };

const server = createServer();
server.on("stream", (stream, { ":path": path }) => {
  const method = path.split("/").at(-1);
  stream.resume().once("end", () => {
    if (UNIMPLEMENTED.has(method)) {
      stream.respond({ ...HEADERS, "grpc-status": "12" }, { endStream: true });
      return;
    }
    stream.respond(HEADERS, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(REPLIES[method] ?? NOTHING);
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
