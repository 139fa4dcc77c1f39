import { describe, expect, test } from "vitest";

import { UNKNOWN } from "../../policies/predicates/condition";
import { defaults } from "../../policies/rule";
import { platformEqualsRunnerImage } from "../../policies/hermetic/h02-platform-equals-runner-image";
import type { Declared } from "./golden";
import { asResources } from "./judge";

const runner = (image: unknown = "r.example/a@sha256:1") => ({ name: "runner", image });
const volumes = (name: unknown = "config") => [{ configMap: { name } }];

const worker = (spec: object, labels: object = {}): Declared => ({
  type: "kubernetes:core/v1:Pod",
  props: { metadata: { labels: { "app.kubernetes.io/name": "worker", ...labels } }, spec },
});
const config = (name: unknown = "config", arch = "arm64"): Declared => {
  const properties = [
    { name: "container-image", value: "docker://r.example/a@sha256:1" },
    { name: "Arch", value: arch },
  ];
  const document = { buildDirectories: [{ runners: [{ platform: { properties } }] }] };
  return {
    type: "kubernetes:core/v1:ConfigMap",
    props: { metadata: { name }, data: { "worker.json": JSON.stringify(document) } },
  };
};
const nodes = (arch: unknown) => ({
  containers: [runner()],
  volumes: volumes(),
  nodeSelector: { "kubernetes.io/arch": arch },
});

describe("a worker whose platform names its runner's image and its nodes' architecture", () => {
  test.each<[string, Declared, Declared, string[]]>([
    ["has the runner among what starts it", worker({ initContainers: [runner()], volumes: volumes() }), config(), []],
    ["has the runner among its containers alone", worker({ containers: [runner()], volumes: volumes() }), config(), []],
    ["has no runner", worker({ containers: [], volumes: volumes() }), config(), ["violated"]],
    ["has another image", worker({ containers: [runner("b")], volumes: volumes() }), config(), ["violated"]],
    [
      "has an image that is not known yet",
      worker({ containers: [runner(UNKNOWN)], volumes: volumes() }),
      config(),
      ["undecided"],
    ],
    [
      "has containers that are not known yet",
      worker({ initContainers: UNKNOWN, volumes: volumes() }),
      config(),
      ["undecided"],
    ],
    [
      "has one container that is not known yet",
      worker({ containers: [UNKNOWN], volumes: volumes() }),
      config(),
      ["undecided"],
    ],
    ["has no configuration", worker({ containers: [runner()], volumes: [null] }), config(), ["violated"]],
    [
      "mounts what is not known yet",
      worker({ containers: [runner()], volumes: volumes(UNKNOWN) }),
      config(),
      ["undecided"],
    ],
    [
      "mounts what has no name yet",
      worker({ containers: [runner()], volumes: volumes() }),
      config(UNKNOWN),
      ["undecided"],
    ],
    ["has nodes of its architecture", worker(nodes("arm64")), config(), []],
    ["has nodes of another", worker(nodes("amd64")), config(), ["violated"]],
    [
      "has nodes of another, and says that it emulates",
      worker(nodes("amd64"), { "farm.build/emulated": "true" }),
      config(),
      [],
    ],
    ["has nodes that are not known yet", worker(nodes(UNKNOWN)), config(), ["undecided"]],
  ])("%s", (_what, pod, configuration, kinds) => {
    const rule = platformEqualsRunnerImage;
    const found = rule.stack?.(asResources({ pod, configuration }), defaults(rule)) ?? [];
    expect(found.map(({ kind }) => kind)).toEqual(kinds);
  });
});
