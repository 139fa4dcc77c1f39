import { readFileSync } from "node:fs";
import { type IncomingMessage, request as requestHttp } from "node:http";
import { Agent, request as requestHttps } from "node:https";
import { join } from "node:path";

import { API_SERVER, FARM_LAYOUT, type NodePaths, paths } from "./layout";

/** A request that the API server refused. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    what: string,
    readonly body: string,
  ) {
    super(`${what}: ${status} ${body.slice(0, 500)}`);
    this.name = "ApiError";
  }
}

/** By the folder of their certificates. */
const agents = new Map<string, Agent>();

/** Presents the administrator's certificate and believes the cluster's authority alone. */
function administrator({ certificates }: NodePaths): Agent {
  const known = agents.get(certificates);
  if (known !== undefined) return known;
  const file = (name: string) => readFileSync(join(certificates, name));
  const agent = new Agent({
    keepAlive: true,
    ca: file("cluster-ca.crt"),
    cert: file("admin.crt"),
    key: file("admin.key"),
  });
  agents.set(certificates, agent);
  return agent;
}

/** Milliseconds after which a server that says nothing counts as absent. */
const SILENCE_MS = 10_000;

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One HTTP request from inside the network namespace; `https:` is made as the administrator. */
export function call(
  method: string,
  url: string,
  content?: { readonly type: string; readonly text: string },
  at: NodePaths = paths(FARM_LAYOUT),
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const body = Buffer.from(content?.text ?? "");
    // Node.js gives the body of a DELETE no frame of its own accord.
    const headers = content && { "content-type": content.type, "content-length": body.length };
    const options = { method, timeout: SILENCE_MS, ...(headers && { headers }) };
    const message = url.startsWith("https:")
      ? requestHttps(url, { ...options, agent: administrator(at) })
      : requestHttp(url, options);
    message.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() });
      });
      response.on("error", reject);
    });
    message.on("timeout", () => message.destroy(new Error(`${method} ${url}: no answer in ${SILENCE_MS / 1000} s`)));
    message.on("error", reject);
    message.end(body);
  });
}

/**
 * One request to the Kubernetes API as its administrator.
 * @param path as in `/api/v1/nodes/farm`
 * @param body sent as JSON; with PATCH, as a server-side apply under the field manager `monofarm`
 * @returns the decoded answer
 * @throws ApiError on any status from 300
 */
export async function kubeRequest<T>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  at: NodePaths = paths(FARM_LAYOUT),
): Promise<T> {
  const apply = method === "PATCH";
  const url = `${API_SERVER}${path}${apply ? "?fieldManager=monofarm&force=true" : ""}`;
  const type = apply ? "application/apply-patch+yaml" : "application/json";
  const content = body === undefined ? undefined : { type, text: JSON.stringify(body) };
  const answer = await call(method, url, content, at);
  if (answer.status >= 300) throw new ApiError(answer.status, `${method} ${path}`, answer.body);
  return JSON.parse(answer.body) as T;
}

/** Text of a path that is no JSON, such as a pod's log. */
export async function kubeText(path: string): Promise<string> {
  const answer = await call("GET", `${API_SERVER}${path}`);
  if (answer.status >= 300) throw new ApiError(answer.status, `GET ${path}`, answer.body);
  return answer.body;
}

/**
 * Follows an answer that does not end, such as a watch, as its administrator.
 * @param path as in `/api/v1/pods?watch=1`
 * @param onLine called with each line
 * @param stop ends it
 * @returns when the server ends it or the connection breaks
 * @throws ApiError on any status from 300
 */
export async function followLines(
  path: string,
  onLine: (line: string) => void,
  stop: AbortSignal,
  at: NodePaths = paths(FARM_LAYOUT),
): Promise<void> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    requestHttps(`${API_SERVER}${path}`, { agent: administrator(at), signal: stop })
      .on("response", resolve)
      .on("error", reject)
      .end();
  });
  let rest = "";
  for await (const chunk of response.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    if ((response.statusCode ?? 0) < 300) lines.forEach(onLine);
  }
  const status = response.statusCode ?? 0;
  if (status >= 300) throw new ApiError(status, `GET ${path}`, rest);
}
