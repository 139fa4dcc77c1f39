import {
  PolicyError,
  sign,
  type SignOptions,
  ValidationError,
  VerificationError,
  verify,
  type VerifyOptions,
} from "sigstore";

import { UserError } from "../../components/user-error";

/** Who certifies that somebody is a run of a workflow. */
const ISSUER = "https://token.actions.githubusercontent.com";

/** Signs texts, and tells who signed them. */
export interface Signer {
  /** Gives a Sigstore bundle in JSON, a message signature over the text. */
  readonly sign: (text: string) => Promise<string>;
  /** @throws UserError at `where`, unless the bundle is this signer's own over the text */
  readonly verify: (where: string, text: string, bundle: string) => Promise<void>;
}

/**
 * Signs by Sigstore without a key of one's own: Fulcio certifies a key that lives for one signature as the run of the
 * workflow that shows its token, and Rekor, a public log, notes it.
 * @param workflow that the certificate must name: `https://github.com/<owner>/<repository>/<file>@<ref>`
 * @param services other addresses than Sigstore's public ones; a token other than the run's own
 */
export function keyless(workflow: string, services: SignOptions & VerifyOptions = {}): Signer {
  const policy = {
    ...services,
    certificateIssuer: services.certificateIssuer ?? ISSUER,
    // Sigstore takes it for an expression.
    certificateIdentityURI: `^${workflow.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`,
  };
  return {
    sign: async (text) => {
      try {
        return `${JSON.stringify(await sign(Buffer.from(text), services))}\n`;
      } catch (error) {
        if (hasCause(error, "no tokens available"))
          throw new UserError(
            "./farm publish --sign",
            "no identity",
            "a run of GitHub's with permission id-token: write",
          );
        throw error;
      }
    },
    verify: async (where, text, bundle) => {
      try {
        await verify(JSON.parse(bundle) as Parameters<typeof verify>[0], Buffer.from(text), policy);
      } catch (error) {
        if (REFUSALS.some((refusal) => error instanceof refusal))
          throw new UserError(where, (error as Error).message, `a signature of ${workflow}`);
        throw error;
      }
    },
  };
}

/** What is wrong with the bundle itself, not with the way to Sigstore. */
const REFUSALS = [PolicyError, ValidationError, VerificationError, SyntaxError];

/** Whether an error, or what it came from, says a text. */
function hasCause(error: unknown, text: string): boolean {
  if (typeof error === "string") return error.includes(text);
  return error instanceof Error && (error.message.includes(text) || hasCause(error.cause, text));
}
