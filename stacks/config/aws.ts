import { z } from "zod";

import { ADDONS } from "../../components/platform/aws/cluster-addons";
import { MOST_ZONES, parseCidr } from "../../components/platform/aws/subnet-plan";
import { cidr, text, whole } from "./values";

const NETWORK = "a private IPv4 network, /16 to /20, such as 10.40.0.0/16";
const isNetwork = (value: string) => {
  const { first, bits } = parseCidr(value);
  const isPrivate = /^(10\.|172\.(1[6-9]|2\d|3[01])\.|192\.168\.)/.test(value);
  return isPrivate && bits >= 16 && bits <= 20 && first % 2 ** (32 - bits) === 0;
};
const ZONES = `2 to ${MOST_ZONES} availability zones of the region, each once`;
const VERSION = "the version of the add-on, such as v1.20.1-eksbuild.3";

const pool = z.strictObject({
  role: z.enum(["system", "storage", "worker", "client", "verify"]),
  architecture: z.enum(["amd64", "arm64"]),
  instanceTypes: z
    .array(text("an instance type such as c8gd.4xlarge", /^[a-z0-9]+\.[a-z0-9]+$/))
    .min(1, "at least one instance type"),
  minimum: whole(0, 1000),
  maximum: whole(1, 10_000),
  spot: z.boolean("true or false").default(false),
  diskGiB: whole(20, 16_384).default(100),
  /** Whether kubelet and containerd are on the instances' own disks. */
  nvme: z.boolean("true or false").default(false),
});

/** A farm on AWS: everything below it is made. */
export const AWS_PLACE = z
  .strictObject({
    kind: z.literal("aws"),
    region: text("a region such as eu-west-2", /^[a-z]{2}(-[a-z]+)+-\d$/),
    zones: z.array(z.string("a zone such as eu-west-2a"), ZONES).min(2, ZONES).max(MOST_ZONES, ZONES),
    cidr: z.cidrv4(NETWORK).refine(isNetwork, NETWORK),
    /** A NAT gateway a zone for system nodes, such as GitHub's runners. Workers never have one. */
    nat: z.boolean("true or false").default(false),
    /** 12 digits: whatever the credentials at hand are for, no other account is touched. */
    account: text("the account's 12 digits, quoted", /^\d{12}$/),
    version: text("Kubernetes' major.minor, quoted, such as 1.33", /^1\.\d{2}$/),
    amiRelease: text("a release of the AMI, such as 1.33.3-20250904", /^1\.\d{2}\.\d+-\d{8}$/),
    addons: z.strictObject(
      Object.fromEntries(ADDONS.map((name) => [name, text(VERSION, /^v\d+\.\d+\.\d+-eksbuild\.\d+$/)])) as Record<
        (typeof ADDONS)[number],
        z.ZodString
      >,
    ),
    /** Who may reach the API server from the internet; none makes it private. */
    publicCidrs: z.array(cidr("203.0.113.7/32")).default([]),
    administrators: z
      .array(text("the ARN of an IAM role", /^arn:aws:iam::\d{12}:role\/\S+$/))
      .min(1, "at least one role: nobody else can enter the cluster"),
    pools: z.array(pool, "a list of pools").min(1, "at least one pool"),
  })
  .superRefine((place, context) => {
    const refuse = (path: (string | number)[], message: string) => {
      context.addIssue({ code: "custom", path, message });
    };
    for (const [index, zone] of place.zones.entries()) {
      const letter = zone.slice(place.region.length);
      const isOf = zone.startsWith(place.region) && /^[a-z]$/.test(letter);
      if (!isOf || place.zones.indexOf(zone) !== index) refuse(["zones", index], `a zone of ${place.region}, once`);
    }
    if (!place.amiRelease.startsWith(`${place.version}.`))
      refuse(["amiRelease"], `a release for Kubernetes ${place.version}, as monofarm:platform.version says`);
    for (const [index, administrator] of place.administrators.entries()) {
      if (!administrator.includes(`::${place.account}:`))
        refuse(["administrators", index], `a role of ${place.account}`);
    }
    for (const [index, { role, architecture }] of place.pools.entries()) {
      const same = (other: { role: string; architecture: string }) =>
        other.role === role && other.architecture === architecture;
      if (place.pools.findIndex(same) !== index)
        refuse(["pools", index, "role"], "one pool of each role and architecture");
    }
  });
