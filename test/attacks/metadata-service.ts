import { createServer } from "node:net";

import { run } from "../../local/run";
import { METADATA_ADDRESS } from "./from-actions";

/** Plays a cloud's metadata service on the node of the farm's own network; gives what ends it. */
export async function metadataService(): Promise<() => Promise<void>> {
  const address = [`${METADATA_ADDRESS}/32`, "dev", "lo"];
  await run("ip", ["address", "replace", ...address]);
  const server = createServer((socket) => {
    // Who connects only to see whether one can is gone at once.
    socket.on("error", () => undefined);
    socket.end("credentials\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(80, METADATA_ADDRESS, resolve);
  });
  return async () => {
    await new Promise((resolve) => server.close(resolve));
    await run("ip", ["address", "delete", ...address]);
  };
}
