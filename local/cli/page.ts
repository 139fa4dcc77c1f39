import { createServer, type Server } from "node:net";

import { BROWSER_PORTS, BROWSER_URL } from "../../components/buildbarn/configuration/browser";
import { UserError } from "../../components/user-error";
import { forward } from "../node/forward";
import { namespaceExists } from "../node/namespace";
import { presentTools } from "../toolbox/toolbox";
import type { Command } from "./command";
import { options } from "./options";

const usage = `
Usage: ./farm page [--port PORT]

Shows the farm in a browser: forwards a port of this machine's loopback address to the farm's browser until Ctrl-C, and
prints where it is. There are
  /                             the actions that workers ran last; of each its command, inputs, outputs and what it printed
  /scheduler/                   queues, workers, operations
  /figures/consoles/farm.html   what Prometheus has of the farm, and its alerts

  --port   of this machine. Default: ${BROWSER_PORTS.http}, which is where the scheduler's pages and failed actions lead

On a farm elsewhere: kubectl --namespace monofarm port-forward deployment/browser ${BROWSER_PORTS.http}
`;

const TARGET = { namespace: "monofarm", resource: "deployment/browser", port: BROWSER_PORTS.http };

export const command: Command = {
  usage,
  onMachine: true,
  run: async (args) => {
    const { values } = options("./farm page", args, { port: { type: "string", default: String(BROWSER_PORTS.http) } });
    const port = /^\d+$/.test(values.port) ? Number(values.port) : 0;
    if (port < 1 || port > 65_535) throw new UserError("./farm page --port", values.port, "a port, 1 to 65535");
    if (!namespaceExists()) throw new UserError("./farm page", "no farm that runs", "./farm up first");
    const server = await listen(port);
    process.stdout.write(`${BROWSER_URL.replace(/:\d+$/, `:${port}`)}/ shows the farm; Ctrl-C ends it\n`);
    return forward((await presentTools()).kubectl.path, TARGET, server);
  },
};

/** Listens on the loopback address. @throws UserError where somebody does already */
async function listen(port: number): Promise<Server> {
  const server = createServer({ pauseOnConnect: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === "EADDRINUSE";
      reject(isTaken ? new UserError("./farm page --port", `${port}, which is taken`, "a port that is free") : error);
    });
    server.listen(port, "127.0.0.1", resolve);
  });
  return server;
}
