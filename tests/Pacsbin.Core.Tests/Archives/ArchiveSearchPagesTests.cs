using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Pacsbin.Archives;
using Pacsbin.Tests.Archives.Servers;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed class ArchiveSearchPagesTests : ArchivingTests
{
    private const int Instances = 1000;

    /// <param name="expected">What the search is told.</param>
    /// <param name="most">The most that the archive gives in a page.</param>
    /// <param name="heedsLimit">Whether it gives no more than it is asked for.</param>
    /// <param name="heedsOffset">Whether it begins where it is told to.</param>
    [Theory]
    [InlineData(0, Instances, true, true)]
    [InlineData(Instances, Instances, true, true)]
    [InlineData(Instances, 249, true, true)]
    [InlineData(Instances, 100, true, true)]
    [InlineData(Instances, 25, true, true)]
    [InlineData(Instances, Instances, false, true)]
    [InlineData(Instances, Instances, false, false)]
    [InlineData(Instances, Instances - 1, false, true)]
    [InlineData(Instances / 2, 100, true, true)]
    [InlineData(7 * Instances, Instances, true, true)]
    public async Task Every_instance_is_found_once(int expected, int most, bool heedsLimit, bool heedsOffset)
    {
        var all = Enumerable.Range(0, Instances).Select(i => string.Create(CultureInfo.InvariantCulture, $"1.2.{i}")).ToList();
        await using var archive = new Listener((socket, _, stop) => ServeAsync(socket, (limit, offset) => [.. all.Skip(heedsOffset ? offset : 0).Take(Math.Min(most, heedsLimit ? limit : most))], stop));
        var client = Client(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{archive.Port}/")));

        var found = await new ArchiveSearch(client).InstancesAsync("1.2", null, expected, TestContext.Current.CancellationToken);

        Assert.Equal(all, found.Instances.Select(i => i.SopInstanceUid));
        Assert.True(found.IsWhole);
        Assert.Empty(archive.Errors);
    }

    private static async Task ServeAsync(Socket socket, Func<int, int, string[]> list, CancellationToken stop)
    {
        using var reader = new StreamReader(new NetworkStream(socket), Encoding.ASCII);
        while (await reader.ReadLineAsync(stop) is { } first)
        {
            while (await reader.ReadLineAsync(stop) is { Length: > 0 })
            {
            }

            int Number(string name) => int.Parse(first.Split(name + "=")[1].Split('&', ' ')[0], CultureInfo.InvariantCulture);
            var page = list(Number("limit"), Number("offset")).Select(uid => new Dictionary<string, object> { ["00080018"] = new { vr = "UI", Value = new[] { uid } } });
            var body = JsonSerializer.Serialize(page);
            await socket.SendAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 200 OK\r\nContent-Type: application/dicom+json\r\nContent-Length: {body.Length}\r\n\r\n{body}")), stop);
        }
    }
}
