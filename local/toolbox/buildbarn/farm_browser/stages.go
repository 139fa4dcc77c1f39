package main

import (
	"time"

	remoteexecution "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"

	"google.golang.org/protobuf/types/known/timestamppb"
)

// A part of an action's time; Start and Width are thousandths of the whole.
type stage struct {
	Name         string
	Took         time.Duration
	Start, Width int
}

// The stages of a run, one after another: from when the scheduler took the action until its outputs were stored.
func stages(metadata *remoteexecution.ExecutedActionMetadata) []stage {
	if metadata == nil {
		return nil
	}
	found := []stage{}
	first, last := metadata.QueuedTimestamp, metadata.WorkerCompletedTimestamp
	if first == nil {
		first = metadata.WorkerStartTimestamp
	}
	whole := between(first, last)
	for _, each := range []struct {
		name     string
		from, to *timestamppb.Timestamp
	}{
		{"waited for a worker", metadata.QueuedTimestamp, metadata.WorkerStartTimestamp},
		{"fetched inputs", metadata.InputFetchStartTimestamp, metadata.InputFetchCompletedTimestamp},
		{"ran", metadata.ExecutionStartTimestamp, metadata.ExecutionCompletedTimestamp},
		{"stored outputs", metadata.OutputUploadStartTimestamp, metadata.OutputUploadCompletedTimestamp},
	} {
		if each.from == nil || each.to == nil || whole <= 0 {
			continue
		}
		took := between(each.from, each.to)
		found = append(found, stage{
			Name:  each.name,
			Took:  took,
			Start: int(1000 * between(first, each.from) / whole),
			Width: max(2, int(1000*took/whole)),
		})
	}
	return found
}

func between(from, to *timestamppb.Timestamp) time.Duration {
	if from == nil || to == nil {
		return 0
	}
	return to.AsTime().Sub(from.AsTime())
}
