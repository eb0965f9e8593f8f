using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>Debian's Orthanc with its DICOMweb plugin as a process of its own, whose storage goes with it.</summary>
internal sealed class OrthancServer : IAsyncDisposable
{
    /// <summary>The AE title of its DICOM port.</summary>
    public const string AeTitle = "ORTHANC";

    private const string Plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so";
    private const int Attempts = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentQueue<string> output = new();
    private readonly DirectoryInfo folder;
    private readonly Process process;
    private readonly EventHandler stop;
    private readonly TlsFront? front;

    private OrthancServer(OrthancOptions options, string program)
    {
        folder = Directory.CreateTempSubdirectory("orthanc-");
        DicomPort = FreePort();
        var port = FreePort();
        // Debian's build of Orthanc 1.10 crashes at the first HTTPS request.
        front = options.Certificate is { } certificate ? new TlsFront(port, TlsFront.Options(certificate, options.ClientAuthority)) : null;
        BaseAddress = new Uri(front is null ? $"http://127.0.0.1:{port}/" : $"https://127.0.0.1:{front.Port}/");
        var configuration = OrthancConfiguration.Write(options, folder.FullName, port, DicomPort, Plugin);
        Control = MakeControl(options);
        process = new Process
        {
            StartInfo = new ProcessStartInfo(program, [configuration])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = folder.FullName,
                // Without it, DCMTK's server holds back each C-STORE response for 40 ms.
                Environment = { ["TCP_NODELAY"] = "1" },
            },
        };
        process.OutputDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        stop = (_, _) => process.Kill();
    }

    /// <summary>Why no server can be started here; null where one can.</summary>
    public static string? Missing =>
        Program is null ? "Orthanc is not installed." : File.Exists(Plugin) ? null : "Orthanc has no DICOMweb plugin.";

    /// <summary>The root of Orthanc's own API.</summary>
    public Uri BaseAddress { get; }

    /// <summary>The root of DICOMweb, without a slash at its end.</summary>
    public Uri DicomWebRoot => new(BaseAddress, "dicom-web");

    /// <summary>The port of C-STORE and C-ECHO.</summary>
    public int DicomPort { get; }

    /// <summary>What the process has written so far.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>Reaches Orthanc's own API with the right to do so.</summary>
    public HttpClient Control { get; }

    private static string? Program => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Append("/usr/sbin").Select(path => Path.Join(path, "Orthanc")).FirstOrDefault(File.Exists);

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <exception cref="InvalidOperationException">Orthanc is not installed or does not start.</exception>
    public static async Task<OrthancServer> StartAsync(OrthancOptions? options = null)
    {
        var said = Missing;
        for (var i = 0; Program is { } program && i < Attempts; i++)
        {
            var server = new OrthancServer(options ?? new OrthancOptions(), program);
            if (await server.BeginAsync())
            {
                return server;
            }

            said = server.Output;
            await server.DisposeAsync();
        }

        throw new InvalidOperationException($"Orthanc does not start: {said}");
    }

    /// <summary>The number of instances stored.</summary>
    public async Task<int> CountAsync()
    {
        using var json = await GetJsonAsync("statistics");
        return json.RootElement.GetProperty("CountInstances").GetInt32();
    }

    /// <summary>The SOP Instance UIDs of what is stored, sorted.</summary>
    public async Task<IReadOnlyList<string>> SopInstanceUidsAsync()
    {
        using var json = await GetJsonAsync("instances?expand");
        return [.. json.RootElement.EnumerateArray()
            .Select(instance => instance.GetProperty("MainDicomTags").GetProperty("SOPInstanceUID").GetString()!)
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>The bytes that the server has on its disk for an instance.</summary>
    /// <exception cref="KeyNotFoundException">It has none.</exception>
    public async Task<byte[]> StoredBytesAsync(string sopInstanceUid)
    {
        using var answer = await Control.PostAsync("tools/lookup", new StringContent(sopInstanceUid));
        using var json = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync());
        var found = json.RootElement.EnumerateArray().FirstOrDefault(entry => entry.GetProperty("Type").GetString() == "Instance");
        return found.ValueKind == JsonValueKind.Object
            ? await Control.GetByteArrayAsync($"instances/{found.GetProperty("ID").GetString()}/attachments/dicom/data")
            : throw new KeyNotFoundException("The instance is not stored.");
    }

    /// <summary>The number of the newest change; it grows whenever something is stored or replaced.</summary>
    public async Task<long> ChangeIndexAsync()
    {
        using var json = await GetJsonAsync("changes?last");
        return json.RootElement.GetProperty("Last").GetInt64();
    }

    /// <summary>How often each instance came since the start or the last <see cref="ResetAsync"/>, by SOP Instance UID.</summary>
    /// <remarks>Empty without <see cref="OrthancOptions.CountsArrivals"/>.</remarks>
    public IReadOnlyDictionary<string, int> Arrivals()
    {
        var path = Path.Join(folder.FullName, OrthancConfiguration.ArrivalsFile);
        return (File.Exists(path) ? File.ReadAllLines(path) : []).CountBy(uid => uid).ToDictionary();
    }

    /// <summary>Stores a file without DICOMweb.</summary>
    public async Task UploadAsync(ReadOnlyMemory<byte> file)
    {
        using var answer = await Control.PostAsync("instances", new ReadOnlyMemoryContent(file));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Deletes all that is stored, and all memory of what came.</summary>
    public async Task ResetAsync()
    {
        var patients = await Control.GetStringAsync("patients");
        using var body = new StringContent($$"""{"Resources":{{patients}}}""");
        using var deleted = await Control.PostAsync("tools/bulk-delete", body);
        deleted.EnsureSuccessStatusCode();
        using var forgotten = await Control.DeleteAsync("changes");
        forgotten.EnsureSuccessStatusCode();
        File.Delete(Path.Join(folder.FullName, OrthancConfiguration.ArrivalsFile));
    }

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= stop;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        Control.Dispose();
        if (front is not null)
        {
            await front.DisposeAsync();
        }

        folder.Delete(recursive: true);
    }

    private static HttpClient MakeControl(OrthancOptions options)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        // What is asked here is whether the server runs, not who it is: its certificate may be wrong on purpose.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null;
        if (options.ControlCertificate is { } shown)
        {
            handler.SslOptions.ClientCertificates = [shown];
        }

        var client = new HttpClient(handler);
        foreach (var (name, password) in options.Users.Take(1))
        {
            client.DefaultRequestHeaders.Authorization =
                new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{password}")));
        }

        return client;
    }

    /// <summary>A port of this machine that nobody listens on now.</summary>
    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<bool> BeginAsync()
    {
        Control.BaseAddress = BaseAddress;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        AppDomain.CurrentDomain.ProcessExit += stop;
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience && !process.HasExited;)
        {
            try
            {
                using var answer = await Control.GetAsync("system");
                return answer.IsSuccessStatusCode && !process.HasExited;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }

        return false;
    }

    private async Task<JsonDocument> GetJsonAsync(string path) => JsonDocument.Parse(await Control.GetByteArrayAsync(path));
}
