using System.Text.Json;
using Pacsbin.Redaction;

namespace Pacsbin.Studies;

/// <summary>One file of a study.</summary>
/// <param name="Name">Its name in the study's folder: the new SOP Instance UID and <c>.dcm</c>.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Xxh128">XXH128 of the bytes when they were written, 32 hexadecimal digits.</param>
/// <param name="Findings">What a person should look at; null for nothing.</param>
public sealed record ManifestFile(string Name, long Length, string Xxh128, IReadOnlyList<Finding>? Findings)
{
    /// <summary>What was erased of the file's pixels; null for nothing.</summary>
    public IReadOnlyList<RedactionRegion>? Regions { get; init; }

    /// <summary>The signature of a device library that matched; null for none.</summary>
    public string? Device { get; init; }

    /// <summary>How many attributes got which action of the profile; null in manifests of versions that did not count.</summary>
    public ActionCounts? Actions { get; init; }

    /// <summary>SHA-256 of the bytes when they were approved, 64 hexadecimal digits; null if they never were.</summary>
    public string? Sha256 { get; init; }

    /// <summary>What the approval wrote into the file; null for nothing.</summary>
    public ReviewStamp? Stamp { get; init; }

    /// <summary>Which bytes of the file which archives have confirmed; null if none has.</summary>
    public IReadOnlyList<FileSend>? Sent { get; init; }

    /// <summary>Whether an archive has confirmed exactly the bytes that are approved now.</summary>
    /// <param name="target">As of <see cref="FileSend.Target"/>.</param>
    internal bool IsSentTo(string target) => Sent?.Any(s => s.Target == target && s.Sha256 == Sha256) == true;

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("name", Name);
        writer.WriteNumber("length", Length);
        writer.WriteString("xxh128", Xxh128);
        if (Findings is not null)
        {
            writer.WriteStartArray("findings");
            foreach (var finding in Findings)
            {
                WriteFinding(writer, finding);
            }

            writer.WriteEndArray();
        }

        if (Regions is not null)
        {
            writer.WriteStartArray("regions");
            foreach (var region in Regions)
            {
                WriteRegion(writer, region);
            }

            writer.WriteEndArray();
        }

        if (Device is not null)
        {
            writer.WriteString("device", Device);
        }

        Actions?.Write(writer);
        if (Sha256 is not null)
        {
            writer.WriteString("sha256", Sha256);
        }

        Stamp?.Write(writer);
        if (Sent is not null)
        {
            writer.WriteStartArray("sent");
            foreach (var send in Sent)
            {
                writer.WriteStartObject();
                writer.WriteString("target", send.Target);
                writer.WriteString("sha256", send.Sha256);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    /// <summary>Writes a region without its UIDs, which may be the source's.</summary>
    private static void WriteRegion(Utf8JsonWriter writer, RedactionRegion region)
    {
        writer.WriteStartObject();
        writer.WriteNumber("x", region.X);
        writer.WriteNumber("y", region.Y);
        writer.WriteNumber("width", region.Width);
        writer.WriteNumber("height", region.Height);
        writer.WriteString("shape", region.Shape.ToString());
        writer.WriteBoolean("outside", region.Outside);
        writer.WriteBoolean("clip", region.Clip);
        if (region.FirstFrame is { } first)
        {
            writer.WriteNumber("firstFrame", first);
            writer.WriteNumber("lastFrame", region.LastFrame ?? first);
        }

        writer.WriteEndObject();
    }

    private static void WriteFinding(Utf8JsonWriter writer, Finding finding)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", finding.Kind.ToString());
        if (finding.Tag is { } tag)
        {
            writer.WriteString("tag", tag.ToString());
        }

        if (finding.Detail is not null)
        {
            writer.WriteString("detail", finding.Detail);
        }

        writer.WriteEndObject();
    }
}

/// <summary>How many attributes of a file, at every depth, got which action of PS3.15 Table E.1-1a; items of removed sequences are not counted.</summary>
/// <param name="Kept">K.</param>
/// <param name="Removed">X, and all that no rule keeps.</param>
/// <param name="Emptied">Z.</param>
/// <param name="Replaced">D.</param>
/// <param name="Uids">U.</param>
/// <param name="Dates">C of the Modified Dates option.</param>
public sealed record ActionCounts(int Kept, int Removed, int Emptied, int Replaced, int Uids, int Dates)
{
    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("actions");
        writer.WriteNumber("kept", Kept);
        writer.WriteNumber("removed", Removed);
        writer.WriteNumber("emptied", Emptied);
        writer.WriteNumber("replaced", Replaced);
        writer.WriteNumber("uids", Uids);
        writer.WriteNumber("dates", Dates);
        writer.WriteEndObject();
    }
}

/// <summary>Bytes of a file that an archive has confirmed.</summary>
/// <param name="Target">The archive's STOW-RS address.</param>
/// <param name="Sha256">SHA-256 of the bytes, 64 hexadecimal digits.</param>
public sealed record FileSend(string Target, string Sha256);

/// <summary>What an approval wrote into a file, so that a revocation can take it back.</summary>
/// <param name="BurnedInAnnotation">The value before; null if there was none.</param>
/// <param name="CodeAdded">Whether code 113101 (Clean Pixel Data Option) was added.</param>
public sealed record ReviewStamp(string? BurnedInAnnotation, bool CodeAdded)
{
    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("stamp");
        if (BurnedInAnnotation is not null)
        {
            writer.WriteString("burnedInAnnotation", BurnedInAnnotation);
        }

        writer.WriteBoolean("codeAdded", CodeAdded);
        writer.WriteEndObject();
    }
}
