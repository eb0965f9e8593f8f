using System.Globalization;

namespace Pacsbin.Tests;

public sealed class CorpusTests
{
    const string Script = """
        param($Source, $Destination)
        $VerbosePreference = 'SilentlyContinue'
        Invoke-PacsbinAnonymize $Source -Destination $Destination -AllowWord FUZZ -ErrorVariable failed -ErrorAction SilentlyContinue -Verbose 4>&1 | ForEach-Object {
            if ($_ -is [Pacsbin.Studies.DicomStudy]) { "study $($_.Outcome.Written) $($_.Outcome.Skipped)" } else { "verbose $_" }
        }
        foreach ($f in $failed) { if ($f -is [System.Management.Automation.ErrorRecord]) { "error $($f.FullyQualifiedErrorId) $($f.TargetObject)" } }
        "memory $([Diagnostics.Process]::GetCurrentProcess().PeakWorkingSet64)"
        """;

    [Fact]
    public async Task Every_file_of_the_corpus_comes_out_or_is_an_error_or_is_skipped()
    {
        var names = TestData.CorpusFiles().Select(f => f.Path).ToHashSet();
        string source = TestData.RequireShared("corpus", "files");
        string folder = Directory.CreateTempSubdirectory("pacsbin-corpus").FullName;
        try
        {
            string script = Path.Combine(folder, "corpus.ps1");
            await File.WriteAllTextAsync(script, Script, TestContext.Current.CancellationToken);
            var result = await HostProcess.Run(script, source, Path.Combine(folder, "out"));
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
            var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ToLookup(l => l.Split(' ')[0], l => l.Split(' ', 2)[1]);
            int[] Numbers(string line) => [.. line.Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture))];

            int done = lines["study"].Sum(l => Numbers(l).Sum());
            var rejected = lines["error"].Select(l => l.Split(' ', 2)).ToList();
            int notDicom = lines["verbose"].Select(l => System.Text.RegularExpressions.Regex.Match(l, @"skipped (\d+) files")).Where(m => m.Success).Sum(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture));
            Assert.Equal(names.Count, done + rejected.Count + notDicom);
            Assert.All(rejected, r => Assert.Contains(r[1], names));
            Assert.All(rejected, r => Assert.True(Enum.TryParse<PacsbinError>(r[0].Split(',')[0], out _), r[0]));
            Assert.True(done > names.Count / 2);
            Assert.InRange(rejected.Count(r => r[0].StartsWith("IdentifierLeft,", StringComparison.Ordinal)), 1, names.Count / 50); // patients called as something else in the file is; many made ones are FUZZ, of FUZZ_MFG
            Assert.InRange(long.Parse(Assert.Single(lines["memory"]), CultureInfo.InvariantCulture), 1, 512L << 20);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
