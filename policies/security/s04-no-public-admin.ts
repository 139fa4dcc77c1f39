import { absent, all, any, atLeast, atMost, type Condition, is, not, oneOf } from "../predicates/condition";
import { rule } from "../rule";
import { LAUNCH_TEMPLATES, NODE_GROUPS } from "../views/aws";
import { INGRESSES, SERVICES } from "../views/cluster";
import { OPEN_PORTS } from "../views/security-groups";

const internal = (annotation: string): Condition => is(`metadata.annotations[${annotation}]`, "internal");

/** The one part that may face clients outside, by what the Service leads to, not by what it calls itself. */
const FRONTEND = all(
  is("metadata.annotations[farm.build/public]", "true"),
  is("spec.selector[app.kubernetes.io/name]", "frontend"),
);

const SSH = all(atMost("fromPort", 22), atLeast("toPort", 22));

export const noPublicAdmin = rule({
  id: "S04",
  name: "no-public-admin",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "Services, Ingresses, node groups and security groups",
  requires:
    "no Service but the frontend's, which says farm.build/public, and no Ingress faces the internet, by the annotation of its own kind; no SSH to nodes",
  because: "drains, kills and the cache would be in reach of everybody",
  objects: [
    {
      on: SERVICES,
      must: any(
        FRONTEND,
        all(
          any(
            not(oneOf("spec.type", ["LoadBalancer", "NodePort"])),
            internal("service.beta.kubernetes.io/aws-load-balancer-scheme"),
          ),
          absent("spec.externalIPs"),
        ),
      ),
    },
    { on: INGRESSES, must: internal("alb.ingress.kubernetes.io/scheme") },
    { on: NODE_GROUPS, must: absent("remoteAccess") },
    { on: LAUNCH_TEMPLATES, must: absent("keyName") },
    { on: OPEN_PORTS, must: any(is("$world", false), not(any(is("$every", true), SSH))) },
  ],
});
