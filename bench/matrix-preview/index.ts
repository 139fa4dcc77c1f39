import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { costModel } from "../../components/matrix/cost";
import { ReleaseJobs } from "../../components/matrix/jobs";
import { planRelease } from "../../components/matrix/plan-release";
import { readIndex } from "../../components/matrix/read-index";
import { FULL_MATRIX, matrixCosts } from "../matrix-full-index";

const config = new pulumi.Config();
const plan = planRelease({ index: readIndex(config.require("index")), cost: costModel(matrixCosts(FULL_MATRIX)) });
const provider = new kubernetes.Provider("rendered", { renderYamlToDirectory: config.require("rendered") });
const image = (name: string) => `monofarm.local/${name}@sha256:${"0".repeat(64)}`;

new ReleaseJobs(
  "release",
  {
    plan,
    namespace: "monofarm-release",
    pods: {
      image: image("client"),
      gatewayImage: image("client"),
      serviceAccount: "client",
      imagePullPolicy: "IfNotPresent",
      frontend: "grpc://frontend.monofarm:8980",
      s3: { endpoint: "http://s3.monofarm:7070", region: "us-east-1" },
      credentialsSecret: "s3-credentials",
      workerImages: { amd64: image("worker"), arm64: image("worker-arm64") },
      workerClasses: ["narrow", "wide"],
      pool: { nodeSelector: { "farm.build/role": "client" }, tolerations: [] },
    },
  },
  { providers: [provider] },
);
