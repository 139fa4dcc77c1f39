/**
 * A cloud that is simulated: it says yes to whatever the engine asks for, makes nothing, and remembers nothing but what
 * the engine's own state holds. It stands in for the providers of AWS, GitHub and Kubernetes where there is none.
 *
 * What it can show: that the program runs in the real engine with outputs that are unknown at first, that a second
 * update changes nothing, what a change would replace, and in which order things are made and go. What it cannot: that
 * AWS takes any of it.
 */
import { appendFileSync } from "node:fs";

import { type sendUnaryData, Server, ServerCredentials, type ServerUnaryCall, status } from "@grpc/grpc-js";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import * as service from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as messages from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { changed, made, type Properties } from "./made";

/** File that a line is added to for each thing done: `create aws:ec2/vpc:Vpc platform`. */
const LOG = process.env["MONOFARM_SIMULATION_LOG"];

type Handler<Request, Response> = (call: ServerUnaryCall<Request, Response>, done: sendUnaryData<Response>) => void;

/** Type and name in a URN: `urn:pulumi:stack::project::parent$type::name`. */
function identityOf(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.split("$").at(-1) ?? "", name: name.join("::") };
}

function note(verb: string, urn: string): void {
  const { type, name } = identityOf(urn);
  if (LOG !== undefined) appendFileSync(LOG, `${verb} ${type} ${name}\n`);
}

const properties = (struct: Struct | undefined) => (struct?.toJavaScript() ?? {}) as Properties;
const struct = (values: Properties) => Struct.fromJavaScript(values as Parameters<typeof Struct.fromJavaScript>[0]);

const check: Handler<messages.CheckRequest, messages.CheckResponse> = (call, done) => {
  const response = new messages.CheckResponse();
  response.setInputs(call.request.getNews());
  done(null, response);
};

const diff: Handler<messages.DiffRequest, messages.DiffResponse> = (call, done) => {
  const { request } = call;
  const { type } = identityOf(request.getUrn());
  const { diffs, replaces } = changed(type, properties(request.getOldInputs()), properties(request.getNews()));
  const response = new messages.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = messages.DiffResponse.DiffChanges;
  response.setChanges(diffs.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList(diffs);
  response.setReplacesList(replaces);
  done(null, response);
};

const server = new Server();
server.addService(service.ResourceProviderService, {
  checkConfig: check,
  diffConfig: diff,
  check,
  diff,
  configure: (_: unknown, done: sendUnaryData<messages.ConfigureResponse>) => {
    // Without previews of its own, the engine takes whatever is not an input for unknown: as on a first run.
    done(null, new messages.ConfigureResponse());
  },
  getPluginInfo: (_: unknown, done: sendUnaryData<plugin.PluginInfo>) => {
    const info = new plugin.PluginInfo();
    info.setVersion("0.0.0-simulated");
    done(null, info);
  },
  create: ((call, done) => {
    const { type, name } = identityOf(call.request.getUrn());
    const { id, outputs } = made(type, name, properties(call.request.getProperties()));
    note("create", call.request.getUrn());
    const response = new messages.CreateResponse();
    response.setId(id);
    response.setProperties(struct(outputs));
    done(null, response);
  }) satisfies Handler<messages.CreateRequest, messages.CreateResponse>,
  read: ((call, done) => {
    const { type, name } = identityOf(call.request.getUrn());
    const inputs = call.request.getInputs();
    const response = new messages.ReadResponse();
    response.setId(call.request.getId());
    response.setProperties(struct(made(type, name, properties(inputs)).outputs));
    response.setInputs(inputs);
    done(null, response);
  }) satisfies Handler<messages.ReadRequest, messages.ReadResponse>,
  update: ((call, done) => {
    const { type, name } = identityOf(call.request.getUrn());
    note("update", call.request.getUrn());
    const response = new messages.UpdateResponse();
    response.setProperties(struct(made(type, name, properties(call.request.getNews())).outputs));
    done(null, response);
  }) satisfies Handler<messages.UpdateRequest, messages.UpdateResponse>,
  delete: ((call, done) => {
    note("delete", call.request.getUrn());
    done(null, new Empty());
  }) satisfies Handler<messages.DeleteRequest, Empty>,
  invoke: ((call, done) => {
    done({ code: status.UNIMPLEMENTED, details: `a simulated cloud knows no ${call.request.getTok()}` });
  }) satisfies Handler<messages.InvokeRequest, messages.InvokeResponse>,
  cancel: (_: unknown, done: sendUnaryData<Empty>) => {
    done(null, new Empty());
  },
});
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});
