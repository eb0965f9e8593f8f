using Pacsbin.Archives;
using Pacsbin.Studies;
using Pacsbin.Tests.Archives.Servers;
using Xunit;

namespace Pacsbin.Tests.Archives;

/// <summary>Sending to Orthanc through a proxy that cuts, delays, refuses and corrupts.</summary>
public sealed class FaultySendTests : ArchivingTests
{
    private const int Seeds = 300;
    private const int Files = 8;
    private static readonly Fault[] Corrupting = [Fault.CorruptRequest, Fault.CorruptAnswer];

    [Fact]
    public async Task Every_run_ends_whole_or_says_what_is_missing_and_the_next_one_completes_it()
    {
        await using var orthanc = await RequiredServer.OrthancAsync(new OrthancOptions { CountsArrivals = true });
        MakeApproved(Files);
        var approved = Current;
        var files = approved.Files.ToDictionary(f => Path.GetFileNameWithoutExtension(f.Name), f => File.ReadAllBytes(Path.Join(Folder, f.Name)), StringComparer.Ordinal);
        var (whole, incomplete, faults) = (0, 0, new HashSet<Fault>());
        for (var seed = 0; seed < Seeds; seed++)
        {
            await orthanc.ResetAsync();
            approved.Write(Folder);
            Failures.Clear();
            var isFaulty = true;
            var options = new FaultOptions { Seed = seed, Probability = 0.2 + (0.3 * (seed % 3)), Affects = _ => isFaulty };
            options = seed % 20 > 0 ? options with { RetryAfter = [-1, 0] } : options; // a second of waiting now and then is enough
            options = seed % 4 == 3 ? options with { Faults = [.. options.Faults, .. Corrupting] } : options;
            await using var proxy = new FaultProxy(orthanc.DicomWebRoot, options);
            using var client = new ArchiveClient(Store, Store.Add(Definition(proxy.Address), "", replace: true)) { RetryDelay = TimeSpan.FromMilliseconds(2), Patience = TimeSpan.FromSeconds(20) };

            var first = await SendAsync(client, c => new StudySend(c) { RequestInstances = 1 + (seed % 5), ThrottleLimit = 1 + (seed % 2), Rejected = Fail });
            if (Failures.Count == 0)
            {
                whole++;
                Assert.True(first is { IsComplete: true, IsVerified: true, Stored: Files }, proxy.Explain());
                Assert.Equal(StudyState.Sent, Current.State);
            }
            else
            {
                incomplete++;
                var (_, error) = Assert.Single(Failures);
                Assert.Equal(PacsbinError.ArchiveFailed, error.Error);
                var (said, failed) = first!.Failed > 0 ? ($"{first.Failed} of {Files} instances", first.Failed) : ("could not be looked up", 0);
                Assert.True(error.Message.Contains(said, StringComparison.Ordinal) && !first.IsVerified, proxy.Explain());
                Assert.Equal(failed, first.Instances.Count(i => i.Status == InstanceStatus.Failed));
                Assert.Equal(StudyState.Approved, Current.State);
            }

            isFaulty = false;
            Failures.Clear();
            var second = await SendAsync(client);
            Assert.True(Failures.Count == 0 && second is { IsComplete: true, IsVerified: true }, proxy.Explain());
            Assert.Equal(StudyState.Sent, Current.State);
            Assert.Empty(proxy.Errors);
            var stored = await orthanc.SopInstanceUidsAsync();
            Assert.True(files.Keys.All(stored.Contains), proxy.Explain());
            if (!proxy.Records.Any(r => r.Fault == Fault.CorruptRequest && r.Request.IsStore))
            {
                // Of what was changed on the way, an archive may confirm another instance than was sent, and then it has to go again.
                Assert.True(Confirmations.SentAgain(proxy.Records).Count == 0, proxy.Explain());
                Assert.Equal(Files, stored.Count);
                foreach (var (uid, bytes) in files)
                {
                    Assert.Equal(bytes, await orthanc.StoredBytesAsync(uid));
                }
            }

            faults.UnionWith(proxy.Records.Select(r => r.Fault));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{whole} runs were whole at once, {incomplete} with the second call.");
        Assert.True(whole > Seeds / 4 && incomplete > Seeds / 50, $"{whole} whole, {incomplete} incomplete");
        Assert.Superset(new HashSet<Fault>([Fault.Delay, Fault.CutRequest, Fault.CutAnswer, Fault.LoseAnswer, Fault.Refuse, .. Corrupting]), faults);
    }
}
