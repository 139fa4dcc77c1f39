package main

import (
	"encoding/json"
	"fmt"
	"html/template"
	"regexp"
	"sort"
	"strings"
	"time"

	remoteexecution "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/buildbarn/bb-storage/pkg/digest"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// What templates say things with.
var words = template.FuncMap{
	"actionURL": func(of digest.Digest) string { return urlOf("action", of) },
	"bytes":     bytesInWords,
	"indent":    func(depth int) string { return strings.Repeat("\u00a0\u00a0", depth) },
	"outcome":   outcome,
	"quoted":    quoted,
	"seconds":   seconds,
	"took":      between,
	"utc": func(at *timestamppb.Timestamp) string {
		if at == nil {
			return ""
		}
		return at.AsTime().UTC().Format("2006-01-02 15:04:05 UTC")
	},
	"short":  func(hash string) string { return hash[:min(12, len(hash))] },
	"what":   what,
	"worker": worker,
}

func seconds(took time.Duration) string {
	if took < time.Second {
		return fmt.Sprintf("%.1f ms", float64(took)/float64(time.Millisecond))
	}
	return fmt.Sprintf("%.1f s", took.Seconds())
}

func bytesInWords(size int64) string {
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	value, unit := float64(size), 0
	for value >= 1024 && unit+1 < len(units) {
		value, unit = value/1024, unit+1
	}
	if unit == 0 {
		return fmt.Sprintf("%d B", size)
	}
	return fmt.Sprintf("%.1f %s", value, units[unit])
}

// What came of a run: in words, and whether it is good.
func outcome(response *remoteexecution.ExecuteResponse) struct {
	Text   string
	IsGood bool
} {
	found := struct {
		Text   string
		IsGood bool
	}{"exit code 0", true}
	if code := status.FromProto(response.GetStatus()).Code(); code != codes.OK {
		found.Text, found.IsGood = code.String(), false
	} else if exit := response.GetResult().GetExitCode(); exit != 0 {
		found.Text, found.IsGood = fmt.Sprintf("exit code %d", exit), false
	}
	return found
}

// What a run made: its first output, and how many more there are.
func what(result *remoteexecution.ActionResult) string {
	paths := []string{}
	for _, file := range result.GetOutputFiles() {
		paths = append(paths, file.Path)
	}
	for _, directory := range result.GetOutputDirectories() {
		paths = append(paths, directory.Path)
	}
	switch len(paths) {
	case 0:
		return ""
	case 1:
		return cut(paths[0])
	default:
		return fmt.Sprintf("%s and %d more", cut(paths[0]), len(paths)-1)
	}
}

// A worker's id, {"pod":"NAME"}, as its values.
func worker(id string) string {
	var labels map[string]string
	if json.Unmarshal([]byte(id), &labels) != nil {
		return id
	}
	found := []string{}
	for _, value := range labels {
		found = append(found, value)
	}
	sort.Strings(found)
	return strings.Join(found, " ")
}

var plainWord = regexp.MustCompile(`^[\w@%+=:,./-]+$`)

// A command as a shell takes it.
func quoted(arguments []string) string {
	found := make([]string, 0, len(arguments))
	for _, argument := range arguments {
		if !plainWord.MatchString(argument) {
			argument = "'" + strings.ReplaceAll(argument, "'", `'\''`) + "'"
		}
		found = append(found, argument)
	}
	return strings.Join(found, " ")
}

// How much is kept of a name that somebody else gave, in bytes.
const mostName = 200

// The beginning of a name, without the memory of what it is cut from.
func cut(name string) string {
	if len(name) <= mostName {
		return strings.Clone(name)
	}
	return name[:mostName] + "…"
}
