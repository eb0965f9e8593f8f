using Pacsbin.Archives;
using Pacsbin.Studies;
using Pacsbin.Tests.Review;
using Xunit;

namespace Pacsbin.Tests.Archives;

/// <summary>What tests of sending and fetching share.</summary>
public abstract class ArchivingTests : ReviewingTests
{
    private readonly List<ArchiveClient> clients = [];

    public override void Dispose()
    {
        clients.ForEach(c => c.Dispose());
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected List<(string Path, PacsbinException Error)> Failures { get; } = [];

    private protected ArchiveStore Store => new(Temporary["archives"]);

    private protected static ArchiveDefinition Definition(Uri root) => new() { Name = "test", QidoUri = root, WadoUri = root, StowUri = root };

    /// <summary>A client that does not wait long; it is disposed with the test.</summary>
    private protected ArchiveClient Client(ArchiveDefinition archive, string secret = "")
    {
        var client = new ArchiveClient(Store, Store.Add(archive, secret, replace: true)) { RetryDelay = TimeSpan.FromMilliseconds(5), Patience = TimeSpan.FromSeconds(20) };
        clients.Add(client);
        return client;
    }

    private protected ArchiveClient Client(Uri root) => Client(Definition(root));

    /// <summary>De-identifies and approves a study of images.</summary>
    private protected void MakeApproved(int files)
    {
        Make(files);
        Assert.Equal(Pacsbin.Review.ApprovalOutcome.Recorded, Approve());
    }

    /// <summary>Sends the only study of the workspace; null if there was no result.</summary>
    private protected async Task<SendResult?> SendAsync(ArchiveClient client, Func<ArchiveClient, StudySend>? make = null, CancellationToken? cancellation = null)
    {
        SendResult? result = null;
        var send = make?.Invoke(client) ?? new StudySend(client) { Rejected = Fail };
        await send.RunAsync([StudyOf(Destination)], r => result = r, cancellationToken: cancellation ?? TestContext.Current.CancellationToken);
        return result;
    }

    private protected void Fail(string path, PacsbinException error)
    {
        lock (Failures)
        {
            Failures.Add((path, error));
        }
    }

}
