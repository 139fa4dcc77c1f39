import { createWriteStream, existsSync, statSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { SourceError } from "./source-error";

/** Seconds without a byte after which a server counts as absent. */
const SILENCE_SECONDS = 60;

/**
 * Downloads a file; what an interrupted run left of it is carried on with, where the server can.
 * @param onBytes called with how much is there, and how much there will be where the server says so
 * @throws SourceError when the server cannot be reached or refuses
 */
export async function download(
  url: string,
  file: string,
  onBytes: (done: number, total: number | undefined) => void = () => undefined,
): Promise<void> {
  const have = existsSync(file) ? statSync(file).size : 0;
  const watchdog = new AbortController();
  const response = await request(url, have, watchdog.signal);
  if (response.status === 416) return;
  if (!response.ok || response.body === null)
    throw new SourceError(`${url}: ${response.status} ${response.statusText}`);
  const start = response.status === 206 ? have : 0;
  const length = response.headers.get("content-length");
  const total = length === null ? undefined : start + Number(length);
  let done = start;
  let timer = setTimeout(() => undefined, 0);
  const body = Readable.fromWeb(response.body);
  body.on("data", (chunk: Buffer) => {
    done += chunk.length;
    onBytes(done, total);
    clearTimeout(timer);
    timer = setTimeout(() => {
      watchdog.abort();
    }, SILENCE_SECONDS * 1000);
  });
  try {
    await pipeline(body, createWriteStream(file, { flags: start > 0 ? "a" : "w" }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") throw error;
    throw new SourceError(`${url}: broke off after ${done} bytes`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function request(url: string, have: number, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal, ...(have > 0 && { headers: { range: `bytes=${have}-` } }) });
  } catch (error) {
    const cause = (error as Error).cause;
    throw new SourceError(`${url}: ${cause instanceof Error ? cause.message : String(error)}`, { cause: error });
  }
}
