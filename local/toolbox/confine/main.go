// Confine runs a program that neither it nor whatever it starts can use to reach a network, or to leave something in
// the kernel that outlives its processes: confine [-file-bytes N] PROGRAM [ARGUMENT…].
//
// It adds a seccomp filter to the one of the container, needs no privilege, and cannot be taken off again. A filter of
// the node (a Localhost profile) would have to be brought to every node of every cluster; this one comes with the pod.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Offsets in struct seccomp_data; of an argument, those of its low half on little-endian machines.
const (
	numberOffset       = 0
	architectureOffset = 4
	firstArgument      = 16
)

// Calls whose number has this bit are of the x32 ABI, which is amd64 under other numbers.
const x32Bit = 0x40000000

func errno(code unix.Errno) bpf.Instruction {
	return bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | uint32(code)}
}

var allow = bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW}

// Refuses a call whatever its arguments; the accumulator holds the number, before and after.
func refuse(number uint32, code unix.Errno) []bpf.Instruction {
	return []bpf.Instruction{bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: number, SkipTrue: 1}, errno(code)}
}

// Refuses a call whose first argument does not match; any other call goes on with the number in the accumulator.
func refuseUnless(number uint32, match bpf.JumpTest, value uint32, code unix.Errno) []bpf.Instruction {
	return []bpf.Instruction{
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: number, SkipTrue: 4},
		bpf.LoadAbsolute{Off: firstArgument, Size: 4},
		bpf.JumpIf{Cond: match, Val: value, SkipTrue: 1},
		errno(code),
		allow,
	}
}

func filter(architecture uint32) []bpf.Instruction {
	program := []bpf.Instruction{
		bpf.LoadAbsolute{Off: architectureOffset, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: architecture, SkipTrue: 1},
		// The 32-bit calls of the same machine have other numbers, and one call for every kind of socket.
		bpf.RetConstant{Val: unix.SECCOMP_RET_KILL_PROCESS},
		bpf.LoadAbsolute{Off: numberOffset, Size: 4},
	}
	if architecture == unix.AUDIT_ARCH_X86_64 {
		program = append(program, bpf.JumpIf{Cond: bpf.JumpLessThan, Val: x32Bit, SkipTrue: 1}, errno(unix.ENOSYS))
	}
	// Sockets between processes of this machine only: no address family that leads anywhere else exists.
	for _, number := range []uint32{unix.SYS_SOCKET, unix.SYS_SOCKETPAIR} {
		program = append(program, refuseUnless(number, bpf.JumpEqual, unix.AF_UNIX, unix.EAFNOSUPPORT)...)
	}
	// No namespace of one's own to be root in, and no child of somebody else's, whom nobody would wait for. clone3 keeps
	// its flags where a filter cannot look: C libraries fall back to clone.
	flags := uint32(unix.CLONE_NEWUSER | unix.CLONE_PARENT)
	program = append(program, refuseUnless(unix.SYS_CLONE, bpf.JumpBitsNotSet, flags, unix.EPERM)...)
	// Nobody holds another process: one that is traced does not end for its parent when it is killed.
	for _, number := range []uint32{
		unix.SYS_PTRACE, unix.SYS_PROCESS_VM_READV, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PIDFD_GETFD,
	} {
		program = append(program, refuse(number, unix.EPERM)...)
	}
	for _, number := range []uint32{unix.SYS_UNSHARE, unix.SYS_SETNS} {
		program = append(program, refuse(number, unix.EPERM)...)
	}
	absent := []uint32{
		unix.SYS_CLONE3,
		// Opens sockets without the call of that name.
		unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER,
		// What these make stays when its maker is gone.
		unix.SYS_MQ_OPEN, unix.SYS_MSGGET, unix.SYS_ADD_KEY, unix.SYS_REQUEST_KEY, unix.SYS_KEYCTL,
		// Nothing that builds needs them, and much that attacks a kernel does.
		unix.SYS_BPF, unix.SYS_PERF_EVENT_OPEN, unix.SYS_USERFAULTFD,
	}
	for _, number := range absent {
		program = append(program, refuse(number, unix.ENOSYS)...)
	}
	return append(program, allow)
}

func install(instructions []bpf.Instruction) error {
	raw, err := bpf.Assemble(instructions)
	if err != nil {
		return err
	}
	code := make([]unix.SockFilter, 0, len(raw))
	for _, instruction := range raw {
		code = append(code, unix.SockFilter{Code: instruction.Op, Jt: instruction.Jt, Jf: instruction.Jf, K: instruction.K})
	}
	program := unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no new privileges: %w", err)
	}
	_, _, failure := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&program)))
	if failure != 0 {
		return fmt.Errorf("seccomp: %w", failure)
	}
	return nil
}

func main() {
	// The filter is a thread's, and so is the exec that follows.
	runtime.LockOSThread()
	architecture, known := map[string]uint32{"amd64": unix.AUDIT_ARCH_X86_64, "arm64": unix.AUDIT_ARCH_AARCH64}[runtime.GOARCH]
	fail := func(found any, allowed string) {
		fmt.Fprintf(os.Stderr, "confine: found %v; allowed: %s\n", found, allowed)
		os.Exit(125)
	}
	if !known {
		fail(runtime.GOARCH, "amd64, arm64")
	}
	fileBytes := flag.Uint64("file-bytes", unix.RLIM_INFINITY, "largest file that may be written, in bytes")
	flag.Parse()
	if flag.NArg() < 1 {
		fail("no program", "confine [-file-bytes N] PROGRAM [ARGUMENT…]")
	}
	limits := map[int]uint64{unix.RLIMIT_FSIZE: *fileBytes, unix.RLIMIT_CORE: 0}
	for resource, limit := range limits {
		if err := unix.Setrlimit(resource, &unix.Rlimit{Cur: limit, Max: limit}); err != nil {
			fail(err, "limits that the container may lower")
		}
	}
	if err := install(filter(architecture)); err != nil {
		fail(err, "a kernel with seccomp filters")
	}
	if err := unix.Exec(flag.Arg(0), flag.Args(), os.Environ()); err != nil {
		fail(fmt.Sprintf("%s: %v", flag.Arg(0), err), "the path of a program")
	}
}
