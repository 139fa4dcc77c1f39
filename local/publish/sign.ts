import { sign, type SignOptions } from "sigstore";

import { UserError } from "../../components/user-error";

/**
 * Signs a text by Sigstore without a key of one's own: Fulcio certifies a key that lives for this one signature as the
 * run of the workflow that shows its token, and Rekor, a public log, notes it.
 * @param services other addresses than Sigstore's public ones; a token other than the run's own
 * @returns a Sigstore bundle in JSON, a message signature over the text
 * @throws UserError where there is no run of a workflow that may ask GitHub for its token
 */
export async function signKeyless(text: string, services: SignOptions = {}): Promise<string> {
  try {
    return `${JSON.stringify(await sign(Buffer.from(text), services))}\n`;
  } catch (error) {
    if (hasCause(error, "no tokens available"))
      throw new UserError("./farm publish --sign", "no identity", "a run of GitHub's with permission id-token: write");
    throw error;
  }
}

/** Whether an error, or what it came from, says a text. */
function hasCause(error: unknown, text: string): boolean {
  if (typeof error === "string") return error.includes(text);
  return error instanceof Error && (error.message.includes(text) || hasCause(error.cause, text));
}
