using System.Collections.Concurrent;
using Pacsbin.Deidentification;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Deidentification.Scripts;

public sealed class SafeScriptTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Tokens_of_hazards_are_in_no_copy_under_the_script_of_pacsbin()
    {
        var hazards = TestData.Hazards();
        var studies = hazards.Select(h => Path.GetFullPath(h.Path)).ToList();
        var rejected = new ConcurrentDictionary<string, PacsbinException>(StringComparer.Ordinal);
        var copies = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        foreach (var hazard in hazards)
        {
            var destination = Path.Join(folder.Path, hazard.Token);
            using var run = new DeidentificationRun(DeidentificationProfile.Basic, destination)
            {
                Script = AnonymizerScript.Load(PublishedScript.PacsbinPath),
                Rejected = (_, e) => rejected[hazard.Name] = e,
            };
            var found = new StudyScanner { Rejected = (_, e) => rejected[hazard.Name] = e }.Scan([hazard.Path], TestContext.Current.CancellationToken);
            run.Run(found, study => copies[hazard.Name] = study.Path, cancellationToken: TestContext.Current.CancellationToken);
        }

        List<string> leaks = [];
        foreach (var hazard in hazards.Where(h => copies.ContainsKey(h.Name)))
        {
            foreach (var file in Directory.EnumerateFiles(copies[hazard.Name]))
            {
                if (TokenSearch.Find(File.ReadAllBytes(file), hazard.Token) is { } where)
                {
                    leaks.Add($"{hazard.Name}: {where} ({hazard.Why})");
                }
            }
        }

        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
        var refused = hazards.Where(h => h.Expect == "clean" && !copies.ContainsKey(h.Name)).Select(h => $"{h.Name} {rejected.GetValueOrDefault(h.Name)?.Error} {rejected.GetValueOrDefault(h.Name)?.Message}").ToList();
        Assert.True(refused.Count == 0, $"{refused.Count}\n{string.Join('\n', refused)}");
    }

    public void Dispose() => folder.Dispose();
}
