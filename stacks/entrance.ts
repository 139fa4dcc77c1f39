import type { OutsideArgs } from "../components/buildbarn/outside";
import { declareEntrance, ENTRANCE_NODE_PORT } from "../components/platform/aws/entrance";
import type { Values } from "./config/check";
import type { FARM_SLICES } from "./config/farm";
import type { Place } from "./place";

type Config = Pick<Values<typeof FARM_SLICES>, "entrance">;

/** What the frontend serves clients outside the cluster with; nothing where the stack names no entrance. */
export function declareWayIn(
  { entrance }: Config,
  { aws }: Place,
): { readonly outside?: Omit<OutsideArgs, "namespace"> } {
  if (entrance === undefined || aws === undefined) return {};
  const { host, zoneId, clients, facing, certificate, privateKey } = entrance;
  const place = aws.entrance(facing);
  declareEntrance(
    "entrance",
    { ...place, host, zoneId, clients, isInternal: facing === "internal" },
    { parent: aws, provider: aws.aws },
  );
  return { outside: { keyPair: { certificate, privateKey }, nodePort: ENTRANCE_NODE_PORT, cidr: place.cidr } };
}
