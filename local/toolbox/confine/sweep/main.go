// Sweep ends and removes all that an action has left: sweep USER DIRECTORY…
//
// Every process of the user is killed until none is left, then what the kernel keeps of the user's under a key is removed,
// then the directories are emptied. In this order: who still runs could write again. Where that fails, the parent, which
// would run the next action, is killed too: with its container everything in it ends.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// The real user of the killer: neither root, who runs the runner, nor any action's. As the effective user it may signal
// the action's processes; they may not signal it.
const guard = 65533

// How long processes may take to end.
const patience = 10 * time.Second

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "sweep: found no user or no directory; allowed: sweep USER DIRECTORY…")
		os.Exit(2)
	}
	if os.Args[1] == "-kill" {
		if err := kill(os.Args[2]); err != nil {
			fail(err)
		}
		return
	}
	err := run("-kill", os.Args[1])
	for _, directory := range os.Args[2:] {
		if err == nil {
			err = empty(directory)
		}
	}
	if err != nil {
		syscall.Kill(os.Getppid(), syscall.SIGKILL)
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintf(os.Stderr, "sweep: %v\n", err)
	os.Exit(1)
}

func run(args ...string) error {
	command := exec.Command("/proc/self/exe", args...)
	command.Stderr = os.Stderr
	return command.Run()
}

func kill(user string) error {
	uid, err := strconv.Atoi(user)
	if err != nil || uid == 0 || uid == guard {
		return fmt.Errorf("found user %q; allowed: an action's", user)
	}
	if err := syscall.Setresuid(guard, uid, guard); err != nil {
		return fmt.Errorf("become user %d: %w", uid, err)
	}
	for end := time.Now().Add(patience); ; time.Sleep(2 * time.Millisecond) {
		// At one blow: what forks faster than a list is read is not in the list.
		syscall.Kill(-1, syscall.SIGKILL)
		left, err := processes(uid)
		if err != nil {
			return err
		}
		if left == 0 {
			break
		}
		if time.Now().After(end) {
			return fmt.Errorf("%d processes of user %d do not end", left, uid)
		}
	}
	for list, remove := range map[string]func(id uintptr){
		"shm": func(id uintptr) { syscall.Syscall(unix.SYS_SHMCTL, id, unix.IPC_RMID, 0) },
		"sem": func(id uintptr) { syscall.Syscall6(unix.SYS_SEMCTL, id, 0, unix.IPC_RMID, 0, 0, 0) },
	} {
		if err := removeAll(list, remove); err != nil {
			return err
		}
	}
	return nil
}

// Counts processes of a user that still run: one that has ended and waits for its parent does not.
func processes(uid int) (int, error) {
	statuses, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil {
		return 0, err
	}
	count := 0
	for _, file := range statuses {
		if filepath.Dir(file) == fmt.Sprintf("/proc/%d", os.Getpid()) {
			continue
		}
		status, err := os.ReadFile(file)
		if err != nil {
			continue
		}
		ended := bytes.Contains(status, []byte("\nState:\tZ")) || bytes.Contains(status, []byte("\nState:\tX"))
		if !ended && bytes.Contains(status, []byte(fmt.Sprintf("\nUid:\t%d\t", uid))) {
			count++
		}
	}
	return count, nil
}

// Removes everything that the kernel lists; the user may remove its own alone, and nobody else makes any.
func removeAll(list string, remove func(id uintptr)) error {
	text, err := os.ReadFile("/proc/sysvipc/" + list)
	if err != nil {
		return err
	}
	for _, line := range strings.Split(string(text), "\n") {
		if words := strings.Fields(line); len(words) > 1 {
			// The heading is no number.
			if id, err := strconv.Atoi(words[1]); err == nil {
				remove(uintptr(id))
			}
		}
	}
	return nil
}

// Empties a directory in which everybody may write; its sticky bit keeps attributes and names of others' from everybody.
func empty(directory string) error {
	if info, err := os.Stat(directory); err != nil {
		return err
	} else if info.Mode()&os.ModeSticky == 0 {
		if err := unix.Chmod(directory, 0o1777); err != nil {
			return fmt.Errorf("%s: %w", directory, err)
		}
	}
	entries, err := os.ReadDir(directory)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(directory, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}
