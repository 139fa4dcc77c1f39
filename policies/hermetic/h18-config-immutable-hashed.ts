import { is, matches, all, any, present } from "../predicates/condition";
import { rule } from "../rule";
import { CONFIG_MAPS } from "../views/cluster";
import { CONFIGURATIONS } from "../views/documents";

const OF_THE_FARM = is("metadata.labels[app.kubernetes.io/part-of]", "monofarm");

export const configImmutableHashed = rule({
  id: "H18",
  name: "config-immutable-hashed",
  level: "mandatory",
  severity: "medium",
  slsa: "Isolated",
  key: "components/buildbarn: ConfigMaps",
  requires:
    "ConfigMaps of the farm, and others that hold BuildBarn's configuration, are immutable and have a hash of it in their names",
  because: "a silent edit would change the farm without a deploy",
  objects: [
    {
      on: CONFIG_MAPS,
      when: any(OF_THE_FARM, ...CONFIGURATIONS.map((file) => present(`data[${file}]`))),
      must: all(is("immutable", true), matches("metadata.name", "-[0-9a-f]{8,64}$")),
    },
  ],
});
