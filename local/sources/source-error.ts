/** A source that its address did not give: not there, refused, no network. Another address may have it. */
export class SourceError extends Error {
  /** @param reason one line */
  constructor(reason: string) {
    super(reason.trim().split("\n").at(-1)?.trim() ?? "");
    this.name = "SourceError";
  }
}
