import { readFileSync } from "node:fs";
import { join } from "node:path";

import { ACCOUNT_DIRECTORY } from "../../platform/api-token";
import type { AutoscaleSettings } from "./settings";
import type { QueueLength } from "./wanted";

/** The API server, as every pod knows it; Node trusts it by NODE_EXTRA_CA_CERTS. */
const API_SERVER = "https://kubernetes.default.svc";

/** Milliseconds that one answer may take. */
const PATIENCE = 10_000;

/** Asks Prometheus for the length of every queue. @throws Error where it does not answer, or not with a vector */
export async function queueLengthsNow({ prometheus, query }: AutoscaleSettings): Promise<QueueLength[]> {
  const address = `${prometheus}/api/v1/query?query=${encodeURIComponent(query)}`;
  const { data } = (await ask(address, {})) as Vector;
  return data.result.map(({ metric, value }) => ({ platform: metric.platform, actions: Number(value[1]) }));
}

interface Vector {
  readonly data: {
    readonly result: readonly { readonly metric: { readonly platform: string }; readonly value: [number, string] }[];
  };
}

/** How many pods a Deployment is asked for. Nothing else of it can be read, nor changed. */
export class Scale {
  private readonly address: string;

  constructor(namespace: string, deployment: string) {
    this.address = `${API_SERVER}/apis/apps/v1/namespaces/${namespace}/deployments/${deployment}/scale`;
  }

  async read(): Promise<number> {
    const { spec } = (await ask(this.address, { headers: authorization() })) as { spec: { replicas?: number } };
    return spec.replicas ?? 0;
  }

  async write(replicas: number): Promise<void> {
    const headers = { ...authorization(), "content-type": "application/merge-patch+json" };
    await ask(this.address, { method: "PATCH", headers, body: JSON.stringify({ spec: { replicas } }) });
  }
}

function authorization(): Record<string, string> {
  return { authorization: `Bearer ${readFileSync(join(ACCOUNT_DIRECTORY, "token"), "utf8").trim()}` };
}

async function ask(address: string, request: RequestInit): Promise<unknown> {
  const answer = await fetch(address, { ...request, signal: AbortSignal.timeout(PATIENCE) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${text.slice(0, 300)}`);
  return JSON.parse(text) as unknown;
}
