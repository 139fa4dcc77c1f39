import { join } from "node:path";
import type { DaemonSpec } from "./daemon";
import { ADDRESSES, BRIDGE, type NodeLayout, type NodePaths } from "./layout";

/** Programs of the host that containers need: absolute paths. */
export interface ContainerPrograms {
  readonly containerd: string;
  readonly runc: string;
  /** Folder of the CNI plugins (bridge, host-local, loopback). */
  readonly cniPlugins: string;
}

/** containerd's configuration (version 2, containerd 1.6 or newer). */
export function containerdConfig(at: NodePaths, programs: ContainerPrograms, sandboxImage: string): string {
  const text = (value: string) => JSON.stringify(value);
  return `version = 2
root = ${text(at.containerdRoot)}
state = ${text(at.containerdState)}
# What the farm never uses: would write outside its folders or warn at each start.
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.internal.v1.tracing",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]

[grpc]
  address = ${text(at.containerdSocket)}

[debug]
  level = "warn"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(sandboxImage)}
  stream_server_address = "127.0.0.1"
  # Without CAP_SYS_RESOURCE runc cannot lower oom_score_adj and dies with "can't get final child's PID".
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
  tolerate_missing_hugetlb_controller = true

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = ${text(programs.cniPlugins)}
  conf_dir = ${text(join(at.configuration, "cni"))}

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"
  default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  BinaryName = ${text(programs.runc)}
  SystemdCgroup = false
`;
}

/** The pod network: the bridge, addresses from the pod range, no way out. */
export function podNetwork(layout: NodeLayout, at: NodePaths): string {
  return JSON.stringify(
    {
      cniVersion: "1.0.0",
      name: layout.name,
      plugins: [
        {
          type: "bridge",
          bridge: BRIDGE,
          isGateway: true,
          ipMasq: false,
          hairpinMode: true,
          ipam: {
            type: "host-local",
            dataDir: join(at.containerdState, "addresses"),
            ranges: [[{ subnet: ADDRESSES.pods, gateway: ADDRESSES.node }]],
            routes: [{ dst: "0.0.0.0/0" }],
          },
        },
      ],
    },
    undefined,
    2,
  );
}

/** containerd, with a root and a socket of its own. */
export function containerRuntime(
  layout: NodeLayout,
  at: NodePaths,
  programs: ContainerPrograms,
  sandboxImage: string,
): DaemonSpec {
  const config = join(at.configuration, "containerd.toml");
  return {
    name: "containerd",
    binary: programs.containerd,
    args: [`--config=${config}`],
    files: {
      [config]: containerdConfig(at, programs, sandboxImage),
      [join(at.configuration, "cni", "10-farm.conflist")]: podNetwork(layout, at),
    },
    ports: [],
    probe: { kind: "socket", path: at.containerdSocket },
    needs: [],
  };
}
