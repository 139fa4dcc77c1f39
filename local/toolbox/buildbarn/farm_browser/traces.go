package main

import (
	"context"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/buildbarn/bb-storage/pkg/digest"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
)

const (
	// How many spans of one trace are kept: an action with many inputs has one for each file that it fetches. Those that a
	// trace begins with and that name an action are kept beyond it, up to twice as many.
	mostSpans = 300
	// How many spans are kept of all traces on a shelf.
	mostSpansInAll = 100_000
)

// The traces of executions that ended last, as OpenTelemetry's collectors take them; in memory, and gone with it.
type traces struct {
	collector.UnimplementedTraceServiceServer
	lock sync.Mutex
	// How many traces are kept of either kind; those go first that no span was added to for longest.
	most int
	// Those of executions, and those of which it is not known yet: calls of other kinds are traced as well.
	executions, others *shelf
	// Trace by the hash of the action that was executed.
	byAction map[string]*trace
}

// Traces by id, and by when a span was added to them last.
type shelf struct {
	order []*trace
	byID  map[traceID]*trace
	// In all traces.
	spans int
}

type trace struct {
	id    traceID
	spans []span
	// Spans that there was no room for.
	dropped int
}

type (
	traceID [16]byte
	// All zeros where there is none.
	spanID [8]byte
)

type span struct {
	id, parent spanID
	part, name string
	// Hash of the action that it executed, or empty.
	action   string
	from, to uint64
	failed   bool
}

func newTraces(most int) *traces {
	return &traces{most: most, executions: newShelf(), others: newShelf(), byAction: map[string]*trace{}}
}

func newShelf() *shelf { return &shelf{byID: map[traceID]*trace{}} }

func (s *shelf) put(one *trace) {
	s.byID[one.id] = one
	s.order = append(s.order, one)
	s.spans += len(one.spans)
}

func (s *shelf) take(one *trace) {
	delete(s.byID, one.id)
	s.order = slices.DeleteFunc(s.order, func(other *trace) bool { return other == one })
	s.spans -= len(one.spans)
}

// Export is called by each part of the farm for what it did lately.
func (t *traces) Export(ctx context.Context, request *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	t.lock.Lock()
	defer t.lock.Unlock()
	for _, resource := range request.ResourceSpans {
		part := cut(attribute(resource.GetResource().GetAttributes(), "service.name"))
		for _, scope := range resource.ScopeSpans {
			for _, one := range scope.Spans {
				t.add(part, one)
			}
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

func (t *traces) add(part string, one *otlp.Span) {
	if len(one.TraceId) != len(traceID{}) || len(one.SpanId) != len(spanID{}) || spanID(one.SpanId) == (spanID{}) {
		return
	}
	found := span{
		id:     spanID(one.SpanId),
		part:   part,
		name:   cut(one.Name[strings.LastIndex(one.Name, ".")+1:]),
		action: cut(attribute(one.Attributes, "action_digest.hash")),
		from:   one.StartTimeUnixNano,
		to:     max(one.StartTimeUnixNano, one.EndTimeUnixNano),
		failed: one.GetStatus().GetCode() == otlp.Status_STATUS_CODE_ERROR,
	}
	copy(found.parent[:], one.ParentSpanId)

	id := traceID(one.TraceId)
	on := t.executions
	of := on.byID[id]
	if of == nil {
		on = t.others
		if of = on.byID[id]; of == nil {
			of = &trace{id: id}
		}
	}
	if slices.ContainsFunc(of.spans, func(other span) bool { return other.id == found.id }) {
		return
	}
	most := mostSpans
	if found.action != "" || found.parent == (spanID{}) {
		most = 2 * mostSpans
	}
	if len(of.spans) >= most {
		of.dropped++
		return
	}
	on.take(of)
	of.spans = append(of.spans, found)
	if found.action != "" {
		t.byAction[found.action] = of
		on = t.executions
	}
	on.put(of)
	t.trim(on)
}

// Lets the oldest go that there is no room for.
func (t *traces) trim(on *shelf) {
	for len(on.order) > t.most || on.spans > mostSpansInAll {
		gone := on.order[0]
		on.take(gone)
		for _, one := range gone.spans {
			if t.byAction[one.action] == gone {
				delete(t.byAction, one.action)
			}
		}
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
	found := t.byAction[action.GetHashString()]
	if found == nil {
		return nil, 0
	}
	known, children := map[spanID]bool{}, map[spanID][]span{}
	from, to := found.spans[0].from, found.spans[0].to
	for _, one := range found.spans {
		known[one.id] = true
		from, to = min(from, one.from), max(to, one.to)
	}
	for _, one := range found.spans {
		parent := one.parent
		if !known[parent] {
			// The first that is known: the client before it sent no spans.
			parent = spanID{}
		}
		children[parent] = append(children[parent], one)
	}
	var add func(parent spanID, depth int)
	add = func(parent spanID, depth int) {
		below := children[parent]
		// Each is shown once, whatever parents say.
		delete(children, parent)
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
	add(spanID{}, 0)
	return steps, found.dropped
}
