using System.Diagnostics;
using System.Text;
using Pacsbin.Deidentification;
using Pacsbin.Dicom;
using Pacsbin.Projects;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>What became of a corpus file under the default profile.</summary>
/// <param name="Source">The file.</param>
/// <param name="Copy">Where its copy is; null if the file was rejected.</param>
/// <param name="Error">Why it was rejected.</param>
/// <param name="Elapsed">From opening to the last byte.</param>
internal sealed record CorpusCopy(CorpusFile Source, string? Copy, PacsbinException? Error, TimeSpan Elapsed);

/// <summary>De-identifies the whole corpus once, for all tests that look at the result.</summary>
public sealed class DeidentifiedCorpus : IDisposable
{
    private static readonly byte[] Key = Encoding.ASCII.GetBytes("a key for tests of the corpus");
    private readonly Lazy<IReadOnlyList<CorpusCopy>> copies;

    public DeidentifiedCorpus()
    {
        copies = new Lazy<IReadOnlyList<CorpusCopy>>(Run);
    }

    internal string Folder { get; } = Directory.CreateTempSubdirectory("pacsbin-tests-").FullName;

    /// <summary>All files; skips the running test where there is no corpus.</summary>
    internal IReadOnlyList<CorpusCopy> Copies
    {
        get
        {
            TestData.CorpusFiles();
            return copies.Value;
        }
    }

    internal CorpusCopy this[string name] => Copies.Single(c => c.Source.Name == name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private List<CorpusCopy> Run()
    {
        using var pseudonymizer = new Pseudonymizer(Key);
        var deidentifier = new Deidentifier(DeidentificationProfile.Pacsbin, pseudonymizer);
        var result = new List<CorpusCopy>();
        foreach (var file in TestData.CorpusFiles())
        {
            var path = Path.Combine(Folder, file.Name);
            var watch = Stopwatch.StartNew();
            PacsbinException? error = null;
            try
            {
                using var source = DicomFile.Open(file.Path);
                using var copy = deidentifier.Apply(source);
                using var output = File.Create(path);
                copy.Write(output);
            }
            catch (PacsbinException e)
            {
                error = e;
                File.Delete(path); // a copy that failed half-way is no copy
            }

            result.Add(new CorpusCopy(file, error is null ? path : null, error, watch.Elapsed));
        }

        return result;
    }
}

/// <summary>The tests that share one pass over the corpus.</summary>
[CollectionDefinition(nameof(DeidentifiedCorpus))]
public sealed class DeidentifiedCorpusTestGroup : ICollectionFixture<DeidentifiedCorpus>;
