using System.Text.RegularExpressions;
using Xunit;

namespace Pacsbin.Tests;

/// <summary>The direction of dependencies: a stage of the work knows the stages before it, never those after.</summary>
public sealed partial class ArchitectureTests
{
    /// <summary>What each folder of the core may use besides itself.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Dicom"] = [],
        ["Imaging"] = ["Dicom"],
        ["Redaction"] = ["Dicom", "Imaging"],
        ["Studies"] = ["Dicom", "Redaction"],
        ["Sidecars"] = ["Studies"],
        ["Projects"] = ["Dicom", "Studies"],
        ["Deidentification"] = ["Dicom", "Imaging", "Redaction", "Studies", "Projects"],
        ["Review"] = ["Dicom", "Imaging", "Redaction", "Studies", "Projects", "Deidentification"],
        ["Archives"] = ["Dicom", "Imaging", "Redaction", "Studies", "Projects", "Deidentification", "Review"],
    };

    [Fact]
    public void Folders_of_the_core_use_only_what_comes_before_them()
    {
        var core = Path.Join(Source, "Pacsbin.Core");
        var folders = Directory.GetDirectories(core).Select(Path.GetFileName).Where(f => f is not ("bin" or "obj"));
        Assert.Equal(Allowed.Keys.Order(), folders.Order());
        var checkedUsings = 0;
        foreach (var (folder, allowed) in Allowed)
        {
            foreach (var (file, used) in Usings(Path.Join(core, folder)))
            {
                var stage = used.Split('.') is ["Pacsbin", var name, ..] ? name : null;
                Assert.True(stage is null || stage == folder || allowed.Contains(stage), $"{file} uses {used}.");
                checkedUsings++;
            }
        }

        Assert.True(checkedUsings > 50);
    }

    [Fact]
    public void Core_knows_no_front_end_and_only_archives_know_the_network()
    {
        foreach (var (file, used) in Usings(Path.Join(Source, "Pacsbin.Core")))
        {
            Assert.False(ForbiddenInCore().IsMatch(used), $"{file} uses {used}.");
            Assert.True(!Network().IsMatch(used) || file.Contains($"{Path.DirectorySeparatorChar}Archives{Path.DirectorySeparatorChar}", StringComparison.Ordinal), $"{file} uses {used}.");
        }
    }

    [Fact]
    public void Namespaces_are_folders()
    {
        foreach (var file in Files(Path.Join(Source, "Pacsbin.Core")))
        {
            var folder = Path.GetRelativePath(Path.Join(Source, "Pacsbin.Core"), Path.GetDirectoryName(file)!);
            var expected = folder == "." ? "Pacsbin" : $"Pacsbin.{folder.Replace(Path.DirectorySeparatorChar, '.')}";
            Assert.Contains($"namespace {expected};", File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    private static string Source => Path.Join(TestData.Repository, "src");

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));

    private static IEnumerable<(string File, string Namespace)> Usings(string folder) =>
        from file in Files(folder)
        from Match match in Using().Matches(File.ReadAllText(file))
        select (file, match.Groups[1].Value);

    [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(@"^(System\.Management\.Automation|Microsoft\.AspNetCore(?!\.WebUtilities$)|Microsoft\.Extensions|Pacsbin\.(PowerShell|Sidecar|Host))")]
    private static partial Regex ForbiddenInCore();

    [GeneratedRegex(@"^(System\.Net|Microsoft\.Net|Microsoft\.AspNetCore|Polly)")]
    private static partial Regex Network();
}
