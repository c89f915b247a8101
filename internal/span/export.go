package span

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"

	"ponte/internal/call"
)

// flushFor is how long a stop waits for a collector to take what is left. With
// what serve's own stops may take it stays within 15 s.
const flushFor = 1500 * time.Millisecond

// asked reads what the environment says about traces: whether any are wanted, and
// why those that are wanted cannot be made. (pure)
func asked(getenv func(string) (string, bool)) (bool, error) {
	get := func(names ...string) string {
		for _, name := range names {
			if value, _ := getenv(name); strings.TrimSpace(value) != "" {
				return strings.ToLower(strings.TrimSpace(value))
			}
		}
		return ""
	}
	if get("OTEL_SDK_DISABLED") == "true" {
		return false, nil
	}
	switch exporter := get("OTEL_TRACES_EXPORTER"); exporter {
	case "none":
		return false, nil
	case "otlp":
	case "":
		if get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT") == "" {
			return false, nil
		}
	default:
		return false, fmt.Errorf("OTEL_TRACES_EXPORTER is %q: this program knows otlp and none", call.Shorten(exporter))
	}
	if p := get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"); p != "" && p != "http/protobuf" {
		return false, fmt.Errorf("the protocol of OTLP is %q: this program speaks http/protobuf", call.Shorten(p))
	}
	return true, nil
}

// FromEnv returns the tracer that the environment asks for, and what ends it:
// collectors get what they did not yet have, for a moment. What cannot be traced
// is logged and not traced: watching must not keep the work from being done.
//
// Beyond whether, which getenv tells, OpenTelemetry's own code reads the process's
// environment: address, headers, certificates, batches, sampler, resource.
func FromEnv(ctx context.Context, getenv func(string) (string, bool), version string, log *slog.Logger) (Tracer, func()) {
	none := func() {}
	wanted, err := asked(getenv)
	if err == nil && !wanted {
		return Tracer{}, none
	}
	var provider *sdk.TracerProvider
	if err == nil {
		provider, err = export(ctx, version)
	}
	if err != nil {
		log.Warn("nothing is traced", "error", err)
		return Tracer{}, none
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("cannot tell what was traced", "error", call.Shorten(err.Error())) }))
	return Tracer{provider.Tracer("ponte")}, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushFor)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			log.Warn("the last spans may be lost", "error", call.Shorten(err.Error()))
		}
	}
}

// export makes spans go to the collector. The process is described by name and
// version alone: a detector would add its command line, which may hold a password.
func export(ctx context.Context, version string) (*sdk.TracerProvider, error) {
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	what, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "ponte"), attribute.String("service.version", version)),
		resource.WithTelemetrySDK(), resource.WithFromEnv())
	if err != nil && !errors.Is(err, resource.ErrPartialResource) {
		return nil, errors.Join(err, exporter.Shutdown(ctx))
	}
	return sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(what)), nil
}
