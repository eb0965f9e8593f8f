using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Pacsbin.Tests.Deidentification;

/// <summary>What readers of other makers say of de-identified copies, beside what they say of the originals.</summary>
[Collection(nameof(DeidentifiedCorpus))]
public partial class OtherReadersTests(DeidentifiedCorpus corpus)
{
    private static readonly string[] VerifiedModalities = ["CT", "MR", "US", "SR"];
    private static readonly string[] NotVerified = ["uid_over_64KB", "rows_zero", "cols_zero"];

    /// <summary>Reads each file of a JSON list to its last value; prints the names of those that it cannot.</summary>
    private const string PydicomScript = """
        import json, sys, warnings, logging
        import pydicom
        warnings.simplefilter('ignore')
        logging.disable(logging.CRITICAL)

        def visit(dataset):
            for element in dataset:
                if element.VR == 'SQ':
                    for item in element.value:
                        visit(item)
                else:
                    element.value

        def reads(path):
            try:
                dataset = pydicom.dcmread(path)
                visit(dataset)
                visit(dataset.file_meta)
                return None
            except Exception as e:
                return type(e).__name__ + ': ' + str(e)[:100]

        pairs = json.load(sys.stdin)
        for pair in pairs:
            fault = reads(pair['copy'])
            if fault and not reads(pair['original']):
                print(pair['name'], fault)
        print(len(pairs), 'read')
        """;

    [Fact]
    public void Pydicom_reads_every_copy_whose_original_it_reads()
    {
        var pairs = corpus.Copies.Where(c => c.Copy is not null)
            .Select(c => new { name = c.Source.Name, original = c.Source.Path, copy = c.Copy })
            .ToList();
        Peer.RequirePython("pydicom");
        var result = Peer.Run(Peer.Python, ["-c", PydicomScript], JsonSerializer.Serialize(pairs));
        Assert.Equal("", result.Error);
        Assert.Equal($"{pairs.Count} read", result.Output.Trim());
    }

    [Fact]
    public void Dcmdump_reads_every_copy_without_error()
    {
        var copies = corpus.Copies.Where(c => c.Copy is not null).Select(c => c.Copy!).ToList();
        var failures = new List<string>();
        foreach (var some in copies.Chunk(200))
        {
            var result = Peer.Run("dcmdump", ["--log-level", "error", .. some]);
            failures.AddRange(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Assert.Empty(failures);
    }

    [Fact]
    public void Dciodvfy_finds_no_new_error_in_a_copy()
    {
        // dciodvfy does not come to an end with a UID of 64 KB, and says of pixels without rows what we drop them for.
        var copies = corpus.Copies
            .Where(c => c.Copy is not null && VerifiedModalities.Contains(c.Source.Modality) && !NotVerified.Any(n => c.Source.Name.Contains(n, StringComparison.Ordinal)))
            .ToList();
        var verified = 0;
        var failures = copies.AsParallel().AsOrdered()
            .SelectMany(c =>
            {
                if (Errors(c.Source.Path) is not { } before)
                {
                    return [];
                }

                Interlocked.Increment(ref verified);
                return Errors(c.Copy!) is { } after
                    ? after.Except(before).Select(e => $"{c.Source.Name}: {e}")
                    : [$"{c.Source.Name}: cannot be verified any more"];
            })
            .ToList();
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.InRange(verified, 300, int.MaxValue);
    }

    /// <summary>The errors, each without the values in it, which differ as they should; null if the program could not read so far as to check an IOD.</summary>
    private static HashSet<string>? Errors(string path)
    {
        var lines = Peer.Run("dciodvfy", [path]).Error.Split('\n');
        return lines.Any(line => line.Length > 0 && line.All(char.IsAsciiLetterOrDigit))
            ? [.. lines.Where(line => line.StartsWith("Error", StringComparison.Ordinal)).Select(line => Values().Replace(line, "<>"))]
            : null;
    }

    [GeneratedRegex(@"(?<== )<[^>]*>|<[0-9.]+>|(?<=values are ).*")]
    private static partial Regex Values();
}
