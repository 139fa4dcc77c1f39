import { oneOf, absent, every, all } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, WORKER, everyContainer } from "../views/pods";

const CLOSED = ["TZ", "LC_ALL", "SOURCE_DATE_EPOCH", "POD_NAME", "NODE_NAME"];

export const workerEnvClosed = rule({
  id: "H09",
  name: "worker-env-closed",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/buildbarn/workers.ts: env",
  requires:
    "containers of workers have no variables but TZ, LC_ALL, SOURCE_DATE_EPOCH, POD_NAME, NODE_NAME, and none from Secrets",
  because: "whatever differs from host to host leaks into what is built",
  objects: [
    {
      on: PODS,
      when: WORKER,
      must: everyContainer(
        all(absent("envFrom"), every("env", all(oneOf("name", CLOSED), absent("valueFrom.secretKeyRef")))),
      ),
    },
  ],
});
