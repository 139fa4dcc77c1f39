package main

import (
	"io"
	"slices"
	"sync"

	remoteexecution "github.com/bazelbuild/remote-apis/build/bazel/remote/execution/v2"
	"github.com/buildbarn/bb-remote-execution/pkg/proto/completedactionlogger"
	"github.com/buildbarn/bb-storage/pkg/digest"

	"google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"
)

const (
	// How much is remembered of all actions, in bytes of their messages.
	mostRemembered = 32 << 20
	// Of an action with a larger message, only how it ended is remembered.
	mostOfOne = 256 << 10
)

// An action that a worker has run.
type completed struct {
	Digest   digest.Digest
	Response *remoteexecution.ExecuteResponse
	// Whether only how it ended is there.
	isBrief bool
	size    int
}

// The actions that workers ran last; in memory, and gone with it.
type recentActions struct {
	completedactionlogger.UnimplementedCompletedActionLoggerServer
	lock     sync.Mutex
	most     int
	actions  []completed
	size     int
	total    int
	byDigest map[string]completed
}

func newRecentActions(most int) *recentActions {
	return &recentActions{most: most, byDigest: map[string]completed{}}
}

// LogCompletedActions is called by each worker, for as long as it lives.
func (r *recentActions) LogCompletedActions(stream completedactionlogger.CompletedActionLogger_LogCompletedActionsServer) error {
	for {
		action, err := stream.Recv()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := r.add(action); err != nil {
			return err
		}
		if err := stream.Send(&emptypb.Empty{}); err != nil {
			return err
		}
	}
}

func (r *recentActions) add(action *completedactionlogger.CompletedAction) error {
	instance, err := digest.NewInstanceName(action.InstanceName)
	if err != nil {
		return err
	}
	function, err := instance.GetDigestFunction(action.DigestFunction, 0)
	if err != nil {
		return err
	}
	found, err := function.NewDigestFromProto(action.HistoricalExecuteResponse.GetActionDigest())
	if err != nil {
		return err
	}
	one := completed{Digest: found, Response: action.HistoricalExecuteResponse.GetExecuteResponse()}
	if one.isBrief = proto.Size(one.Response) > mostOfOne; one.isBrief {
		one.Response = brief(one.Response)
	}
	one.size = proto.Size(one.Response) + len(found.String())

	r.lock.Lock()
	defer r.lock.Unlock()
	r.total++
	r.actions = append(r.actions, one)
	r.size += one.size
	r.byDigest[found.String()] = one
	for len(r.actions) > r.most || r.size > mostRemembered {
		oldest := r.actions[0]
		r.actions = slices.Delete(r.actions, 0, 1)
		r.size -= oldest.size
		if r.byDigest[oldest.Digest.String()].Response == oldest.Response {
			delete(r.byDigest, oldest.Digest.String())
		}
	}
	return nil
}

// A response without what makes it large: outputs, what was printed, what a worker adds to its account.
func brief(whole *remoteexecution.ExecuteResponse) *remoteexecution.ExecuteResponse {
	result := whole.GetResult()
	metadata := result.GetExecutionMetadata()
	return &remoteexecution.ExecuteResponse{
		Status: &status.Status{Code: whole.GetStatus().GetCode(), Message: cut(whole.GetStatus().GetMessage())},
		Result: &remoteexecution.ActionResult{
			ExitCode: result.GetExitCode(),
			ExecutionMetadata: &remoteexecution.ExecutedActionMetadata{
				Worker:                         cut(metadata.GetWorker()),
				QueuedTimestamp:                metadata.GetQueuedTimestamp(),
				WorkerStartTimestamp:           metadata.GetWorkerStartTimestamp(),
				WorkerCompletedTimestamp:       metadata.GetWorkerCompletedTimestamp(),
				InputFetchStartTimestamp:       metadata.GetInputFetchStartTimestamp(),
				InputFetchCompletedTimestamp:   metadata.GetInputFetchCompletedTimestamp(),
				ExecutionStartTimestamp:        metadata.GetExecutionStartTimestamp(),
				ExecutionCompletedTimestamp:    metadata.GetExecutionCompletedTimestamp(),
				OutputUploadStartTimestamp:     metadata.GetOutputUploadStartTimestamp(),
				OutputUploadCompletedTimestamp: metadata.GetOutputUploadCompletedTimestamp(),
			},
		},
	}
}

// The latest first, and how many there were in all.
func (r *recentActions) list() ([]completed, int) {
	r.lock.Lock()
	defer r.lock.Unlock()
	found := make([]completed, len(r.actions))
	for i, action := range r.actions {
		found[len(found)-1-i] = action
	}
	return found, r.total
}

// What an action came to when it was run last, as far as that is remembered.
func (r *recentActions) last(of digest.Digest) completed {
	r.lock.Lock()
	defer r.lock.Unlock()
	return r.byDigest[of.String()]
}
