/**
 * A mistake that the reader can mend: shown as one line, without a stack trace.
 *
 * @example
 * throw new UserError("stacks/Pulumi.local.yaml: monofarm:shards", "0", "a whole number from 1 to 64");
 * // stacks/Pulumi.local.yaml: monofarm:shards: found 0; allowed: a whole number from 1 to 64
 */
export class UserError extends Error {
  /**
   * @param where the key, file or command to change
   * @param found what stands there now
   * @param allowed what would be accepted, or what to do
   */
  constructor(
    readonly where: string,
    readonly found: string,
    readonly allowed: string,
  ) {
    super(`${where}: found ${found}; allowed: ${allowed}`);
    this.name = "UserError";
  }
}

/** What some work refuses; undefined where it does not. Other errors are thrown. */
export function refusalOf(work: () => unknown): UserError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
