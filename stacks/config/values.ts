import { z } from "zod";

import { DIGEST } from "../../policies/predicates/images";

const MIB = 2 ** 20;

/** A text of a pattern. @param allowed the same in words */
export const text = (allowed: string, pattern: RegExp) => z.string(allowed).regex(pattern, allowed);

/** A whole number between bounds, both of them allowed. */
export const whole = (least: number, most: number) => {
  const message = `a whole number from ${least} to ${most}`;
  return z.number(message).int(message).min(least, message).max(most, message);
};

/** Mebibytes, given as a whole number; bytes inside. */
export const mebibytes = (least: number, most: number) => whole(least, most).transform((value) => value * MIB);

/** A port of TCP. */
export const port = whole(1, 65_535);

/** An image by digest. */
export const digest = text("an image by digest, name@sha256:<64 hexadecimal digits>", new RegExp(DIGEST));

/** A network that a rule may open: everywhere is not one. @param example of its purpose */
export const cidr = (example: string) => {
  const message = `a CIDR such as ${example}; not everywhere`;
  return z.cidrv4(message).refine((value) => !value.endsWith("/0"), message);
};

/** Kubernetes' quantity of CPUs. */
export const cpu = text('CPUs, quoted: whole ones or thousandths, such as "2" or 500m', /^[1-9]\d*m?$/);

const MEMORY = "memory of at least 1Mi, in Ki, Mi, Gi, Ti or quoted bytes, such as 2Gi";
const UNITS: Readonly<Record<string, number>> = { "": 1, Ki: 2 ** 10, Mi: MIB, Gi: 2 ** 30, Ti: 2 ** 40 };

/** Kubernetes' quantity of memory: what is less than a MiB was meant as another unit. */
export const memory = text(MEMORY, /^(\d+|\d+(\.\d+)?[KMGT]i)$/).refine(
  (quantity) => parseFloat(quantity) * (UNITS[quantity.replace(/[\d.]+/, "")] ?? NaN) >= MIB,
  MEMORY,
);
