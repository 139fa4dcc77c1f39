/**
 * Serves a pack to Pulumi's engine: its gRPC service `pulumirpc.Analyzer`, by the messages that @pulumi/pulumi brings.
 * docs/adr/0006-packs-speak-the-protocol.md tells why @pulumi/policy does not.
 */
import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall } from "@grpc/grpc-js";
import { AnalyzerService } from "@pulumi/pulumi/proto/analyzer_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/analyzer_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { type Diagnostic, Pack } from "./pack";
import type { Resource, Rule } from "./rule";
import { type Level, readTuning, TuningError, tuningSchema } from "./tuning";
import { resource, resources } from "./wire";

const LEVELS: Readonly<Record<Level, messages.EnforcementLevel>> = {
  advisory: messages.EnforcementLevel.ADVISORY,
  mandatory: messages.EnforcementLevel.MANDATORY,
  disabled: messages.EnforcementLevel.DISABLED,
};
const SEVERITIES: Readonly<Record<Rule["severity"], messages.PolicySeverity>> = {
  low: messages.PolicySeverity.POLICY_SEVERITY_LOW,
  medium: messages.PolicySeverity.POLICY_SEVERITY_MEDIUM,
  high: messages.PolicySeverity.POLICY_SEVERITY_HIGH,
  critical: messages.PolicySeverity.POLICY_SEVERITY_CRITICAL,
};

/** Largest message: the engine sends all resources of a stack in one. */
const LARGEST_MESSAGE = 400 * 2 ** 20;

/**
 * The service, but that what the engine asks about is read by `wire.ts`, as far as rules need it. What it would have
 * remediated is not read at all: for each resource it asks for that too, and learns that there is nothing of the kind.
 */
const { analyze, analyzeStack, remediate } = AnalyzerService;
export const SERVICE = {
  ...AnalyzerService,
  analyze: { ...analyze, requestDeserialize: resource },
  analyzeStack: { ...analyzeStack, requestDeserialize: resources },
  remediate: { ...remediate, requestDeserialize: () => undefined },
};

/** Serves rules as a pack, and prints the port, as the engine expects of what it starts. */
export function servePack(name: string, version: string, rules: readonly Rule[]): void {
  const server = new Server({ "grpc.max_receive_message_length": LARGEST_MESSAGE });
  server.addService(SERVICE, analyzer(new Pack(name, rules), version));
  server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    process.stdout.write(`${port}\n`);
  });
}

/** A method of the service; what it throws, the engine is told. */
function unary<Request, Response>(answer: (request: Request) => Response) {
  return ({ request }: Pick<ServerUnaryCall<Request, Response>, "request">, done: sendUnaryData<Response>) => {
    let response: Response;
    try {
      response = answer(request);
    } catch (error) {
      // A mistake of a stack's is one line; where else a rule failed, only the trace tells.
      const told = error instanceof TuningError ? error.message : error instanceof Error ? error.stack : String(error);
      done(new Error(told));
      return;
    }
    done(null, response);
  };
}

/** The methods of the service. There is none to remediate: no rule changes what was asked for. */
export function analyzer(pack: Pack, version: string) {
  const respond = (diagnostics: readonly Diagnostic[]) => {
    const response = new messages.AnalyzeResponse();
    response.setDiagnosticsList(diagnostics.map((one) => diagnosticMessage(one, pack.name, version)));
    return response;
  };
  return {
    getAnalyzerInfo: unary<Empty, messages.AnalyzerInfo>(() => info(pack, version)),
    getPluginInfo: unary<Empty, PluginInfo>(() => {
      const plugin = new PluginInfo();
      plugin.setVersion(version);
      return plugin;
    }),
    configureStack: unary<messages.AnalyzerStackConfigureRequest, messages.AnalyzerStackConfigureResponse>(
      () => new messages.AnalyzerStackConfigureResponse(),
    ),
    configure: unary<messages.ConfigureAnalyzerRequest, Empty>((request) => {
      pack.configure(readTuning(written(request), pack.rules, "--policy-pack-config"));
      return new Empty();
    }),
    analyze: unary<Resource, messages.AnalyzeResponse>((asked) => respond(pack.analyze(asked))),
    analyzeStack: unary<readonly Resource[], messages.AnalyzeResponse>((all) => respond(pack.analyzeStack(all))),
  };
}

function info(pack: Pack, version: string): messages.AnalyzerInfo {
  const told = new messages.AnalyzerInfo();
  told.setName(pack.name);
  told.setVersion(version);
  told.setSupportsconfig(true);
  told.setPoliciesList(pack.rules.map(policyMessage));
  return told;
}

/** What a rule is, in a line. */
function description(rule: Rule): string {
  return `${rule.id}, for SLSA: ${rule.slsa}`;
}

/** What a policy looks at. A rule that looks at objects and at the stack is one policy, which the engine counts as either. */
function policyType({ objects, stack }: Rule): messages.PolicyType {
  const { POLICY_TYPE_RESOURCE, POLICY_TYPE_STACK, POLICY_TYPE_UNKNOWN } = messages.PolicyType;
  if (objects !== undefined && stack !== undefined) return POLICY_TYPE_UNKNOWN;
  return stack === undefined ? POLICY_TYPE_RESOURCE : POLICY_TYPE_STACK;
}

function policyMessage(rule: Rule): messages.PolicyInfo {
  const told = new messages.PolicyInfo();
  told.setPolicyType(policyType(rule));
  told.setName(rule.name);
  told.setDescription(description(rule));
  told.setEnforcementlevel(LEVELS[rule.level]);
  told.setSeverity(SEVERITIES[rule.severity]);
  told.setRemediationSteps(`Change ${rule.key}.`);
  const schema = new messages.PolicyConfigSchema();
  schema.setProperties(Struct.fromJavaScript(tuningSchema(rule)));
  told.setConfigschema(schema);
  const framework = new messages.PolicyComplianceFramework();
  framework.setName("SLSA");
  framework.setVersion("v1.1");
  framework.setReference("https://slsa.dev/spec/v1.1/requirements");
  framework.setSpecification(rule.slsa.startsWith("beyond") ? rule.slsa : `Build L3: ${rule.slsa}`);
  told.setFramework(framework);
  return told;
}

function diagnosticMessage({ rule, level, urn, text }: Diagnostic, pack: string, version: string) {
  const told = new messages.AnalyzeDiagnostic();
  told.setPolicyname(rule.name);
  told.setPolicypackname(pack);
  told.setPolicypackversion(version);
  told.setDescription(description(rule));
  told.setMessage(`${description(rule)}\n${text}`);
  told.setEnforcementlevel(LEVELS[level]);
  told.setSeverity(SEVERITIES[rule.severity]);
  told.setUrn(urn);
  return told;
}

/** What the engine was given by `--policy-pack-config`, with the rules' own where that leaves something out. */
function written(request: messages.ConfigureAnalyzerRequest): object {
  const entries: [string, object][] = [];
  request.getPolicyconfigMap().forEach((config: messages.PolicyConfig, name: string) => {
    const given = config.getEnforcementlevel();
    const [enforcementLevel = "remediate"] = Object.entries(LEVELS).find(([, level]) => level === given) ?? [];
    entries.push([name, { ...config.getProperties()?.toJavaScript(), enforcementLevel }]);
  });
  return Object.fromEntries(entries);
}
