using Pacsbin.Sidecar.Access;
using Pacsbin.Sidecar.Endpoints;
using Pacsbin.Sidecar.Jobs;
using Pacsbin.Sidecars;

namespace Pacsbin.Sidecar;

/// <summary>A sidecar that answers. Disposing it ends it and takes its token away.</summary>
internal sealed class RunningSidecar : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly TokenFile tokenFile;
    private readonly SidecarOptions options;
    private readonly JobStore store;
    private readonly SidecarRecord record;

    private RunningSidecar(WebApplication app, SidecarOptions options, JobStore store, TokenFile tokenFile, int port)
    {
        this.store = store;
        this.app = app;
        this.options = options;
        this.tokenFile = tokenFile;
        Address = new Uri(FormattableString.Invariant($"{(options.CertificateFile is null ? "http" : "https")}://localhost:{port}"));
        record = SidecarRecord.Write(Address, TokenPath, options.Workspace is null ? null : Path.GetFullPath(options.Workspace));
    }

    /// <summary>Where it answers.</summary>
    public Uri Address { get; }

    /// <summary>Where its token is.</summary>
    public string TokenPath => tokenFile.Location;

    /// <summary>What a person needs to know; never the token.</summary>
    public IEnumerable<string> Announcement
    {
        get
        {
            yield return $"Listening on {Address}; the token is in {TokenPath}";
            if (options.Roots.Count == 0 && options.Workspace is null)
            {
                yield return "No folder is allowed, so nothing can be read: start with --root and --workspace. --help says more.";
            }

            if (options.PrintLoginLink)
            {
                yield return $"For a browser, once, within five minutes: {LoginEndpoints.LinkOf(Address, app.Services.GetRequiredService<Sessions>().NewCode().Code)}";
            }
        }
    }

    /// <summary>Starts a sidecar.</summary>
    /// <param name="options">Without a <see cref="SidecarOptions.Problem"/>.</param>
    /// <param name="logging">Where the log goes; null for the console.</param>
    /// <exception cref="PacsbinException">FileIo if the port is taken; what the token's file and the configured folders throw.</exception>
    public static async Task<RunningSidecar> StartAsync(SidecarOptions options, Action<ILoggingBuilder>? logging = null)
    {
        if (options.Problem() is { } problem)
        {
            throw new UsageException(problem);
        }

        var token = Secret.New();
        using var sockets = ListeningSockets.Bind(options.Addresses, options.Port);
        var store = new JobStore(options);
        var app = SidecarApp.Build(options, sockets, new Sessions(token, TimeProvider.System), store, logging ?? (static log => log.AddSimpleConsole(c => c.SingleLine = true)));
        TokenFile? tokenFile = null;
        try
        {
            tokenFile = TokenFile.Write(options.TokenFile, sockets.Port, token); // before a service manager is told that all is ready
            await app.StartAsync();
            return new RunningSidecar(app, options, store, tokenFile, sockets.Port);
        }
        catch
        {
            tokenFile?.Dispose();
            await app.DisposeAsync();
            store.Dispose();
            throw;
        }
    }

    /// <summary>Waits until somebody ends the process.</summary>
    public Task WaitForEndAsync() => app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        tokenFile.Dispose();
        record.Delete();
        await app.StopAsync();
        await app.DisposeAsync();
        store.Dispose(); // last: another sidecar may go on with the jobs from now on
    }
}
