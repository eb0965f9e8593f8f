using Xunit;

namespace Pacsbin.Tests.Examples;

/// <summary>With PACSBIN_WRITE_EXAMPLES=1 the files are written instead of compared.</summary>
public sealed class ExampleStudiesTests
{
    private static readonly string Folder = FindFolder();

    [Fact]
    public void Checked_in_files_are_what_the_generator_makes()
    {
        var isWriting = Environment.GetEnvironmentVariable("PACSBIN_WRITE_EXAMPLES") == "1";
        foreach (var (path, content) in ExampleStudies.Make())
        {
            var file = Path.Combine(Folder, path);
            if (isWriting)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllBytes(file, content);
            }

            Assert.True(File.ReadAllBytes(file).AsSpan().SequenceEqual(content), path);
        }

        var made = ExampleStudies.Make().Select(f => f.Path).Order(StringComparer.Ordinal);
        Assert.Equal(made, FilesOfFolder());
    }

    [Fact]
    public void Files_are_three_studies_of_less_than_a_megabyte()
    {
        Assert.InRange(ExampleStudies.Make().Sum(f => f.Content.Length), 1, 999_999);
        var scan = new Pacsbin.Studies.StudyScanner().Scan([Folder], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(["CT", "SR", "US"], scan.Studies.SelectMany(s => s.Modality).Order(StringComparer.Ordinal));
        Assert.Equal(0, scan.SkippedFiles);
    }

    private static IEnumerable<string> FilesOfFolder() =>
        Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(Folder, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal);

    private static string FindFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "PacsbinPS.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests run outside the repository.");
        }

        return Path.Combine(folder.FullName, "examples", "data");
    }
}
