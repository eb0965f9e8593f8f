namespace Pacsbin.Tests.Archives.Servers;

/// <summary>Servers of other makers that a test cannot do without.</summary>
internal static class RequiredServer
{
    /// <summary>Starts Orthanc; skips the running test where it is not installed, and fails it there in CI.</summary>
    public static async Task<OrthancServer> OrthancAsync(OrthancOptions? options = null)
    {
        if (OrthancServer.Missing is { } reason)
        {
            Peer.Miss(reason);
        }

        return await OrthancServer.StartAsync(options);
    }
}
