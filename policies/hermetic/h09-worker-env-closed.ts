import { absent, all, any, every, is, matches, oneOf, present } from "../predicates/condition";
import { rule } from "../rule";
import { PODS, WORKER, everyContainer } from "../views/pods";

/** A variable that is the same on every host, or says which pod it is and where. */
const CLOSED = any(
  all(is("name", "TZ"), is("value", "UTC")),
  all(is("name", "LC_ALL"), oneOf("value", ["C", "C.UTF-8"])),
  all(is("name", "SOURCE_DATE_EPOCH"), matches("value", "^[0-9]+$")),
  all(oneOf("name", ["POD_NAME", "NODE_NAME"]), present("valueFrom.fieldRef")),
);

export const workerEnvClosed = rule({
  id: "H09",
  name: "worker-env-closed",
  level: "mandatory",
  severity: "high",
  slsa: "Isolated",
  key: "components/buildbarn/workers.ts: env",
  requires:
    "containers of workers have no variables but TZ=UTC, LC_ALL=C or C.UTF-8, SOURCE_DATE_EPOCH=<digits>, and POD_NAME and NODE_NAME from fields of the pod",
  because: "whatever differs from host to host leaks into what is built",
  objects: [
    {
      on: PODS,
      when: WORKER,
      must: everyContainer(all(absent("envFrom"), every("env", CLOSED))),
    },
  ],
});
