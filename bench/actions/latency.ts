import type { RemoteClient } from "../../test/farm/remote-execution";

/** Seconds of an empty action. */
export interface Latency {
  readonly median: number;
  readonly p95: number;
  /** Actions a second when several wait at once. */
  readonly perSecond: number;
}

/** Actions that bring connections and caches up. */
const WARM_UP = 10;

/** Actions that wait at once. */
const AT_ONCE = 8;

/** Runs `true` again and again: alone, then several at once. */
export async function actionSeconds(
  client: RemoteClient,
  platform: Readonly<Record<string, string>>,
  count: number,
): Promise<Latency> {
  const once = async () => {
    const started = process.hrtime.bigint();
    const { exitCode } = await client.execute({ arguments: ["/bin/true"], platform });
    if (exitCode !== 0) throw new Error(`an empty action ended with ${exitCode}`);
    return Number(process.hrtime.bigint() - started) / 1e9;
  };
  for (let index = 0; index < WARM_UP; index++) await once();
  const alone: number[] = [];
  for (let index = 0; index < count; index++) alone.push(await once());
  const started = process.hrtime.bigint();
  let left = count;
  const lane = async () => {
    while (left-- > 0) await once();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  alone.sort((a, b) => a - b);
  const at = (share: number) => alone[Math.floor(share * (alone.length - 1))] ?? 0;
  return { median: at(0.5), p95: at(0.95), perSecond: count / seconds };
}
