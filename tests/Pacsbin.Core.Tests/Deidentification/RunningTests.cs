using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Studies;
using Pacsbin.Tests.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>What tests of whole runs share: a folder of source studies, a workspace, and what a run reported.</summary>
public abstract class RunningTests : IDisposable
{
    private protected static readonly byte[] Key = Encoding.ASCII.GetBytes("a key for tests of runs");

    private protected StudyFolder Source { get; } = new();

    private protected StudyFolder Temporary { get; } = new();

    private protected string Destination => Temporary["workspace"];

    private protected ConcurrentBag<(string Path, PacsbinError Error)> Rejected { get; } = [];

    public virtual void Dispose()
    {
        Source.Dispose();
        Temporary.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>De-identifies what is in <see cref="Source"/>; the studies that became whole.</summary>
    private protected List<DicomStudy> Run(DeidentificationProfile? profile = null, byte[]? key = null, bool force = false, string? destination = null, bool hasRandomKey = false)
    {
        var whole = new ConcurrentBag<DicomStudy>();
        using var run = new DeidentificationRun(profile ?? DeidentificationProfile.Pacsbin, destination ?? Destination, hasRandomKey ? null : key ?? Key)
        {
            Force = force,
            Rejected = (path, e) => Rejected.Add((path, e.Error)),
        };
        run.Run(Source.Scan(), whole.Add, cancellationToken: TestContext.Current.CancellationToken);
        return [.. whole];
    }

    /// <summary>Runs on one thread and is cancelled after 64 files.</summary>
    private protected void RunInterrupted(byte[]? key)
    {
        using var cancellation = new CancellationTokenSource();
        using var run = new DeidentificationRun(DeidentificationProfile.Pacsbin, Destination, key) { ThrottleLimit = 1 };
        Assert.ThrowsAny<OperationCanceledException>(() => run.Run(Source.Scan(), _ => { }, new CancelAtOnce(cancellation), cancellation.Token));
    }

    private protected static IReadOnlyList<string> Studies(string workspace) =>
        Directory.Exists(workspace) ? [.. Directory.EnumerateDirectories(workspace).Where(d => !Path.GetFileName(d).StartsWith('.')).Order(StringComparer.Ordinal)] : [];

    /// <summary>Every file below a folder with its hash; a manifest without the moment that it was made at.</summary>
    private protected static Dictionary<string, string> Contents(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(
            f => Path.GetRelativePath(folder, f),
            f => Path.GetFileName(f) == Manifest.FileName ? "manifest" : Hash(f));

    private protected static string Hash(string path) => Convert.ToHexStringLower(XxHash128.Hash(File.ReadAllBytes(path)));

    private protected static string? TextOf(string path, uint tag)
    {
        using var file = DicomFile.Open(path);
        return file.Dataset.Text(tag);
    }

    private sealed class CancelAtOnce(CancellationTokenSource source) : IProgress<RunProgress>
    {
        public void Report(RunProgress value) => source.Cancel();
    }
}
