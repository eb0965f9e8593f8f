using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pacsbin.Dicom;
using Pacsbin.Redaction;

namespace Pacsbin.Studies;

/// <summary>The content of <c>study.json</c>, which stands beside the files of a de-identified study. It holds nothing of the source.</summary>
public sealed record Manifest
{
    /// <summary>The file's name.</summary>
    public const string FileName = "study.json";

    /// <summary>The file's name while it is written.</summary>
    internal const string TemporaryName = FileName + ".new";

    /// <summary>The version of the format that this record reads and writes.</summary>
    public const string CurrentFormat = "pacsbin-study/1";

    public required string Format { get; init; }

    public required StudyState State { get; init; }

    /// <summary>The product and version that wrote the files.</summary>
    public required string Tool { get; init; }

    /// <summary>When the study was finished.</summary>
    public required DateTimeOffset Created { get; init; }

    public required ManifestProfile Profile { get; init; }

    /// <summary>Equal for runs with the same profile, version and key; says nothing about the key.</summary>
    public required string Settings { get; init; }

    /// <summary>The new Study Instance UID; empty for an object without a study.</summary>
    public required string StudyInstanceUid { get; init; }

    /// <summary>In the order of their names.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>How many source files gave no output, by error.</summary>
    public required IReadOnlyDictionary<PacsbinError, int> Rejected { get; init; }

    /// <summary>The id of the project that the study was de-identified for; null if it was anonymized.</summary>
    public string? Project { get; init; }

    /// <summary>The review that the files passed; null before, and from any change of a file on.</summary>
    public ManifestApproval? Approval { get; init; }

    /// <summary>Where the study has gone, in the order of time; null if it has not. It stays when the study is changed.</summary>
    public IReadOnlyList<ManifestSend>? Sends { get; init; }

    /// <summary>What was erased of the files' pixels, in the UIDs of the workspace.</summary>
    [JsonIgnore]
    public IEnumerable<RedactionRegion> BurnedRegions =>
        Files.SelectMany(f => (f.Regions ?? []).Select(r => r with { SopInstanceUid = Path.GetFileNameWithoutExtension(f.Name) }));

