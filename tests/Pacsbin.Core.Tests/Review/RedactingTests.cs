using System.Collections.Concurrent;
using Pacsbin.Redaction;
using Pacsbin.Review;
using Pacsbin.Studies;
using Pacsbin.Tests.Deidentification;
using Xunit;

namespace Pacsbin.Tests.Review;

/// <summary>What tests of burning regions into a study of a workspace share.</summary>
public abstract class RedactingTests : RunningTests
{
    private protected static readonly RedactionRegion Corner = new(0, 0, 2, 2);

    private protected static readonly RedactionRegion Edge = new(3, 0, 1, 4);

    private protected ConcurrentBag<(string Path, PacsbinError Error)> Refused { get; } = [];

    /// <summary>The only study of a workspace.</summary>
    private protected static DicomStudy StudyOf(string workspace) =>
        Assert.Single(new StudyScanner().Scan([workspace], cancellationToken: TestContext.Current.CancellationToken).Studies);

    /// <summary>Burns regions into the only study of a workspace.</summary>
    private protected bool Burn(string workspace, params RedactionRegion[] regions) => Burn(workspace, null, regions);

    private protected bool Burn(string workspace, IProgress<int>? progress, params RedactionRegion[] regions) =>
        new StudyRedaction(StudyOf(workspace), regions) { Rejected = (path, e) => Refused.Add((path, e.Error)) }
            .Run(progress, TestContext.Current.CancellationToken);

    /// <summary>Asserts that a workspace holds one study whose files are those of its manifest, and nothing else; every file with its hash and regions.</summary>
    private protected static Dictionary<string, string> WholeStudy(string workspace)
    {
        var folder = Assert.Single(Directory.GetFileSystemEntries(workspace));
        var manifest = Manifest.Read(folder)!;
        Assert.Equal(StudyState.Deidentified, manifest.State);
        var hashes = Contents(folder);
        Assert.Equal([.. manifest.Files.Select(f => f.Name), Manifest.FileName], hashes.Keys.Order(StringComparer.Ordinal));
        Assert.All(manifest.Files, f => Assert.Equal((f.Xxh128, f.Length), (hashes[f.Name], new FileInfo(Path.Join(folder, f.Name)).Length)));
        return manifest.Files.ToDictionary(f => f.Name, f => $"{f.Xxh128} {string.Join(' ', (f.Regions ?? []).Select(r => r.ToString()))}");
    }

    private protected static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Join(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    /// <summary>Does something once a number of files are erased, before anything is moved.</summary>
    private protected sealed class Once(int files, Action act) : IProgress<int>
    {
        public void Report(int value)
        {
            if (value == files)
            {
                act();
            }
        }
    }
}
