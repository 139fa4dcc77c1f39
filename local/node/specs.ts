import { containerRuntime, type ContainerPrograms } from "./container-runtime";
import { controlPlane } from "./control-plane";
import type { DaemonSpec, NodeTools } from "./daemon";
import { kubelet } from "./kubelet";
import { paths, type NodeLayout } from "./layout";
import { network } from "./network";

/** What the daemons of a node are made from. */
export interface NodeParts {
  readonly layout: NodeLayout;
  readonly tools: NodeTools;
  readonly programs: ContainerPrograms;
  /** Reference of the image that holds a pod's namespaces open. */
  readonly sandboxImage: string;
}

/** Every daemon of the node; each one comes after those that it needs. */
export function daemonSpecs({ layout, tools, programs, sandboxImage }: NodeParts): DaemonSpec[] {
  const at = paths(layout);
  return [
    containerRuntime(layout, at, programs, sandboxImage),
    ...controlPlane(tools, at),
    kubelet(layout, tools, at),
    ...network(tools, at),
  ];
}
