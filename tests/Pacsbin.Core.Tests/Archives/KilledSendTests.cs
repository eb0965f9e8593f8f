using System.Diagnostics;
using System.Globalization;
using Pacsbin.Archives;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;
using Xunit;

namespace Pacsbin.Tests.Archives;

/// <summary>Sends by a process of its own that is killed at some moment.</summary>
public sealed class KilledSendTests : ArchivingTests
{
    private const string WorkspaceVariable = "PACSBIN_TEST_WORKSPACE";
    private const string AddressVariable = "PACSBIN_TEST_ARCHIVE";
    private const int Files = 60;
    private static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("PACSBIN_TEST_KILLS") ?? "8", CultureInfo.InvariantCulture);

    [Fact]
    public async Task After_a_kill_the_next_call_goes_on_and_sends_nothing_that_was_noted()
    {
        MakeApproved(Files);
        var approved = Current;
        var inMiddle = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            approved.Write(Folder);
            await using var archive = new ScriptedArchive();
            await using var proxy = new FaultProxy(archive.DicomWebRoot, new FaultOptions { Probability = 0 });
            var stores = new Random(kill).Next(1, Files);
            await KillAsync(proxy, stores);
            var noted = Current.Files.Where(f => f.Sent is not null).Select(f => Path.GetFileNameWithoutExtension(f.Name)).ToList();
            inMiddle += noted.Count is > 0 and < Files ? 1 : 0;
            Assert.All(noted, uid => Assert.Contains(uid, archive.Instances.Keys));
            var before = proxy.Records.Count;

            var result = await SendAsync(Client(proxy.Address));

            Assert.Empty(Failures);
            Assert.True(result!.IsVerified);
            Assert.Equal((Files, noted.Count), (result.Stored + result.Skipped, result.Skipped));
            Assert.Empty(proxy.Records.Skip(before).SelectMany(r => r.Sent).Intersect(noted));
            Assert.Equal(Files, archive.Instances.Count);
            Assert.Equal([Folder], Directory.GetFileSystemEntries(Destination));
            Assert.Equal(StudyState.Sent, Seen().State);
        }

        Assert.True(inMiddle > Kills / 2, $"Of {Kills} kills {inMiddle} hit the sending.");
    }

    /// <summary>What the other process does; on its own it is no test.</summary>
    [Fact(Explicit = true)]
    public async Task Child()
    {
        var study = StudyOf(Environment.GetEnvironmentVariable(WorkspaceVariable)!);
        var send = new StudySend(Client(new Uri(Environment.GetEnvironmentVariable(AddressVariable)!))) { RequestInstances = 1, ThrottleLimit = 2 };
        await send.RunAsync([study], _ => { }, cancellationToken: TestContext.Current.CancellationToken);
    }

    private async Task KillAsync(FaultProxy proxy, int stores)
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

        start.Environment[WorkspaceVariable] = Destination;
        start.Environment[AddressVariable] = proxy.Address.AbsoluteUri;
        using var process = Process.Start(start)!;
        var deadline = Stopwatch.StartNew();
        while (!process.HasExited && proxy.Records.Count(r => r.Request.IsStore) < stores)
        {
            Assert.True(deadline.Elapsed < TimeSpan.FromSeconds(60), "The other process sent nothing in a minute.");
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }
}
