/** Does the same for each value, a few at a time; the first failure ends it, once those that run have ended. */
export async function atOnce<T>(values: readonly T[], most: number, work: (value: T) => Promise<void>): Promise<void> {
  const waiting = values[Symbol.iterator]();
  let failed = false;
  const lane = async () => {
    for (const value of waiting) {
      if (failed) return;
      try {
        await work(value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(most, values.length) }, lane));
  for (const lane of ended) if (lane.status === "rejected") throw lane.reason;
}
