using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Description;
using Pacsbin.Sidecar.Endpoints;
using Pacsbin.Sidecar.Jobs;
using Pacsbin.Sidecar.Jobs.Work;
using Pacsbin.Sidecar.Json;
using Pacsbin.Sidecar.Problems;

namespace Pacsbin.Sidecar;

/// <summary>Puts the server together: what a request passes, in order, and where it ends.</summary>
internal static class SidecarApp
{
    private const int LeastThreads = 64;

    /// <summary>Builds a server that has not been started.</summary>
    public static WebApplication Build(SidecarOptions options, ListeningSockets sockets, Sessions sessions, JobStore store, Action<ILoggingBuilder> logging)
    {
        // Empty: what is in the environment must not change where it listens, or what it logs.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = typeof(SidecarApp).Assembly.GetName().Name, ContentRootPath = AppContext.BaseDirectory });
        Listen(builder, options, sockets);

        // The framework's messages have paths and queries in them.
        builder.Logging.AddFilter((category, _) => category?.StartsWith("Pacsbin.", StringComparison.Ordinal) == true);
        logging(builder.Logging);
        AddServices(builder.Services, options, sessions);
        AddJobs(builder.Services, store);
        var app = builder.Build();
        Map(app);
        ThreadPool.GetMinThreads(out var workers, out var ports);
        ThreadPool.SetMinThreads(Math.Max(workers, LeastThreads), ports); // the core computes on the threads of requests
        return app;
    }

    private static void Listen(WebApplicationBuilder builder, SidecarOptions options, ListeningSockets sockets)
    {
        var certificate = options.CertificateFile is { } file ? CertificateOf(file) : null;
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(transport =>
        {
            transport.Backlog = RequestLimits.MostUnaccepted;
            transport.CreateBoundListenSocket = endPoint => sockets.Take((System.Net.IPEndPoint)endPoint);
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            RequestLimits.Set(kestrel.Limits);
            foreach (var endPoint in sockets.EndPoints)
            {
                kestrel.Listen(endPoint, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    if (certificate is not null)
                    {
                        listen.UseHttps(certificate);
                    }
                });
            }
        });
    }

    private static void AddServices(IServiceCollection services, SidecarOptions options, Sessions sessions)
    {
        services.AddSingleton(options);
        services.AddSingleton(sessions);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<HostNames>();
        services.AddSingleton<AllowedFolders>();
        services.AddSingleton<StudyFinder>();
        services.AddSingleton<ListedFiles>();
        services.AddSingleton<WorkspaceListing>();
        services.AddSingleton<ReportFiles>();
        services.AddSingleton<Telemetry>();
        if (options.Telemetry is { } collector)
        {
            Telemetry.Add(services, collector);
        }

        services.AddSystemd();
        services.AddWindowsService(service => service.ServiceName = "PacsbinSidecar");
        if (options.Background)
        {
            services.AddSingleton<IHostLifetime, BackgroundLifetime>();
        }

        services.AddRoutingCore();
        services.AddRateLimiter(RequestLimits.Set);
        services.AddOpenApi(document => ApiDocument.Set(document)); // a lambda, or the generator that reads the documentation comments does not see it
        services.Configure<RouteHandlerOptions>(handlers => handlers.ThrowOnBadRequest = true);
        services.Configure<JsonOptions>(json => SidecarJson.Configure(json.SerializerOptions));
    }

    private static void AddJobs(IServiceCollection services, JobStore store)
    {
        services.AddSingleton(store);
        services.AddSingleton<JobDatabase>();
        services.AddSingleton<UploadFolder>();
        services.AddSingleton<JobQueue>();
        services.AddSingleton<DeidentifyWork>();
        services.AddSingleton<ArchiveWork>();
        services.AddSingleton<ReviewWork>();
        services.AddSingleton<JobWork>();
        services.AddSingleton<EventStreams>();
        services.AddSingleton<ScheduleDatabase>();
        services.AddSingleton<ScheduleBook>();
        JobScheduler.Add(services, store);
    }

    private static void Map(WebApplication app)
    {
        var telemetry = app.Services.GetRequiredService<Telemetry>();
        app.Use(next => context => telemetry.FollowAsync(context, next)); // outside of what makes answers of exceptions
        app.UseMiddleware<ProblemAnswers>();
        app.UseRouting();
        app.UseMiddleware<LocalAccess>();
        app.UseRateLimiter();
        app.UseMiddleware<KnownParameters>();
        app.UseSwaggerUI(page =>
        {
            page.SwaggerEndpoint("/openapi/v1.json", "PacsbinPS");
            page.DocumentTitle = "PacsbinPS";
        });
        HealthEndpoints.Map(app);
        app.MapOpenApi(ApiDocument.Route);
        PageEndpoints.Map(app);
        var v1 = app.MapGroup("/v1");
        LoginEndpoints.Map(app, v1);
        SidecarEndpoints.Map(v1);
        StudyEndpoints.Map(v1);
        WorkEndpoints.Map(v1);
        JobEndpoints.Map(v1);
        UploadEndpoints.Map(v1);
        ScheduleEndpoints.Map(v1);
        FrameEndpoints.Map(v1);
        RegionEndpoints.Map(v1);
        ApprovalEndpoints.Map(v1);
        ProjectEndpoints.Map(v1);
        ArchiveEndpoints.Map(v1);
        ScriptEndpoints.Map(v1);
        ReportEndpoints.Map(v1);
    }

    private static X509Certificate2 CertificateOf(string path)
    {
        try
        {
            return X509Certificate2.GetCertContentType(path) == X509ContentType.Pkcs12
                ? X509CertificateLoader.LoadPkcs12FromFile(path, password: null)
                : X509Certificate2.CreateFromPemFile(path);
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            throw new UsageException("The certificate's file has no certificate with its key, or has a password.");
        }
    }
}
