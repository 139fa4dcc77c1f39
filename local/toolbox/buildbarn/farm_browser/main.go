// Farm_browser shows a farm to a browser: its recent actions, and of an action the command, the inputs, the outputs and what
// it printed, read from the CAS and the action cache; the calls that led to it, as a trace; the scheduler's own pages of queues and workers; and the figures that Prometheus has. It writes nothing anywhere.
//
// URLs of actions and blobs are those that BuildBarn's scheduler and workers link to.
package main

import (
	"context"
	"os"

	"github.com/buildbarn/bb-remote-execution/pkg/proto/completedactionlogger"
	blobstore "github.com/buildbarn/bb-storage/pkg/blobstore/configuration"
	"github.com/buildbarn/bb-storage/pkg/global"
	bb_grpc "github.com/buildbarn/bb-storage/pkg/grpc"
	http_server "github.com/buildbarn/bb-storage/pkg/http/server"
	"github.com/buildbarn/bb-storage/pkg/program"
	"github.com/buildbarn/bb-storage/pkg/util"
	"github.com/buildbarn/bb-storage/pkg/zstd"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func main() {
	program.RunMain(func(ctx context.Context, siblings, dependencies program.Group) error {
		if len(os.Args) != 2 {
			return status.Error(codes.InvalidArgument, "Usage: farm_browser CONFIGURATION")
		}
		configured, err := readConfiguration(os.Args[1])
		if err != nil {
			return util.StatusWrapf(err, "Failed to read configuration from %s", os.Args[1])
		}
		lifecycle, clients, err := global.ApplyConfiguration(configured.Global.value, dependencies)
		if err != nil {
			return util.StatusWrap(err, "Failed to apply global configuration options")
		}
		cas, actionCache, err := blobstore.NewCASAndACBlobAccessFromConfiguration(
			dependencies,
			configured.Blobstore.value,
			clients,
			configured.MaximumMessageSizeBytes,
			zstd.NewPoolFromConfiguration(nil),
		)
		if err != nil {
			return util.StatusWrap(err, "Failed to reach the storage")
		}

		actions := newRecentActions(configured.Remembered)
		if err := bb_grpc.NewServersFromConfigurationAndServe(
			values(configured.ActionGRPCServers),
			func(server grpc.ServiceRegistrar) {
				completedactionlogger.RegisterCompletedActionLoggerServer(server, actions)
			},
			siblings,
			clients,
		); err != nil {
			return util.StatusWrap(err, "Action gRPC server failure")
		}
		traces := newTraces(configured.Remembered)
		if err := bb_grpc.NewServersFromConfigurationAndServe(
			values(configured.SpanGRPCServers),
			func(server grpc.ServiceRegistrar) { collector.RegisterTraceServiceServer(server, traces) },
			siblings,
			clients,
		); err != nil {
			return util.StatusWrap(err, "Span gRPC server failure")
		}
		handler := newHandler(configured, &store{cas, actionCache, configured.MaximumMessageSizeBytes}, actions, traces)
		http_server.NewServersFromConfigurationAndServe(
			values(configured.HTTPServers), handler, siblings, clients)
		lifecycle.MarkReadyAndWait(siblings)
		return nil
	})
}
