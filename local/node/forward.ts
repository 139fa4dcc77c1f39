import { type ChildProcess, spawn } from "node:child_process";
import type { Server, Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { endOnInterrupt, isInterrupted } from "../interrupt";
import { FARM_LAYOUT, paths } from "./layout";
import { inNamespace } from "./namespace";

/** A port of a pod, on its own loopback address too. */
export interface Target {
  readonly namespace: string;
  /** As kubectl names it: `deployment/browser`. */
  readonly resource: string;
  readonly port: number;
}

/** Milliseconds before a pod that went away is looked for again. */
const AGAIN_MS = 1000;

/**
 * Leads what connects to a server of this machine to a pod, until this process is interrupted; a pod that is replaced
 * meanwhile is found again. kubectl listens inside the farm's network namespace; a connection crosses into it as an open
 * file, for no packet does.
 * @param server with `pauseOnConnect`
 * @throws Error with what kubectl says where there is no such pod to begin with
 */
export async function forward(kubectl: string, target: Target, server: Server): Promise<number> {
  let { child, port } = await portForward(kubectl, target);
  const inside = join(__dirname, "forward-inside.ts");
  const [program = "", ...args] = inNamespace([process.execPath, ...process.execArgv, inside]);
  const crossing = spawn(program, args, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  endOnInterrupt(crossing);
  server.on("connection", (socket: Socket) => {
    crossing.send({ port }, socket);
  });
  while (!isInterrupted()) {
    await ended(child);
    await sleep(AGAIN_MS);
    try {
      if (!isInterrupted()) ({ child, port } = await portForward(kubectl, target));
    } catch {
      // The next pod is not there yet.
    }
  }
  server.close();
  return 0;
}

function ended(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once("close", resolve));
}

/** Starts kubectl, which chooses a port; gives both once it listens. */
async function portForward(kubectl: string, { namespace, resource, port }: Target) {
  const where = ["--kubeconfig", paths(FARM_LAYOUT).kubeconfig, "--namespace", namespace];
  const [program = "", ...args] = inNamespace([
    kubectl,
    ...where,
    "port-forward",
    "--address=127.0.0.1",
    resource,
    `:${port}`,
  ]);
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  endOnInterrupt(child);
  let said = "";
  return new Promise<{ child: ChildProcess; port: number }>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      said += chunk.toString();
      const listening = /^Forwarding from 127\.0\.0\.1:(\d+)/m.exec(said);
      if (listening === null) return;
      // It goes on to tell of each connection, which nobody needs.
      child.stdout.off("data", hear).resume();
      child.stderr.off("data", hear).resume();
      resolve({ child, port: Number(listening[1]) });
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("error", reject);
    child.once("close", () => {
      reject(new Error(`${resource}: ${said.trim() || "kubectl port-forward ended"}`));
    });
  });
}
