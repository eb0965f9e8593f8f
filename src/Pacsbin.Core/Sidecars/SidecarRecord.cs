using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pacsbin.Studies;

namespace Pacsbin.Sidecars;

/// <summary>What a sidecar says of itself, in a file that only its owner can read, as long as it runs. The token is in another file.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="Started">When the process was started, which tells it from a later one with the same id.</param>
/// <param name="Address">Where it answers.</param>
/// <param name="TokenPath">The file with its token.</param>
/// <param name="Workspace">Its workspace; null for none.</param>
public sealed record SidecarRecord(int ProcessId, DateTimeOffset Started, Uri Address, string TokenPath, string? Workspace)
{
    /// <summary>The environment variable that names the folder of these files, of tokens and of jobs.</summary>
    public const string EnvironmentVariable = "PACSBIN_SIDECAR";

    private const string Pattern = "sidecar-*.json";

    /// <summary>How far apart two readings of one start time may be.</summary>
    private static readonly TimeSpan Imprecision = TimeSpan.FromSeconds(2);

    /// <summary>The user's folder for sidecars, which need not exist.</summary>
    /// <exception cref="PacsbinException">FileNotFound if the user has no application data.</exception>
    public static string Folder => PrivateFolder.OfUser(EnvironmentVariable, "sidecar");

    /// <summary>Writes what this process is.</summary>
    /// <param name="address">Where it answers.</param>
    /// <param name="tokenPath">The file with its token.</param>
    /// <param name="workspace">Its workspace; null for none.</param>
    /// <exception cref="PacsbinException">FileNotFound, FileIo, FileAccessDenied.</exception>
    public static SidecarRecord Write(Uri address, string tokenPath, string? workspace)
    {
        using var process = Process.GetCurrentProcess();
        var record = new SidecarRecord(process.Id, process.StartTime, address, tokenPath, workspace);
        try
        {
            WholeFile.Write(record.PathIn(PrivateFolder.Make(Folder)), JsonSerializer.SerializeToUtf8Bytes(record, SidecarRecordJson.Default.SidecarRecord), ownerOnly: true, replace: true);
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }

        return record;
    }

    /// <summary>The sidecars of this user that run, the oldest first. Files of those that were killed are deleted.</summary>
    /// <exception cref="PacsbinException">FileNotFound, FileIo, FileAccessDenied.</exception>
    public static IReadOnlyList<SidecarRecord> Running()
    {
        var running = new List<SidecarRecord>();
        try
        {
            foreach (var path in Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, Pattern).ToList() : [])
            {
                if (Read(path) is not { } record)
                {
                    continue;
                }

                if (record.IsRunning)
                {
                    running.Add(record);
                }
                else
                {
                    File.Delete(path);
                }
            }
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }

        return [.. running.OrderBy(r => r.Started)];
    }

    /// <summary>Whether the process is there and is the one that wrote this.</summary>
    [JsonIgnore]
    public bool IsRunning
    {
        get
        {
            try
            {
                using var process = Process.GetProcessById(ProcessId);
                return !process.HasExited && (process.StartTime - Started).Duration() < Imprecision;
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
            {
                return false; // gone, or somebody else's
            }
        }
    }

    /// <summary>Deletes the file.</summary>
    public void Delete()
    {
        try
        {
            File.Delete(PathIn(Folder));
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is not null)
        {
            // Whoever lists sidecars next sees that the process is gone.
        }
    }

    private static SidecarRecord? Read(string path)
    {
        try
        {
            using var stream = WholeFile.OpenRead(path);
            return JsonSerializer.Deserialize(stream, SidecarRecordJson.Default.SidecarRecord);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            return null; // it ended just now, or is none of ours
        }
    }

    private string PathIn(string folder) => Path.Join(folder, string.Create(CultureInfo.InvariantCulture, $"sidecar-{ProcessId}-{Address.Port}.json"));
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SidecarRecord))]
internal sealed partial class SidecarRecordJson : JsonSerializerContext;
