using System.Globalization;
using System.Text;
using Pacsbin.Deidentification.Scripts;
using Pacsbin.Dicom;

namespace Pacsbin.Benchmarks;

/// <summary>What a script costs beside the built-in profile, on the set of 10,000 files, and how long it takes to load.</summary>
internal sealed class ScriptBenchmark(Options options, string work, Report report)
{
    private const int Rules = 1030;

    public void Run(SampleSet set, string input)
    {
        List<Contender> contenders = [new("profile", (from, to) => Product.Deidentify(from, to, options.Parallelism))];
        foreach (var (name, text) in Scripts())
        {
            report.AddTime(set, $"load {name}", Load(text));
            foreach (var exact in new[] { false, true })
            {
                var script = AnonymizerScript.Parse(text, exact);
                contenders.Add(new($"{name}, {(exact ? "exact" : "safe")}", (from, to) => Product.Deidentify(from, to, options.Parallelism, script)));
            }
        }

        var best = new Contest(work).Run(input, options.Rounds, contenders);
        foreach (var (name, time) in best)
        {
            report.AddTime(set, name, time);
            if (name != contenders[0].Name)
            {
                report.AddRatio(set.Name, $"{name} / profile", time / best[contenders[0].Name], atMost: 1.3);
            }
        }
    }

    /// <summary>A script with a rule for each of many attributes, and that of Pacsbin where it is beside the repository.</summary>
    private static IEnumerable<(string Name, string Text)> Scripts()
    {
        yield return ($"made script of {Rules} rules", Make());
        var published = Path.Combine(Repository.Root, "..", "shared", "pacsbin", "script.json");
        if (File.Exists(published))
        {
            yield return ("script of Pacsbin", File.ReadAllText(published));
        }
    }

    private static string Make()
    {
        var script = new StringBuilder("remove.privategroups=\n");
        var indexes = Enumerable.Range(0, DicomDictionary.Count).Where(i => DicomDictionary.TagAt(i).Group is > 0x0007 and < 0x0029);
        foreach (var index in indexes.Take(Rules))
        {
            var tag = DicomDictionary.TagAt(index);
            var action = DicomDictionary.VrAt(index) switch
            {
                Vr.UI when DicomDictionary.EntryAt(index).Keyword.Contains("Class", StringComparison.Ordinal) => "@keep()",
                Vr.UI => "@hashuid(2.25,this)",
                Vr.DA => "@hashdate(this,PatientID)",
                Vr.PN or Vr.LO or Vr.SH => "@hash(this,8)",
                Vr.CS or Vr.DS or Vr.IS or Vr.US => "@keep()",
                Vr.SQ => "@process()",
                _ => "@remove()",
            };
            script.Append(CultureInfo.InvariantCulture, $"set.[{tag.Group:x4},{tag.Element:x4}]={action}\n");
        }

        return script.ToString();
    }

    private static TimeSpan Load(string text)
    {
        var best = TimeSpan.MaxValue;
        for (var round = 0; round < 20; round++)
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            _ = AnonymizerScript.Parse(text);
            best = watch.Elapsed < best ? watch.Elapsed : best;
        }

        return best;
    }
}
