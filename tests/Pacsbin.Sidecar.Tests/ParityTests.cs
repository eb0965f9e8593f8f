using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pacsbin.Studies;

namespace Pacsbin.Tests;

/// <summary>The same input through cmdlet and HTTP gives the same bytes.</summary>
public sealed partial class ParityTests
{
    private const string Script = "set.[0010,0010]PatientName=@empty()\n";

    [Fact]
    public async Task Cmdlets_and_operations_leave_the_same_bytes()
    {
        await using var server = await SidecarServer.StartAsync();
        var studies = server.Studies;
        studies.Add("1.dcm", frames: 2, burnedIn: "YES");
        studies.Add("2.dcm", instance: 2);
        var copy = Assert.Single(studies.Deidentify());
        var (uid, study) = (copy.StudyInstanceUid, $"/v1/studies/{copy.StudyInstanceUid}");
        var (other, pictures) = (Path.Join(studies.Root, "other"), Path.Join(studies.Root, "pictures"));
        Copy(copy.Path, Path.Join(other, uid));
        var script = Path.Join(studies.Source, "some.script");
        await File.WriteAllTextAsync(script, Script, TestContext.Current.CancellationToken);

        var host = await HostProcess.Run("-Command", $"""
            Get-DicomStudy '{other}' | Add-RedactionRegion -Region '1,2,10,5' | Out-Null
            Export-DicomImage '{other}' -Destination '{pictures}' -AllFrames -WindowCenter 100 -WindowWidth 80 | Out-Null
            $null = Approve-PacsbinStudy '{other}' -Reviewer 'R. Reader' -Comment 'Seen.' -AcceptFinding BurnedInSuspected
            Export-PacsbinReport '{other}' '{studies.Root}/report.json' -Format Json -Title 'Batch' | Out-Null
            ConvertTo-PacsbinScript '{script}' CtpXml '{studies.Root}/script.xml' | Out-Null
            (Test-PacsbinStudy '{other}').IsPassed
            """);
        Assert.Equal((0, "True\n", ""), (host.ExitCode, host.Output, host.Error));

        await server.SendAsync(HttpMethod.Post, $"{study}/regions", """{ "regions": [{ "x": 1, "y": 2, "width": 10, "height": 5 }] }""", HttpStatusCode.OK);
        foreach (var instance in copy.Series[0].Instances)
        {
            foreach (var frame in instance.Length > copy.Series[0].Instances.Min(i => i.Length) ? new[] { 1, 2 } : [0])
            {
                var suffix = frame == 0 ? "" : $"-frame{frame:D4}";
                var png = await server.Client.GetByteArrayAsync(
                    $"{study}/series/{copy.Series[0].SeriesInstanceUid}/instances/{instance.SopInstanceUid}/frames/{Math.Max(1, frame)}?windowCenter=100&windowWidth=80", TestContext.Current.CancellationToken);
                Assert.Equal(await File.ReadAllBytesAsync(Path.Join(pictures, $"{instance.SopInstanceUid}{suffix}.png"), TestContext.Current.CancellationToken), png);
            }
        }

        await server.SendAsync(HttpMethod.Post, $"{study}/approval", """{ "reviewer": "R. Reader", "comment": "Seen.", "acceptedFindings": ["BurnedInSuspected"] }""", HttpStatusCode.OK);
        var names = Directory.GetFiles(copy.Path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(names, Directory.GetFiles(Path.Join(other, uid)).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.All(names, n => Assert.Equal(Comparable(Path.Join(other, uid, n)), Comparable(Path.Join(copy.Path, n))));

        using var report = await server.Client.PostAsync("/v1/reports", new StringContent("""{ "format": "Json", "title": "Batch" }""", Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
        Assert.Equal(
            Times().Replace(await File.ReadAllTextAsync(Path.Join(studies.Root, "report.json"), TestContext.Current.CancellationToken), ""),
            Times().Replace(await report.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), ""));
        var converted = await server.SendAsync(HttpMethod.Post, "/v1/scripts/convert", new JsonObject { ["path"] = script, ["format"] = "CtpXml" }.ToJsonString(), HttpStatusCode.OK);
        Assert.Equal(await File.ReadAllTextAsync(Path.Join(studies.Root, "script.xml"), TestContext.Current.CancellationToken), (string?)converted["content"]);
        Assert.True((bool)(await server.GetAsync($"{study}/test"))["isPassed"]!);
    }

    /// <summary>A file's bytes; of a manifest without the times of the two calls.</summary>
    private static string Comparable(string path) =>
        Path.GetFileName(path) == Manifest.FileName ? Times().Replace(File.ReadAllText(path), "") : Convert.ToHexString(File.ReadAllBytes(path));

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
        {
            File.Copy(file, Path.Join(to, Path.GetFileName(file)));
        }
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)")]
    private static partial Regex Times();
}
