import { describe, expect, test } from "vitest";

import { FRONTEND_ENTRANCE, networkPolicies } from "../../components/buildbarn/network-policies";

const PARTS = ["browser", "frontend", "scheduler", "storage", "worker", "s3", "anything"];
const PORTS = [53, 80, 4317, 7070, 7982, 7984, 7985, 8980, 8981, 8982, 8983, 8984, 10254];

const policies = networkPolicies("clients", [FRONTEND_ENTRANCE, { part: "s3", port: 7070 }]);

interface Peer {
  readonly podSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly namespaceSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number }[];
}
interface Policy {
  readonly podSelector: NonNullable<Peer["podSelector"]>;
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

const PART = "app.kubernetes.io/name";
const selects = ({ matchLabels = {} }: Policy["podSelector"], part: string) => (matchLabels[PART] ?? part) === part;
const of = (part: string) =>
  (Object.values(policies) as unknown as Policy[]).filter(({ podSelector }) => selects(podSelector, part));
const isPeer = (peers: readonly Peer[] | undefined, part: string) =>
  peers === undefined ||
  peers.some(
    ({ podSelector, namespaceSelector }) => namespaceSelector === undefined && selects(podSelector ?? {}, part),
  );
const hasPort = ({ ports }: Rule, port: number) => ports === undefined || ports.some((each) => each.port === port);

/** Whether a part may open a port of another, by Kubernetes' rules: both must be allowed to. */
function mayOpen(from: string, to: string, port: number): boolean {
  const out = of(from).flatMap(({ egress = [] }) => egress);
  const into = of(to).flatMap(({ ingress = [] }) => ingress);
  return (
    out.some((rule) => isPeer(rule.to, to) && hasPort(rule, port)) &&
    into.some((rule) => isPeer(rule.from, from) && hasPort(rule, port))
  );
}

describe("the farm's network", () => {
  test("refuses whatever no door allows, in both directions and for every pod", () => {
    expect(policies["default-deny"]).toEqual({ podSelector: {}, policyTypes: ["Ingress", "Egress"] });
  });

  test("has these doors between its parts and no other", () => {
    const open = PARTS.flatMap((from) =>
      PARTS.flatMap((to) => PORTS.filter((port) => mayOpen(from, to, port)).map((port) => `${from} → ${to}:${port}`)),
    );
    expect([...new Set(open.map((door) => door.replace(/:\d+$/, "")))]).toEqual([
      "browser → scheduler",
      "browser → storage",
      "frontend → browser",
      "frontend → scheduler",
      "frontend → storage",
      "scheduler → browser",
      "scheduler → storage",
      "worker → browser",
      "worker → scheduler",
      "worker → storage",
    ]);
    const ports = (door: string) => open.filter((one) => one.startsWith(door)).map((one) => one.split(":")[1]);
    expect(["browser", "frontend", "worker"].flatMap((from) => ports(`${from} → scheduler`))).toEqual([
      "7982",
      "8982",
      "8983",
    ]);
    expect(ports("worker → browser")).toEqual(["4317", "7985"]);
    expect(["frontend", "scheduler"].flatMap((from) => ports(`${from} → browser`))).toEqual(["4317", "4317"]);
  });

  test("lets clients in at the entrances, and nowhere else", () => {
    const open = PARTS.flatMap((part) =>
      of(part)
        .flatMap(({ ingress = [] }) => ingress)
        .filter(({ from }) => from?.some(({ namespaceSelector }) => namespaceSelector !== undefined))
        .flatMap(({ ports = [] }) => ports.map(({ port }) => `${part}:${port}`)),
    );
    expect(open).toEqual(["frontend:8980", "s3:7070"]);
  });
});
