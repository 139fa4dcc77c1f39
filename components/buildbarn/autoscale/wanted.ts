import type { PlatformProperty } from "../platform-properties";

/** A pool of workers that follows its queue. */
export interface FollowingPool {
  /** Name of its Deployment. */
  readonly deployment: string;
  /** The platform of its queue, sorted by name. */
  readonly platform: readonly PlatformProperty[];
  /** Workers at least and at most. */
  readonly minimum: number;
  readonly maximum: number;
}

/** What Prometheus says of one queue: its platform as BuildBarn's metrics write it, and its actions. */
export interface QueueLength {
  readonly platform: string;
  readonly actions: number;
}

/**
 * Workers that each pool should have: one for each action that waits or runs, within the pool's bounds. Pools whose queue
 * nobody counts are left out: what they should have is not known. Of a queue that is counted twice the longer one counts.
 */
export function wantedWorkers(pools: readonly FollowingPool[], queues: readonly QueueLength[]): Map<string, number> {
  const lengths = new Map<string, number>();
  for (const { platform, actions } of queues) {
    const queue = platformKey(platform);
    lengths.set(queue, Math.max(lengths.get(queue) ?? 0, actions));
  }
  return new Map(
    pools.flatMap(({ deployment, platform, minimum, maximum }) => {
      const actions = lengths.get(key(platform));
      if (actions === undefined || !Number.isFinite(actions)) return [];
      return [[deployment, Math.min(maximum, Math.max(minimum, Math.ceil(actions)))] as const];
    }),
  );
}

/** BuildBarn writes the platform as JSON, whose spaces are nobody's promise; what is none is no pool's. */
function platformKey(text: string): string {
  try {
    const { properties = [] } = JSON.parse(text) as { properties?: readonly PlatformProperty[] };
    return key(properties);
  } catch {
    return text;
  }
}

function key(properties: readonly PlatformProperty[]): string {
  return JSON.stringify(properties.map(({ name, value }) => [name, value]));
}
