import { spawn } from "node:child_process";

/**
 * Runs `work` beside a registry in memory on a free loopback port, and ends the registry after it.
 * @param crane path of the program
 * @param work is given the registry's `host:port`
 */
export async function withRegistry<T>(crane: string, work: (registry: string) => Promise<T>): Promise<T> {
  const server = spawn(crane, ["registry", "serve", "--address", "127.0.0.1:0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      let output = "";
      server.stderr.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const found = /serving on port (\d+)/.exec(output)?.[1];
        if (found !== undefined) resolve(found);
      });
      server.on("error", reject);
      server.on("exit", (code) => {
        reject(new Error(`crane registry serve ended with ${code ?? "a signal"}: ${output}`));
      });
    });
    return await work(`127.0.0.1:${port}`);
  } finally {
    server.kill();
  }
}
