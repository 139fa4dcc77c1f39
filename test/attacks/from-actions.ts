import type { Wall } from "./control-workers";

/** What an action tries that it must not be able to do. */
export interface ActionAttack {
  readonly name: string;
  /** The wall whose absence lets it succeed; undefined where none can be taken away by itself. */
  readonly wall: Wall | undefined;
  /** bash; what it prints holds `BREACH` where it succeeded. */
  readonly script: string;
  /** Seconds after which the first action is killed. @default never */
  readonly timeout?: number;
  /** A second action on the same worker, which then is the one that prints; the first one prepares. */
  readonly next?: string;
}

/** Addresses of the farm, as the pod beside an action sees them. */
export interface Addresses {
  readonly frontend: string;
  readonly scheduler: string;
  readonly storage: string;
}

/** The address of a cloud's metadata service. */
export const METADATA_ADDRESS = "169.254.169.254";

/** What kube-router lets a worker's pod ask for names. */
const DNS = "10.96.0.10";
const NODE = "10.244.0.1";

const python = (...lines: readonly string[]) => `python3 - <<'END'\n${lines.join("\n")}\nEND`;

const connect = (name: string, host: string, port: number): ActionAttack => ({
  name: `TCP to ${name}`,
  wall: "confine",
  script: python(
    "import socket",
    `try: socket.create_connection(("${host}", ${port}), 5); print("BREACH")`,
    "except OSError as refused: print(refused)",
  ),
});

const succeeds = (name: string, wall: Wall | undefined, command: string): ActionAttack => ({
  name,
  wall,
  script: `if ${command}; then echo BREACH; fi 2>&1`,
});

/** The runner's process: the parent of whatever an action starts. */
const RUNNER = "$(grep -ls '^bb_runner' /proc/[0-9]*/comm | cut -d/ -f3)";

/** Something that looks like a token, wherever an action might find one. */
const TOKEN = `test -n "$(grep -rlsE 'eyJ[A-Za-z0-9_-]{20}' /tokens /run /var/run /config /keys /etc /worker)"`;

/** Looks for a process of a name, a hundred times: one that forks all the time is easily missed. */
const still = (name: string) =>
  `for try in $(seq 100); do grep -qsa '[${name.slice(0, 1)}]${name.slice(1)}' /proc/[0-9]*/cmdline && { echo BREACH; break; }; done; :`;

const leaves = (name: string, script: string, next: string): ActionAttack => ({ name, wall: "cleaning", script, next });

