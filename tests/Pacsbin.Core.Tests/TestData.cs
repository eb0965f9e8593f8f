using System.Text.Json;
using Xunit;

namespace Pacsbin.Tests;

/// <summary>A row of the corpus' index.</summary>
/// <param name="Name">The file's name, which tests list it by.</param>
/// <param name="Odd">Flags of what is unusual.</param>
/// <param name="ReadBy">Which of pydicom, dcmdump and gdcm read the file without complaint.</param>
internal sealed record CorpusFile(string Name, string Path, long Length, string TransferSyntaxUid, string Modality, string[] Odd, string[] ReadBy)
{
    /// <summary>Whether somebody made the file to break or trick a reader.</summary>
    public bool IsHostile => Odd.Any(flag => flag == "adversarial" || flag.StartsWith("fuzz", StringComparison.Ordinal));

    /// <summary>Whether the file is public, not hostile, and read by all three other readers.</summary>
    public bool IsUndisputed => !IsHostile && ReadBy.Length == 3;
}

/// <summary>A made file, the token planted in it, and what must happen: clean, clean-or-reject, reject.</summary>
internal sealed record Hazard(string Name, string Path, string Token, string Why, string Expect);

/// <summary>Finds the folder of facts and sample files that lies beside the repository.</summary>
internal static class TestData
{
    private static readonly string[] OtherReaders = ["pydicom", "dcmdump", "gdcm"];

    /// <summary>The top folder of the repository.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder, from PACSBIN_SHARED or beside the repository; null where there is none.</summary>
    public static string? Shared { get; } = FindShared();

    /// <summary>The path of a shared file; skips the running test where the file is absent.</summary>
    public static string RequireShared(params string[] path)
    {
        Assert.SkipWhen(Shared is null, "The shared folder is not beside the repository.");
        var file = Path.Combine([Shared!, .. path]);
        Assert.SkipUnless(Path.Exists(file), $"The shared folder has no {string.Join('/', path)}.");
        return file;
    }

    /// <summary>The files of the corpus; skips the running test where there is no corpus.</summary>
    public static IReadOnlyList<CorpusFile> CorpusFiles()
    {
        var index = RequireShared("corpus", "index.csv");
        return [.. Csv.Read(index).Select(row => new CorpusFile(
            row["file"],
            RequireShared("corpus", "files", row["file"]),
            long.Parse(row["size"], System.Globalization.CultureInfo.InvariantCulture),
            row["transfer_syntax"],
            row["modality"],
            row["odd"].Split(';', StringSplitOptions.RemoveEmptyEntries),
            [.. OtherReaders.Where(reader => row[reader] == "ok")]))];
    }

    /// <summary>The made files of the corpus; skips the running test where there is no corpus.</summary>
    public static IReadOnlyList<Hazard> Hazards()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(RequireShared("corpus", "hazards.json")));
        return [.. json.RootElement.EnumerateArray().Select(hazard =>
        {
            string Text(string name) => hazard.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
            return new Hazard(Text("file"), RequireShared("corpus", "files", Text("file")), Text("token"), Text("why"), Text("expect"));
        })];
    }

    private static string? FindShared()
    {
        if (Environment.GetEnvironmentVariable("PACSBIN_SHARED") is { Length: > 0 } stated)
        {
            return Directory.Exists(stated) ? stated : null;
        }

        var shared = Path.Join(Path.GetDirectoryName(Repository), "shared");
        return Directory.Exists(shared) ? shared : null;
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Join(folder.FullName, "PacsbinPS.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("The tests do not run from inside the repository.");
    }
}
