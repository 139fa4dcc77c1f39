import { describe, expect, test } from "vitest";

import { HERMETIC } from "../../policies/hermetic/rules";
import { checkResource } from "../../policies/rule";
import { asResources } from "./judge";

describe("Bazel's command line in a pod", () => {
  const pod = (argv: readonly unknown[], list = "containers") =>
    asResources({ own: { type: "kubernetes:core/v1:Pod", props: { spec: { [list]: [{ command: argv }] } } } });
  const held = (argv: readonly unknown[], list?: string) =>
    HERMETIC.filter(({ id }) => id === "H06").flatMap((rule) =>
      pod(argv, list).flatMap((one) => checkResource(rule, one)),
    );
  const FINE = "--noremote_upload_local_results";

  test.each<[string, readonly unknown[], string[]]>([
    [
      "by itself",
      ["bazel", "build", FINE, "--spawn_strategy", "local"],
      ["violated spec.containers[0].args.set.spawn_strategy: local"],
    ],
    [
      "in a script",
      ["sh", "-c", `cd /w\n# bazel\nbazel build ${FINE} \\\n  --strategy=X=local //x`],
      ["violated spec.containers[0].args.strategies[0]: --strategy=X=local"],
    ],
    [
      "in a script, with a variable",
      ["sh", "-c", `/usr/bin/bazel build ${FINE} "$FLAGS"`],
      ["undecided spec.containers[0].args: not known before the deploy"],
    ],
    ["as it should be", ["sh", "-c", `bazel build ${FINE} //x`], []],
    ["not at all", ["node", "run-shard.js", "--spawn_strategy=local"], []],
  ])("%s", (_what, argv, found) => {
    expect(held(argv).map((one) => `${one.kind} ${one.found}`)).toEqual(found);
  });

  test("in a container that starts the others", () => {
    expect(held(["bazel", "build"], "initContainers").map(({ kind }) => kind)).toEqual(["violated"]);
  });
});
