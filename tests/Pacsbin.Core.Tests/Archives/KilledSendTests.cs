using System.Diagnostics;
using Pacsbin.Archives;
using Pacsbin.Studies;
using Xunit;

namespace Pacsbin.Tests.Archives;

/// <summary>Sending in processes of their own that are killed at some moment.</summary>
public sealed class KilledSendTests : FolderSendingTests
{
    private const string Variable = "PACSBIN_TEST_SEND";
    private const int Files = 120;

    [Theory]
    [InlineData("folder")]
    [InlineData("directory")]
    [InlineData("zip")]
    public void After_a_kill_there_is_no_final_name_or_all_and_a_rerun_ends_as_an_undisturbed_call(string kind)
    {
        var studies = MakeStudies(1, Files);
        Copy(Destination, Temporary["start"]);
        AimAt(Temporary["expected/" + NameOf(kind)]);
        Send(kind);
        var expected = Contents(Temporary["expected"]);
        var interrupted = 0;
        for (var kill = 0; kill < 3 || (interrupted == 0 && kill < 12); kill++)
        {
            Directory.Delete(Destination, recursive: true);
            Copy(Temporary["start"], Destination);
            AimAt(Temporary[$"{kill}/{NameOf(kind)}"]);
            interrupted += Kill(kind, new Random(kill).Next(1, Files)) ? 1 : 0;
            var final = Finals(Temporary[$"{kill}"]);
            Assert.True(final.Count == 0 || final.SequenceEqual(expected.Keys.Order(StringComparer.Ordinal)), string.Join(", ", final));
            if (kind == "folder" || final.Count == 0)
            {
                Send(kind);
                Assert.Empty(NotSent);
                Assert.Equal(Files, Assert.Single(Sent).Stored + Sent[0].Skipped);
            }

            Assert.Equal(expected, Contents(Temporary[$"{kill}"]));
            Assert.Equal(StudyState.Sent, Manifest.Read(Path.Join(Destination, studies[0].StudyInstanceUid))!.State);
        }

        Assert.True(interrupted > 0, "No kill came in time.");
    }

    /// <summary>What the other process does; on its own it is no test.</summary>
    [Fact(Explicit = true)]
    public void Child()
    {
        var (kind, workspace, target) = Environment.GetEnvironmentVariable(Variable)!.Split('|') is [var a, var b, var c] ? (a, b, c) : throw new InvalidOperationException();
        SendOf(kind, target).Run([StudyOf(workspace)], _ => { }, cancellationToken: Token);
    }

    private static FolderSend SendOf(string kind, string target) => new(target) { IsZip = kind == "zip", HasDirectory = kind == "directory" };

    private static string NameOf(string kind) => kind == "zip" ? "out.zip" : "out";

    private void Send(string kind) => Send(Found(), kind == "zip", kind == "directory");

    /// <summary>The files that are under their final names.</summary>
    private static List<string> Finals(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(folder, f)).Where(f => !f.Split(Path.DirectorySeparatorChar).Any(p => p[0] == '.')).Order(StringComparer.Ordinal)];

    /// <summary>Whether the process was killed before it was done.</summary>
    private bool Kill(string kind, int files)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(KilledSendTests).Assembly.Location);
        }

        foreach (var argument in new[] { "-explicit", "only", "-method", $"{typeof(KilledSendTests).FullName}.{nameof(Child)}" })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Variable] = $"{kind}|{Destination}|{Target}";
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEndAsync(Token);
        var above = Path.GetDirectoryName(Target)!;
        while (!process.HasExited && Progress(above, kind == "zip") < files)
        {
        }

        process.Kill();
        process.WaitForExit();
        return Manifest.Read(Path.Join(Destination, Path.GetFileName(Directory.GetDirectories(Destination).Single(d => Path.GetFileName(d)[0] != '.'))))!.State != StudyState.Sent;
    }

    /// <summary>How many files are there, or a part of the archive for each.</summary>
    private static long Progress(string folder, bool isZip)
    {
        try
        {
            var files = Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { AttributesToSkip = 0, RecurseSubdirectories = true }) : [];
            return isZip ? files.Sum(f => f.Length) / 400 : files.Count();
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