/** The attacks of actions. */
export function actionAttacks({ frontend, scheduler, storage }: Addresses): ActionAttack[] {
  return [
    connect("the storage", storage, 8981),
    connect("the scheduler, as a client", scheduler, 8982),
    connect("the scheduler, as a worker", scheduler, 8983),
    connect("the scheduler's queues", scheduler, 8984),
    connect("the frontend", frontend, 8980),
    connect("the frontend's metrics", frontend, 9980),
    connect("the API server", NODE, 6443),
    connect("the kubelet", NODE, 10250),
    connect("the metadata address", METADATA_ADDRESS, 80),
    connect("its own pod", "127.0.0.1", 9980),
    {
      name: "a question to the DNS",
      wall: "confine",
      script: python(
        "import socket",
        'question = bytes.fromhex("abcd01000001000000000000") + b"\\x07storage\\x08monofarm\\x03svc\\x07cluster\\x05local\\x00" + bytes([0, 1, 0, 1])',
        "try:",
        "  udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); udp.settimeout(5)",
        `  udp.sendto(question, ("${DNS}", 53)); udp.recv(512); print("BREACH")`,
        "except OSError as refused: print(refused)",
      ),
    },
    {
      name: "UDP to a port of the node",
      wall: "confine",
      script: python(
        "import socket",
        `try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("${NODE}", 9999)); print("BREACH")`,
        "except OSError as refused: print(refused)",
      ),
    },
    {
      name: "a server on the pod's address",
      wall: "confine",
      script: python(
        "import socket",
        'try: socket.create_server(("0.0.0.0", 4444)); print("BREACH")',
        "except OSError as refused: print(refused)",
      ),
    },
    {
      name: "the pod's interfaces and routes",
      wall: "confine",
      script: python(
        "import socket",
        'try: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); print("BREACH")',
        "except OSError as refused: print(refused)",
      ),
    },
    {
      name: "a ring of io_uring, which opens sockets without that call",
      wall: undefined,
      script: python(
        "import ctypes, os",
        "call = ctypes.CDLL(None, use_errno=True).syscall",
        'print("BREACH" if call(425, 8, bytes(120)) >= 0 else os.strerror(ctypes.get_errno()))',
      ),
    },
    {
      name: "a socket by a call of the x32 ABI",
      wall: undefined,
      script: python(
        "import ctypes, os",
        "call = ctypes.CDLL(None, use_errno=True).syscall",
        'print("BREACH" if call(0x40000000 + 41, 2, 1, 0) >= 0 else os.strerror(ctypes.get_errno()))',
      ),
    },
    {
      name: "a socket by a call of 32-bit programs",
      wall: "confine",
      script: `(${python(
        "import ctypes, mmap",
        "# push rbx; eax = 359 (socket), ebx = AF_INET, ecx = SOCK_STREAM, edx = 0; int 0x80; pop rbx; ret",
        'code = bytes.fromhex("53b867010000bb02000000b90100000031d2cd805bc3")',
        "page = mmap.mmap(-1, 4096, prot=7); page.write(code)",
        "call = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))",
        // The shell repeats the whole script when this is killed.
        'print("BREA" + "CH" if call() >= 0 else "refused")',
      )}
) 2>&1; :`,
    },
    succeeds("a user namespace to be root in", undefined, "unshare --user --map-root-user --net true"),
    {
      name: "tracing a process of its own, which then never ends for its parent",
      wall: "confine",
      script: python(
        "import ctypes, os",
        "call = ctypes.CDLL(None, use_errno=True).syscall",
        'print("BREACH" if call(101, 0, 0, 0, 0) == 0 else os.strerror(ctypes.get_errno()))',
      ),
    },
    {
      name: "a child of the runner's, whom nobody would wait for",
      wall: "confine",
      script: python(
        "import ctypes, os",
        "call = ctypes.CDLL(None, use_errno=True).syscall",
        "child = call(56, 0x8000 | 17, 0, 0, 0, 0)",
        "if child == 0: os._exit(0)",
        'print("BREACH" if child > 0 else os.strerror(ctypes.get_errno()))',
      ),
    },
    succeeds(
      "the file for a container's last words, which all actions share",
      undefined,
      "echo left >/dev/termination-log",
    ),
    succeeds("a mount", undefined, "mount -t tmpfs none /tmp"),
    {
      name: "new privileges by a setuid program",
      wall: undefined,
      script: "grep -q 'NoNewPrivs:.1' /proc/self/status || echo BREACH",
    },
    {
      name: "a message queue, which outlives its maker",
      wall: "confine",
      script: "ipcmk --queue >/dev/null 2>&1 && echo BREACH; ipcrm --all=msg; :",
    },
    succeeds("tokens and keys in files", "tokens apart", TOKEN),
    succeeds("a service account of the cluster", undefined, "ls /var/run/secrets/kubernetes.io"),
    {
      name: "secrets in the environment of the runner",
      wall: "action user",
      script: `cat /proc/${RUNNER}/environ >/dev/null && echo BREACH; cat /proc/1/environ >/dev/null && echo BREACH; :`,
    },
    succeeds("the memory of the runner", "action user", `head -c 0 /proc/${RUNNER}/mem`),
    succeeds("a signal to the runner", "action user", `kill -0 ${RUNNER}`),
    {
      name: "the runner's socket",
      wall: "action user",
      script: python(
        "import socket",
        'try: socket.socket(socket.AF_UNIX).connect("/run/runner/socket"); print("BREACH")',
        "except OSError as refused: print(refused)",
      ),
    },
    succeeds(
      "a change of an input, which is a hard link into the worker's cache",
      "action user",
      "chmod u+w input && echo changed >>input",
    ),
    succeeds(
      "a directory where the next action would be",
      "closed build directory",
      "mkdir /worker/build/0123456789abcdef && rmdir /worker/build/0123456789abcdef",
    ),
    succeeds("the names of other build directories", "closed build directory", "ls /worker/build"),
    succeeds("a change of the worker's programs", undefined, "touch /bb/bb_runner"),
    succeeds("a change of the image", undefined, "touch /usr/bin/gcc || touch /usr/bin/another"),
    leaves("a file in /tmp", "echo left >/tmp/left", "cat /tmp/left && echo BREACH; :"),
    leaves(
      "a directory that nobody may enter, in /var/tmp",
      "mkdir -m 0 /var/tmp/left",
      "test -d /var/tmp/left && echo BREACH; :",
    ),
    leaves(
      "an attribute of /tmp itself",
      `python3 -c 'import os; os.setxattr("/tmp", "user.left", b"left")'`,
      `python3 -c 'import os; print("BREACH" if "user.left" in os.listxattr("/tmp") else "")'`,
    ),
    {
      ...leaves(
        "a daemon of an action that took too long",
        `setsid bash -c 'exec -a left-late sleep 999' >/dev/null 2>&1 </dev/null & sleep 60`,
        still("left-late"),
      ),
      timeout: 2,
    },
    leaves("shared memory in /dev/shm", "echo left >/dev/shm/left", "cat /dev/shm/left && echo BREACH; :"),
    leaves("shared memory under a key", "ipcmk --shmem 4096", "ipcs --shmems | grep -q 0x && echo BREACH; :"),
    leaves(
      "a daemon",
      "setsid bash -c 'exec -a left-daemon sleep 999' >/dev/null 2>&1 </dev/null & sleep 0.5",
      still("left-daemon"),
    ),
    leaves(
      "a daemon that forks faster than a list of processes is read",
      `setsid perl -e '$0 = "left-forking"; while (1) { if (fork) { exit } setpgrp }' >/dev/null 2>&1 </dev/null & sleep 0.5`,
      still("left-forking"),
    ),
    leaves(
      "a listener on an abstract socket",
      `setsid python3 -c 'import socket,time; s=socket.socket(socket.AF_UNIX); s.bind("\\0left"); s.listen(); time.sleep(999)' >/dev/null 2>&1 </dev/null & sleep 0.5`,
      python(
        "import socket",
        'try: socket.socket(socket.AF_UNIX).connect("\\0left"); print("BREACH")',
        "except OSError as refused: print(refused)",
      ),
    ),
    {
      name: "a file larger than the CAS takes",
      wall: "confine",
      script: "head -c 300M /dev/zero >big; test $(stat -c %s big) -gt 209715200 && echo BREACH; rm -f big; :",
    },
    {
      name: "10 GB of output",
      wall: undefined,
      script: "head -c 10G /dev/zero >big; test $(stat -c %s big) -gt 209715200 && echo BREACH; rm -f big; :",
    },
    {
      name: "a fork bomb: more than 4,096 processes",
      wall: undefined,
      script: python(
        "import os, signal, time",
        "children = []",
        "try:",
        "  while len(children) < 5000:",
        "    child = os.fork()",
        "    if child == 0: time.sleep(60); os._exit(0)",
        "    children.append(child)",
        '  print("BREACH")',
        "except OSError as refused: print(len(children), refused)",
        "for child in children: os.kill(child, signal.SIGKILL); os.waitpid(child, 0)",
      ),
    },
  ];
}
