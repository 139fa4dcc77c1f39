import { z } from "zod";

import type { PlaceConfig } from "./place";
import { cidr, text } from "./values";

/** `monofarm:entrance`: the one way in for Bazel outside the cluster, on AWS. */
export const entranceSlice = z
  .strictObject({
    host: text("a name such as rbe.example.org", /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/),
    zoneId: text("the id of a Route 53 zone, such as Z0123456789ABC", /^Z[A-Z0-9]+$/),
    /** Networks that may connect. */
    clients: z.array(cidr("203.0.113.0/24"), "a list of networks").min(1, "at least one network"),
    /** `internal`: from the farm's network and those that are joined to it. */
    facing: z.enum(["internal", "internet"]),
    /** With the chain, the host's first. */
    certificate: text("a certificate, a PEM", /^-----BEGIN CERTIFICATE-----/),
    /** Set by `pulumi config set --secret --path`. */
    privateKey: text("the certificate's private key, a PEM", /^-----BEGIN [A-Z ]*PRIVATE KEY-----/),
  })
  .optional();

/** What the slice does not see by itself. */
export function crossCheckEntrance(
  { platform, entrance }: { readonly platform: PlaceConfig; readonly entrance?: z.infer<typeof entranceSlice> },
  refuse: (key: string, found: unknown, allowed: string) => void,
): void {
  if (entrance === undefined) return;
  if (platform.kind !== "aws")
    refuse("entrance", entrance.host, "nothing: elsewhere the cluster's own ingress leads to the frontend");
  else if (entrance.facing === "internet" && !platform.nat)
    refuse("entrance.facing", "internet", "internal, or monofarm:platform.nat: true, which makes subnets that face it");
}