    /// <summary>Tells the files of one state of the study from those of another: SHA-256 over their names and hashes, 64 hexadecimal digits.</summary>
    [JsonIgnore]
    public string FilesHash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Files.Select(f => $"{f.Name} {f.Xxh128}\n")))));

    /// <summary>Reads the manifest of a study's folder; null if there is none.</summary>
    /// <exception cref="PacsbinException">MalformedElement if the file is not of <see cref="CurrentFormat"/>; FileIo and FileAccessDenied.</exception>
    public static Manifest? Read(string folder)
    {
        var path = Path.Join(folder, FileName);
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            using var stream = WholeFile.OpenRead(path);
            var manifest = JsonSerializer.Deserialize(stream, ManifestJson.Default.Manifest);
            return manifest is { Format: CurrentFormat } && manifest.Files.All(f => f is { Name: not null, Xxh128: not null } && IsFileName(f.Name) && f.Findings?.Contains(null!) != true && f.Regions?.Contains(null!) != true && f.Sent?.All(s => s is { Target: not null, Sha256: not null }) != false)
                && manifest.Profile.Script?.Attributes.Contains(null!) != true
                && manifest.Sends?.All(s => s is { Archive: not null, Tool: not null, MerkleRoot: not null }) != false
                && manifest.Files.DistinctBy(f => f.Name, StringComparer.Ordinal).Count() == manifest.Files.Count
                ? manifest
                : throw new PacsbinException(PacsbinError.MalformedElement, $"{FileName} is not of format {CurrentFormat}.");
        }
        catch (JsonException e)
        {
            throw new PacsbinException(PacsbinError.MalformedElement, $"{FileName} is not of format {CurrentFormat}: line {e.LineNumber + 1}.");
        }
        catch (Exception e) when (e is not PacsbinException && PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }

    /// <summary>Whether a name leads nowhere but to a file in the study's folder, and not to the manifest itself.</summary>
    private static bool IsFileName(string name) => name.Length > 0 && Path.GetFileName(name) == name && name is not ("." or ".." or FileName or TemporaryName);

    /// <summary>Writes the manifest in one step: a reader sees the old one or the new one.</summary>
    /// <param name="folder">The study's folder.</param>
    /// <param name="isDurable">Whether it has to outlast a power failure from here on, which takes longer.</param>
    public void Write(string folder, bool isDurable = false)
    {
        var temporary = Path.Join(folder, TemporaryName);
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            using (var writer = new Utf8JsonWriter(stream))
            {
                Write(writer);
            }

            if (isDurable)
            {
                stream.Flush(flushToDisk: true);
            }
        }

        File.Move(temporary, Path.Join(folder, FileName), overwrite: true);
    }

    // Written by hand: the serializer is compiled anew in each process, which takes longer than a small study. A test reads it back by the schema.
    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("format", Format);
        writer.WriteString("state", State.ToString());
        writer.WriteString("tool", Tool);
        writer.WriteString("created", Created);
        Profile.Write(writer);
        writer.WriteString("settings", Settings);
        writer.WriteString("studyInstanceUid", StudyInstanceUid);
        writer.WriteStartArray("files");
        foreach (var file in Files)
        {
            file.Write(writer);
        }

        writer.WriteEndArray();
        writer.WriteStartObject("rejected");
        foreach (var (error, count) in Rejected)
        {
            writer.WriteNumber(error.ToString(), count);
        }

        writer.WriteEndObject();
        if (Project is not null)
        {
            writer.WriteString("project", Project);
        }

        Approval?.Write(writer);
        if (Sends is not null)
        {
            writer.WriteStartArray("sends");
            foreach (var send in Sends)
            {
                send.Write(writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}

/// <summary>The study has gone somewhere, whole.</summary>
/// <param name="Archive">The archive's name; for a folder or a .zip file the word Folder or Zip, because a path may say what a manifest must not.</param>
/// <param name="Target">The archive's STOW-RS address; null for a folder or a .zip file.</param>
/// <param name="Time">When the last instance was confirmed.</param>
/// <param name="Tool">The product and version that sent it.</param>
/// <param name="Instances">How many instances.</param>
/// <param name="MerkleRoot">The approval that it was sent under.</param>
public sealed record ManifestSend(string Archive, string? Target, DateTimeOffset Time, string Tool, int Instances, string MerkleRoot)
{
    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("archive", Archive);
        if (Target is not null)
        {
            writer.WriteString("target", Target);
        }

        writer.WriteString("time", Time);
        writer.WriteString("tool", Tool);
        writer.WriteNumber("instances", Instances);
        writer.WriteString("merkleRoot", MerkleRoot);
        writer.WriteEndObject();
    }
}

/// <summary>A person's review of exactly the bytes whose SHA-256 the manifest lists.</summary>
/// <param name="Reviewer">Who looked at the study.</param>
/// <param name="Time">When.</param>
/// <param name="Tool">The product and version that recorded it.</param>
/// <param name="MerkleRoot">The SHA-256 Merkle root over all files, 64 hexadecimal digits.</param>
/// <param name="Comment">What the reviewer wrote; null for nothing.</param>
/// <param name="Accepted">The kinds of findings that the reviewer accepted; null for none.</param>
public sealed record ManifestApproval(string Reviewer, DateTimeOffset Time, string Tool, string MerkleRoot, string? Comment, IReadOnlyList<FindingKind>? Accepted)
{
    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("approval");
        writer.WriteString("reviewer", Reviewer);
        writer.WriteString("time", Time);
        writer.WriteString("tool", Tool);
        writer.WriteString("merkleRoot", MerkleRoot);
        if (Comment is not null)
        {
            writer.WriteString("comment", Comment);
        }

        if (Accepted is not null)
        {
            writer.WriteStartArray("accepted");
            foreach (var kind in Accepted)
            {
                writer.WriteStringValue(kind.ToString());
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}

/// <summary>The profile that a study was made with.</summary>
/// <param name="Name">Of the profile.</param>
/// <param name="Edition">The edition of PS3.15 that its table is from.</param>
/// <param name="Options">The options that are on.</param>
/// <param name="Script">The script whose rules came before the profile's; null for none.</param>
public sealed record ManifestProfile(string Name, string Edition, IReadOnlyList<string> Options, ManifestScript? Script = null)
{
    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("profile");
        writer.WriteString("name", Name);
        writer.WriteString("edition", Edition);
        WriteTexts(writer, "options", Options);
        if (Script is not null)
        {
            writer.WriteStartObject("script");
            writer.WriteString("sha256", Script.Sha256);
            writer.WriteBoolean("exact", Script.Exact);
            WriteTexts(writer, "attributes", Script.Attributes);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void WriteTexts(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}

/// <summary>The anonymizer script that a study was made with.</summary>
/// <param name="Sha256">Equal for scripts with the same text, read the same way with the same parameters: 64 hexadecimal digits.</param>
/// <param name="Exact">Whether the script alone decided, as CTP would.</param>
/// <param name="Attributes">The attributes that its rules decided and may have left, as scripts write them; of an exact run none.</param>
public sealed record ManifestScript(string Sha256, bool Exact, IReadOnlyList<string> Attributes);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(TagJsonConverter)])]
[JsonSerializable(typeof(Manifest))]
[JsonSerializable(typeof(ManifestFile))]
internal sealed partial class ManifestJson : JsonSerializerContext;

/// <summary>Writes a tag as <c>(gggg,eeee)</c>.</summary>
public sealed class TagJsonConverter : JsonConverter<Tag>
{
    public override Tag Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Tag.TryParse(reader.GetString(), out var tag) ? tag : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, Tag value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
