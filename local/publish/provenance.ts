import { z } from "zod";

import { classesOf, type WorkerClass } from "../../components/buildbarn/worker-class";
import { bazelArguments, places } from "../../components/matrix/run-shard/bazel";
import { GATEWAY_ENDPOINT } from "../../components/buildbarn/configuration/gateway";
import { indexDigits } from "../../components/matrix/result";
import type { FarmFacts } from "../../stacks/farm-facts";
import type { Artifact } from "./judge";

/** What the words of a provenance mean: docs/publish.md. */
export const BUILD_TYPE = "https://github.com/monogres/monofarm/blob/main/docs/publish.md#build-type-v1";

const digest = z.record(z.string(), z.string().regex(/^[0-9a-f]{40,}$/, "hexadecimal digits"));
const dependency = z.strictObject({ name: z.string(), uri: z.string().optional(), digest });

/** in-toto's Statement v1 (https://in-toto.io/Statement/v1) about one artifact, with SLSA's provenance v1. */
export const statementSchema = z.strictObject({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  subject: z.tuple([z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: z.string() }) })]),
  predicateType: z.literal("https://slsa.dev/provenance/v1"),
  predicate: z.strictObject({
    buildDefinition: z.strictObject({
      buildType: z.literal(BUILD_TYPE),
      /** What whoever asked for the build chose. */
      externalParameters: z.strictObject({
        /** Bazel label. */
        target: z.string(),
        /** Folder of the workspace in its repository. */
        workspace: z.string(),
        optionSet: z.string(),
        platform: z.enum(["linux/amd64", "linux/arm64"]),
      }),
      /** What the farm chose. */
      internalParameters: z.strictObject({
        /** Image that the actions ran in, by digest. */
        workerImage: z.string(),
        /** Image of the Bazel client, by digest. */
        clientImage: z.string(),
        /** BuildBarn's frontend, which all actions of the client went to: `grpc://frontend.monofarm:8980`. */
        remoteExecution: z.string(),
        bazelFlags: z.array(z.string()),
      }),
      resolvedDependencies: z.array(dependency),
    }),
    runDetails: z.strictObject({
      builder: z.strictObject({ id: z.string() }),
      metadata: z.strictObject({
        /** `<release>/<job>/<index>`: the folder of its logs. */
        invocationId: z.string(),
        /** Of the Bazel invocation that built the target, among others. */
        startedOn: z.iso.datetime(),
        finishedOn: z.iso.datetime(),
      }),
    }),
  }),
});

/** in-toto's Statement about one artifact. */
export type Statement = z.infer<typeof statementSchema>;

/** What all artifacts of a release share. */
export interface Build {
  readonly release: string;
  readonly farm: Pick<FarmFacts, "workerImages" | "clientImage" | "endpoint"> & {
    readonly pools: readonly { readonly workerClass: WorkerClass }[];
  };
  /** Folder of the Bazel workspace, and the sha256 of it packed. */
  readonly workspace: { readonly folder: string; readonly sha256: string };
  /** The commit that has the workspace, where one has. */
  readonly commit?: { readonly uri?: string; readonly sha1: string };
  /** Addresses of source archives by sha256. */
  readonly urls: ReadonlyMap<string, string>;
  /** URI of who runs the build. */
  readonly builder: string;
}

/** What is known of how an artifact came about. The same release gives the same words. */
export function provenance(artifact: Artifact, build: Build): Statement {
  const { target, architecture, sha256, job, result } = artifact;
  const workerImage = build.farm.workerImages[architecture] ?? "";
  const { startedAt, seconds, index } = result;
  const finished = new Date(Date.parse(startedAt) + seconds * 1000);
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: target.label, digest: { sha256 } }],
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: {
          target: target.label,
          workspace: build.workspace.folder,
          optionSet: target.group.optionSet,
          platform: `linux/${architecture}`,
        },
        internalParameters: {
          workerImage,
          clientImage: build.farm.clientImage,
          remoteExecution: build.farm.endpoint,
          bazelFlags: flags(artifact, build),
        },
        resolvedDependencies: [
          ...(build.commit === undefined ? [] : [commitOf(build.commit)]),
          { name: "workspace", digest: { sha256: build.workspace.sha256 } },
          ...sources(artifact, build),
          image("worker image", workerImage),
          image("client image", build.farm.clientImage),
        ],
      },
      runDetails: {
        builder: { id: build.builder },
        metadata: {
          invocationId: `${build.release}/${job}/${indexDigits(index)}`,
          startedOn: startedAt,
          finishedOn: finished.toISOString(),
        },
      },
    },
  };
}

/** Flags of the client, but for the size of its heap, which follows the pod's memory. */
function flags({ architecture }: Artifact, { farm: { workerImages, pools } }: Build): string[] {
  const invocation = {
    places: places("/work"),
    architecture,
    labels: [],
    frontend: GATEWAY_ENDPOINT,
    workerImages,
    workerClasses: classesOf(pools),
    memory: 0,
  };
  return bazelArguments(invocation).filter((flag) => flag.startsWith("--") && !/^--(host_jvm_args=.*)?$/.test(flag));
}

function commitOf({ uri, sha1 }: NonNullable<Build["commit"]>): z.infer<typeof dependency> {
  return { name: "repository", ...(uri !== undefined && { uri }), digest: { gitCommit: sha1 } };
}

function sources({ target }: Artifact, { urls }: Build): z.infer<typeof dependency>[] {
  return [...new Set([...target.group.sources, ...target.sources])].map((sha256) => {
    const uri = urls.get(sha256);
    return { name: "source", ...(uri !== undefined && { uri }), digest: { sha256 } };
  });
}

function image(name: string, reference: string): z.infer<typeof dependency> {
  return { name, uri: `docker://${reference}`, digest: { sha256: reference.split("@sha256:")[1] ?? "" } };
}
