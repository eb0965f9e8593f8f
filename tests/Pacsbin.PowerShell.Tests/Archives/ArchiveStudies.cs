using System.Text;

namespace Pacsbin.Tests.Archives;

/// <summary>Folders for studies on their way from a PACS to an archive, and the studies that were made for them.</summary>
sealed class ArchiveStudies : IDisposable
{
    readonly string outer = Directory.CreateTempSubdirectory("pacsbin-way-").FullName;
    readonly List<PacsStudy> made = [];

    public ArchiveStudies() => Directory.CreateDirectory(Source);

    /// <summary>A folder whose name is a pattern that it does not match.</summary>
    public string Root => Path.Combine(outer, "way [1]");

    public string Source => Path.Combine(Root, "source");

    public string Workspace => Path.Combine(Root, "out");

    /// <summary>The studies' folders in the workspace.</summary>
    public string[] Copies => Directory.Exists(Workspace) ? [.. Directory.GetDirectories(Workspace).Where(d => Path.GetFileName(d)[0] != '.').Order(StringComparer.Ordinal)] : [];

    /// <summary>The de-identified files of all studies.</summary>
    public string[] Written => [.. Copies.SelectMany(d => Directory.GetFiles(d, "*.dcm"))];

    public PacsStudy Make(int instances, string modality = "CT", string date = "20240310", string? family = null, int series = 1, int side = 64)
    {
        var study = new PacsStudy(instances, modality, date, family, series, side);
        made.Add(study);
        return study;
    }

    /// <summary>Files below folders in whose names or contents any identifier of the studies is.</summary>
    public string[] Identified(params IEnumerable<string> folders)
    {
        var identifiers = made.SelectMany(s => s.Identifiers).ToList();
        return [.. folders.Where(Directory.Exists).SelectMany(f => Directory.EnumerateFiles(f, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true }))
            .Where(f => IsIdentified(f, identifiers))];
    }

    /// <summary>Identified files in folders that commands use for a while, of this process or another.</summary>
    public string[] IdentifiedTransient() => Identified(Directory.GetDirectories(RegisteredArchives.Transient));

    public void Dispose() => Directory.Delete(outer, recursive: true);

    static bool IsIdentified(string path, List<string> identifiers)
    {
        try
        {
            string text = path + Encoding.Latin1.GetString(File.ReadAllBytes(path));
            return identifiers.Exists(i => text.Contains(i, StringComparison.OrdinalIgnoreCase));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // of a command that another test runs at the same time
        }
    }
}
