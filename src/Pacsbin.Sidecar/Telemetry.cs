using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Pacsbin.Deidentification;
using Pacsbin.Sidecar.Resources;

namespace Pacsbin.Sidecar;

/// <summary>Metrics and traces for a collector of OpenTelemetry, if one is configured. They name operations, kinds of jobs and errors; never a path, a query, a UID or a caller.</summary>
internal sealed class Telemetry : IDisposable
{
    private const string Name = "pacsbin-sidecar";

    // The framework's own spans have addresses with queries in them; its metrics have the patterns of routes.
    private const string FrameworkMeter = "Microsoft.AspNetCore.Hosting";

    private readonly ActivitySource source = new(Name);
    private readonly Meter meter = new(Name);
    private readonly Counter<long> jobs;
    private readonly Counter<long> files;
    private readonly Histogram<double> durations;

    public Telemetry()
    {
        jobs = meter.CreateCounter<long>("pacsbin.jobs", "{job}", "Attempts at jobs that have ended.");
        files = meter.CreateCounter<long>("pacsbin.job.files", "{file}", "Files and instances that jobs have done.");
        durations = meter.CreateHistogram<double>("pacsbin.job.duration", "s", "How long attempts at jobs took.");
    }

    /// <summary>Has all of it sent to a collector.</summary>
    public static void Add(IServiceCollection services, Uri collector)
    {
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(Name, serviceVersion: Deidentifier.Version))
            .WithMetrics(metrics => metrics.AddMeter(Name, FrameworkMeter).AddOtlpExporter(otlp => Set(otlp, collector, "v1/metrics")))
            .WithTracing(traces => traces.AddSource(Name).AddOtlpExporter(otlp => Set(otlp, collector, "v1/traces")));
    }

    /// <summary>Follows a request until it is answered, by the pattern of its route.</summary>
    public async Task FollowAsync(HttpContext context, RequestDelegate next)
    {
        using var activity = source.StartActivity("request", ActivityKind.Server);
        await next(context);
        if (activity is not null)
        {
            activity.DisplayName = $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "other"}";
            activity.SetTag("http.response.status_code", context.Response.StatusCode);
            if (context.Response.StatusCode >= 500)
            {
                activity.SetStatus(ActivityStatusCode.Error);
            }
        }
    }

    /// <summary>Follows an attempt at a job until what this gives is disposed.</summary>
    public Attempt Begin(JobKind kind) => new(this, kind);

    public void Dispose()
    {
        source.Dispose();
        meter.Dispose();
    }

    private static void Set(OtlpExporterOptions options, Uri collector, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(collector, path);
    }

    /// <summary>An attempt at a job.</summary>
    internal sealed class Attempt(Telemetry telemetry, JobKind kind) : IDisposable
    {
        private readonly long started = Stopwatch.GetTimestamp();
        private readonly Activity? activity = telemetry.source.StartActivity($"job {kind}", ActivityKind.Internal, parentContext: default);

        /// <summary>How it ended; queued if it was left for later.</summary>
        public JobState State { get; set; } = JobState.Queued;

        public PacsbinError? Error { get; set; }

        public int Files { get; set; }

        public void Dispose()
        {
            var tags = new TagList { { "pacsbin.job.kind", kind.ToString() }, { "pacsbin.job.state", State.ToString() } };
            if (Error is { } error)
            {
                tags.Add("error.type", error.ToString());
                activity?.SetStatus(ActivityStatusCode.Error);
            }

            telemetry.jobs.Add(1, tags);
            telemetry.files.Add(Files, new TagList { { "pacsbin.job.kind", kind.ToString() } });
            telemetry.durations.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, tags);
            foreach (var (name, value) in tags)
            {
                activity?.SetTag(name, value);
            }

            activity?.Dispose();
        }
    }
}
