package main

import (
	"context"
	"io"
	"path"

	remoteexecution "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/buildbarn/bb-remote-execution/pkg/proto/cas"
	"github.com/buildbarn/bb-remote-execution/pkg/proto/resourceusage"
	"github.com/buildbarn/bb-storage/pkg/digest"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	// How much of what an action printed is shown: its end.
	mostPrinted = 64 << 10
	// Of what is larger, to reach the end takes too long.
	mostPassed = 8 << 20
)

// An action, with all that is known of it. What is gone from the CAS is told where it would stand.
type actionPage struct {
	Digest       digest.Digest
	Action       *remoteexecution.Action
	Command      *remoteexecution.Command
	CommandError string
	Inputs       *listing
	InputsURL    string
	InputsError  string
	Run          *run
	Steps        []step
	StepsDropped int
}

// What an action came to.
type run struct {
	// Where this is from.
	From    string
	Status  string
	Result  *remoteexecution.ActionResult
	Stages  []stage
	Outputs []output
	Printed []printed
	Usage   *resourceusage.POSIXResourceUsage
	Request *remoteexecution.RequestMetadata
}

// An output of an action.
type output struct {
	entry
	// Whether it is a directory, whose contents its URL shows.
	IsTree bool
}

// What an action printed.
type printed struct {
	Name  string
	URL   string
	Text  string
	IsCut bool
	// Whether it is too large for its end to be shown.
	IsLarge bool
	Error   string
}

func (p *page) action(ctx context.Context, of digest.Digest) (*actionPage, error) {
	shown, err := p.inputs(ctx, of)
	if err != nil {
		return nil, err
	}
	result, err := p.store.result(ctx, of)
	if status.Code(err) == codes.NotFound {
		last := p.actions.last(of)
		if last.Response == nil {
			return shown, nil
		}
		from := "its last run; it is not in the action cache"
		if last.isBrief {
			from += ", and too large to be remembered with its outputs"
		}
		return shown, p.add(ctx, shown, last.Response, from)
	}
	if err != nil {
		return nil, err
	}
	return shown, p.add(ctx, shown, &remoteexecution.ExecuteResponse{Result: result}, "the action cache")
}

// A run that was kept because its result may not be cached: it failed, or asked for that.
func (p *page) historicalAction(ctx context.Context, of digest.Digest) (*actionPage, error) {
	kept, err := read(ctx, p.store, of, &cas.HistoricalExecuteResponse{})
	if err != nil {
		return nil, err
	}
	action, err := of.GetDigestFunction().NewDigestFromProto(kept.ActionDigest)
	if err != nil {
		return nil, err
	}
	shown, err := p.inputs(ctx, action)
	if err != nil {
		return nil, err
	}
	return shown, p.add(ctx, shown, kept.ExecuteResponse, "a run whose result was not cached")
}

func (p *page) inputs(ctx context.Context, of digest.Digest) (*actionPage, error) {
	action, err := read(ctx, p.store, of, &remoteexecution.Action{})
	if err != nil {
		return nil, err
	}
	function := of.GetDigestFunction()
	command, err := function.NewDigestFromProto(action.CommandDigest)
	if err != nil {
		return nil, err
	}
	root, err := function.NewDigestFromProto(action.InputRootDigest)
	if err != nil {
		return nil, err
	}
	shown := &actionPage{Digest: of, Action: action, InputsURL: urlOf("directory", root)}
	shown.Steps, shown.StepsDropped = p.traces.of(of)
	if shown.Command, err = read(ctx, p.store, command, &remoteexecution.Command{}); err != nil {
		shown.Command, shown.CommandError = nil, status.Convert(err).Message()
	}
	if shown.Inputs, err = p.store.directory(ctx, root); err != nil {
		shown.Inputs, shown.InputsError = nil, status.Convert(err).Message()
	}
	return shown, nil
}

func (p *page) add(ctx context.Context, shown *actionPage, response *remoteexecution.ExecuteResponse, from string) error {
	result := response.GetResult()
	found := &run{From: from, Result: result, Stages: stages(result.GetExecutionMetadata())}
	if s := status.FromProto(response.GetStatus()); s.Code() != codes.OK {
		found.Status = s.Code().String() + ": " + s.Message()
	}
	for _, any := range result.GetExecutionMetadata().GetAuxiliaryMetadata() {
		message, err := any.UnmarshalNew()
		if err != nil {
			continue
		}
		switch known := message.(type) {
		case *resourceusage.POSIXResourceUsage:
			found.Usage = known
		case *remoteexecution.RequestMetadata:
			found.Request = known
		}
	}
	function := shown.Digest.GetDigestFunction()
	for _, file := range result.GetOutputFiles() {
		contents, err := function.NewDigestFromProto(file.Digest)
		if err != nil {
			return err
		}
		found.Outputs = append(found.Outputs, output{entry: entry{
			Path:       file.Path,
			URL:        urlOf("file", contents, path.Base(file.Path)),
			Size:       file.Digest.SizeBytes,
			Executable: file.IsExecutable,
		}})
	}
	for _, tree := range result.GetOutputDirectories() {
		contents, err := function.NewDigestFromProto(tree.TreeDigest)
		if err != nil {
			return err
		}
		found.Outputs = append(found.Outputs, output{entry: entry{Path: tree.Path, URL: urlOf("tree", contents)}, IsTree: true})
	}
	for _, links := range [][]*remoteexecution.OutputSymlink{
		result.GetOutputSymlinks(), result.GetOutputFileSymlinks(), result.GetOutputDirectorySymlinks(),
	} {
		for _, link := range links {
			found.Outputs = append(found.Outputs, output{entry: entry{Path: link.Path, Target: link.Target}})
		}
	}
	for _, each := range []printed{
		p.printed(ctx, "stdout", function, result.GetStdoutRaw(), result.GetStdoutDigest()),
		p.printed(ctx, "stderr", function, result.GetStderrRaw(), result.GetStderrDigest()),
	} {
		if each.Text != "" || each.IsLarge || each.Error != "" {
			found.Printed = append(found.Printed, each)
		}
	}
	shown.Run = found
	return nil
}

func (p *page) printed(ctx context.Context, name string, function digest.Function, raw []byte, of *remoteexecution.Digest) printed {
	found := printed{Name: name, IsCut: len(raw) > mostPrinted, Text: string(raw[max(0, len(raw)-mostPrinted):])}
	if of.GetSizeBytes() == 0 {
		return found
	}
	contents, err := function.NewDigestFromProto(of)
	if err != nil {
		found.Error = status.Convert(err).Message()
		return found
	}
	found.URL = urlOf("file", contents, name+".txt")
	if found.IsLarge = of.SizeBytes > mostPassed; found.IsLarge {
		return found
	}
	reader := p.store.cas.Get(ctx, contents).ToReader()
	defer reader.Close()
	before := of.SizeBytes - mostPrinted
	if found.IsCut = before > 0; found.IsCut {
		if _, err := io.CopyN(io.Discard, reader, before); err != nil {
			found.Error = status.Convert(err).Message()
			return found
		}
	}
	data, err := io.ReadAll(reader)
	if err != nil {
		found.Error = status.Convert(err).Message()
	}
	found.Text = string(data)
	return found
}
