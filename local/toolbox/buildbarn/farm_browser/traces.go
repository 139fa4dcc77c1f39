package main

import (
	"context"
	"encoding/hex"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/buildbarn/bb-storage/pkg/digest"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
)

// How many spans of one trace are kept: an action with many inputs has one for each file that it fetches.
const mostSpans = 300

// The traces of executions that ended last, as OpenTelemetry's collectors take them; in memory, and gone with it.
type traces struct {
	collector.UnimplementedTraceServiceServer
	lock sync.Mutex
	// Those of executions, and those of which it is not known yet: calls of other kinds are traced as well.
	executions, others *shelf
	// Trace by the hash of the action that was executed.
	byAction map[string]string
}

// Traces by id, the oldest of which go first.
type shelf struct {
	most  int
	order []string
	byID  map[string]*trace
}

type trace struct {
	spans  []span
	action string
	// Spans that there was no room for.
	dropped int
}

type span struct {
	id, parent string
	part, name string
	from, to   uint64
	failed     bool
}

func newTraces(most int) *traces {
	return &traces{executions: newShelf(most), others: newShelf(most), byAction: map[string]string{}}
}

func newShelf(most int) *shelf { return &shelf{most: most, byID: map[string]*trace{}} }

// Puts a trace there; gives what had to go for it.
func (s *shelf) put(id string, one *trace) (gone *trace) {
	s.byID[id] = one
	s.order = append(s.order, id)
	for len(s.byID) > s.most {
		gone = s.byID[s.order[0]]
		delete(s.byID, s.order[0])
		s.order = s.order[1:]
	}
	return gone
}

// Export is called by each part of the farm for what it did lately.
func (t *traces) Export(ctx context.Context, request *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	for _, resource := range request.ResourceSpans {
		part := attribute(resource.GetResource().GetAttributes(), "service.name")
		for _, scope := range resource.ScopeSpans {
			for _, one := range scope.Spans {
				t.add(part, one)
			}
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

func (t *traces) add(part string, one *otlp.Span) {
	id := hex.EncodeToString(one.TraceId)
	of, isExecution := t.executions.byID[id]
	if !isExecution {
		var isKnown bool
		if of, isKnown = t.others.byID[id]; !isKnown {
			of = &trace{}
			t.others.put(id, of)
		}
	}
	action := attribute(one.Attributes, "action_digest.hash")
	if len(of.spans) < mostSpans || action != "" || len(one.ParentSpanId) == 0 {
		of.spans = append(of.spans, span{
			id:     hex.EncodeToString(one.SpanId),
			parent: hex.EncodeToString(one.ParentSpanId),
			part:   part,
			name:   one.Name[strings.LastIndex(one.Name, ".")+1:],
			from:   one.StartTimeUnixNano,
			to:     one.EndTimeUnixNano,
			failed: one.GetStatus().GetCode() == otlp.Status_STATUS_CODE_ERROR,
		})
	} else {
		of.dropped++
	}
	if action == "" {
		return
	}
	of.action = action
	t.byAction[action] = id
	if isExecution {
		return
	}
	delete(t.others.byID, id)
	if gone := t.executions.put(id, of); gone != nil && t.executions.byID[t.byAction[gone.action]] == nil {
		delete(t.byAction, gone.action)
	}
}

func attribute(attributes []*common.KeyValue, key string) string {
	for _, each := range attributes {
		if each.Key == key {
			return each.Value.GetStringValue()
		}
	}
	return ""
}

// A call on the way to an action, as a row of a picture.
type step struct {
	stage
	Part   string
	Depth  int
	Failed bool
}

// What led to the last run of an action and what it did, from outside in; nothing where that was not traced.
func (t *traces) of(action digest.Digest) (steps []step, dropped int) {
	t.lock.Lock()
	defer t.lock.Unlock()
	found := t.executions.byID[t.byAction[action.GetHashString()]]
	if found == nil {
		return nil, 0
	}
	known, children := map[string]bool{}, map[string][]span{}
	from, to := found.spans[0].from, found.spans[0].to
	for _, one := range found.spans {
		known[one.id] = true
		from, to = min(from, one.from), max(to, one.to)
	}
	for _, one := range found.spans {
		parent := one.parent
		if !known[parent] {
			// The first that is known: the client before it sent no spans.
			parent = ""
		}
		children[parent] = append(children[parent], one)
	}
	var add func(parent string, depth int)
	add = func(parent string, depth int) {
		below := children[parent]
		sort.Slice(below, func(i, j int) bool { return below[i].from < below[j].from })
		for _, one := range below {
			whole := max(1, to-from)
			steps = append(steps, step{
				stage: stage{
					Name:  one.name,
					Took:  time.Duration(one.to - one.from),
					Start: int(1000 * (one.from - from) / whole),
					Width: max(2, int(1000*(one.to-one.from)/whole)),
				},
				Part:   one.part,
				Depth:  depth,
				Failed: one.failed,
			})
			add(one.id, depth+1)
		}
	}
	add("", 0)
	return steps, found.dropped
}
