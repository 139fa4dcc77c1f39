import { is, oneOf, absent, atLeast, atMost, every, includes, all, any, not } from "../predicates/condition";
import { rule } from "../rule";
import { NODE_GROUPS, SECURITY_GROUPS } from "../views/aws";
import { SERVICES, INGRESSES } from "../views/cluster";

const INTERNAL = any(
  is("metadata.annotations[alb.ingress.kubernetes.io/scheme]", "internal"),
  is("metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-scheme]", "internal"),
);

export const noPublicAdmin = rule({
  id: "S04",
  name: "no-public-admin",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "Services, Ingresses and node groups",
  requires: "no Service or Ingress that faces the internet, no SSH to nodes",
  because: "drains, kills and the cache would be in reach of everybody",
  objects: [
    {
      on: SERVICES,
      must: all(
        any(
          not(oneOf("spec.type", ["LoadBalancer", "NodePort"])),
          is("metadata.annotations[farm.build/public]", "true"),
          INTERNAL,
        ),
        any(absent("spec.externalIPs"), is("metadata.annotations[farm.build/public]", "true")),
      ),
    },
    { on: INGRESSES, must: any(is("metadata.annotations[farm.build/public]", "true"), INTERNAL) },
    { on: NODE_GROUPS, must: absent("remoteAccess") },
    {
      on: SECURITY_GROUPS,
      must: every(
        "ingress",
        not(
          all(
            any(includes("cidrBlocks", "0.0.0.0/0"), includes("ipv6CidrBlocks", "::/0")),
            atMost("fromPort", 22),
            atLeast("toPort", 22),
          ),
        ),
      ),
    },
  ],
});
