/** Bytes of a digest, by algorithm: the only ones that subresource integrity knows. */
const BYTES: Readonly<Record<string, number>> = { sha256: 32, sha384: 48, sha512: 64 };

/** A digest in every form that a template may ask for. */
export interface Integrity {
  readonly algorithm: string;
  readonly hex: string;
  /** `sha256-…`, as Bazel and browsers write it. */
  readonly sri: string;
}

/** What an `integrity` or `sha256` property may hold. */
export const INTEGRITY_FORMS = "64 hexadecimal digits, or sha256-, sha384- or sha512- and the digest in base64";

/** Reads 64 hexadecimal digits of any case, or a subresource integrity; undefined for anything else. */
export function parseIntegrity(value: unknown): Integrity | undefined {
  if (typeof value !== "string") return undefined;
  const dash = value.indexOf("-");
  if (dash < 0) {
    if (!/^[0-9a-fA-F]{64}$/.test(value)) return undefined;
    const hex = value.toLowerCase();
    return { algorithm: "sha256", hex, sri: `sha256-${Buffer.from(hex, "hex").toString("base64")}` };
  }
  const algorithm = value.slice(0, dash).toLowerCase();
  const decoded = decodeBase64(value.slice(dash + 1));
  if (decoded === undefined || decoded.length !== BYTES[algorithm]) return undefined;
  return { algorithm, hex: decoded.toString("hex"), sri: value };
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * Base64 as Monogres' own reader takes it, which is not Node's way: bits that fill no byte make one of their own, and
 * each `=`, wherever it stands, takes a byte off the end. So 43 digits without `=` are no sha256.
 */
function decodeBase64(text: string): Buffer | undefined {
  if (!/^[A-Za-z0-9+/=]*$/.test(text)) return undefined;
  const padding = text.split("=").length - 1;
  const bits = Array.from(text.replaceAll("=", "A"), (digit) => BASE64.indexOf(digit).toString(2).padStart(6, "0"));
  const bytes = (bits.join("").match(/.{1,8}/g) ?? []).map((byte) => parseInt(byte, 2));
  return Buffer.from(bytes.slice(0, Math.max(0, bytes.length - padding)));
}
