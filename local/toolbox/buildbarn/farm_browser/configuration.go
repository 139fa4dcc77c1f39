package main

import (
	"bytes"
	"encoding/json"
	"net/url"

	"github.com/buildbarn/bb-storage/pkg/proto/configuration/blobstore"
	"github.com/buildbarn/bb-storage/pkg/proto/configuration/global"
	"github.com/buildbarn/bb-storage/pkg/proto/configuration/grpc"
	http "github.com/buildbarn/bb-storage/pkg/proto/configuration/http/server"
	"github.com/buildbarn/bb-storage/pkg/util"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
)

// What the page is told. Its parts are messages of BuildBarn's own, read as strictly as BuildBarn reads them: a field
// that is not known stops the program at its start.
type configuration struct {
	// CAS and action cache, to read.
	Blobstore message[*blobstore.BlobstoreConfiguration] `json:"blobstore"`
	// Largest message and manifest that is read, in bytes.
	MaximumMessageSizeBytes int `json:"maximumMessageSizeBytes"`
	// Where browsers are served.
	HTTPServers []message[*http.Configuration] `json:"httpServers"`
	// Where workers tell of actions.
	ActionGRPCServers []message[*grpc.ServerConfiguration] `json:"actionGrpcServers"`
	// Where every part on the way to an action tells what it did.
	SpanGRPCServers []message[*grpc.ServerConfiguration] `json:"spanGrpcServers"`
	Scheduler       struct {
		// Of its own pages, with the prefix that they are served under.
		URL address `json:"url"`
		// Shown to it with each request.
		TokenFile string `json:"tokenFile"`
	} `json:"scheduler"`
	// Prometheus, where there is one.
	FiguresURL address `json:"figuresUrl"`
	// How many actions, and traces, are remembered.
	Remembered int                            `json:"remembered"`
	Global     message[*global.Configuration] `json:"global"`
}

// A Protobuf message in JSON.
type message[M proto.Message] struct{ value M }

func (m *message[M]) UnmarshalJSON(data []byte) error {
	m.value = m.value.ProtoReflect().New().Interface().(M)
	return protojson.Unmarshal(data, m.value)
}

func values[M proto.Message](messages []message[M]) []M {
	found := make([]M, 0, len(messages))
	for _, m := range messages {
		found = append(found, m.value)
	}
	return found
}

// A URL in JSON.
type address struct{ *url.URL }

func (a *address) UnmarshalJSON(data []byte) (err error) {
	var text string
	if err = json.Unmarshal(data, &text); err == nil {
		a.URL, err = url.ParseRequestURI(text)
	}
	return err
}

func readConfiguration(path string) (*configuration, error) {
	var any structpb.Struct
	if err := util.UnmarshalConfigurationFromFile(path, &any); err != nil {
		return nil, err
	}
	data, err := any.MarshalJSON()
	if err != nil {
		return nil, err
	}
	var found configuration
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&found); err != nil {
		return nil, util.StatusWrapf(err, "Failed to unmarshal configuration")
	}
	return &found, nil
}
