/** A source that its address did not give: not there, refused, no network. Another address may have it. */
export class SourceError extends Error {
  /** @param reason its last line is what is shown */
  constructor(reason: string, options?: ErrorOptions) {
    super(reason.trim().split("\n").at(-1)?.trim() ?? "", options);
    this.name = "SourceError";
  }
}
