using Xunit;

namespace Pacsbin.Tests.Archives.Servers;

public sealed class FaultProxyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_faults_proxy_passes_all_through()
    {
        await using var orthanc = await RequiredServer.OrthancAsync();
        await using var proxy = new FaultProxy(orthanc.DicomWebRoot, new() { Probability = 0 });
        using var client = new HttpClient();
        var file = SampleInstance.Make("1.2.3", "1.2.3.1", "1.2.3.1.1");

        using var stored = await client.PostAsync(proxy.Address + "/studies", ScriptedServerTests.Form(file), Cancel);
        using var retrieved = await client.GetAsync(proxy.Address + "/studies/1.2.3", Cancel);
        using var again = await client.PostAsync(proxy.Address + "/studies", ScriptedServerTests.Form(file), Cancel);

        Assert.True(stored.IsSuccessStatusCode);
        var parts = Multipart.Parse(retrieved.Content.Headers.ContentType!.ToString(), await retrieved.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal([file], parts.Select(part => part.Body));
        Assert.Equal(["1.2.3.1.1"], proxy.Records[0].Confirmed);
        Assert.Equal(["1.2.3.1.1"], Confirmations.SentAgain(proxy.Records));
        Assert.Empty(Confirmations.SentAgain(proxy.Records.Take(2)));
        Assert.Empty(proxy.Errors);
    }

    [Theory]
    [InlineData(Fault.CutRequest, 0)]
    [InlineData(Fault.LoseAnswer, 1)]
    [InlineData(Fault.CutAnswer, 1)]
    [InlineData(Fault.EndAnswer, 1)]
    internal async Task Cut_connection_reaches_client_as_one(Fault fault, int arrived)
    {
        await using var archive = new ScriptedArchive();
        await using var proxy = new FaultProxy(archive.DicomWebRoot, new() { Probability = 1, Faults = [fault] });
        using var client = new HttpClient();
        using var form = ScriptedServerTests.Form(SampleInstance.Make("1.2.3", "1.2.3.1", "1.2.3.1.1"));

        await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(proxy.Address + "/studies", form, Cancel));

        Assert.Equal(arrived, archive.Arrivals.Count);
        Assert.Empty(proxy.Records.SelectMany(record => record.Confirmed));
        Assert.All(proxy.Records, record => Assert.Equal(fault, record.Fault));
        Assert.Contains($"{fault}", proxy.Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_with_expectation_is_cut_anywhere_before_its_end()
    {
        await using var server = new ScriptedServer(exchange => exchange.RespondAsync(200));
        await using var proxy = new FaultProxy(server.Address, new() { Probability = 1, Faults = [Fault.CutRequest] });
        using var client = new HttpClient();
        client.DefaultRequestHeaders.ExpectContinue = true;
        for (var i = 0; i < 60; i++)
        {
            using var content = new ByteArrayContent([1, 2, 3]);
            await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync(proxy.Address, content, Cancel));
        }

        Assert.Empty(proxy.Errors);
        Assert.Equal(60, proxy.Records.Count);
    }

    [Fact]
    public async Task Corrupted_body_differs_in_one_byte()
    {
        await using var server = new ScriptedServer(exchange => exchange.RespondAsync(200, exchange.Request.Body));
        await using var proxy = new FaultProxy(server.Address, new() { Probability = 1, Faults = [Fault.CorruptRequest, Fault.CorruptAnswer], Seed = 7 });
        using var client = new HttpClient();
        var sent = new byte[500];

        for (var i = 0; i < 8; i++)
        {
            using var content = new ByteArrayContent(sent);
            using var answer = await client.PostAsync(proxy.Address, content, Cancel);
            Assert.Single(await answer.Content.ReadAsByteArrayAsync(Cancel), value => value != 0);
        }

        Assert.Equal(2, proxy.Records.Select(record => record.Fault).Distinct().Count());
    }

    [Fact]
    public async Task Same_seed_makes_same_faults()
    {
        async Task<IEnumerable<(Fault, int)>> RunAsync(int seed)
        {
            await using var server = new ScriptedServer(exchange => exchange.RespondAsync(200));
            await using var proxy = new FaultProxy(server.Address, new() { Seed = seed, Probability = 0.5, Faults = [Fault.Delay, Fault.Refuse] });
            using var client = new HttpClient();
            for (var i = 0; i < 20; i++)
            {
                using var answer = await client.GetAsync(proxy.Address, Cancel);
            }

            return [.. proxy.Records.Select(record => (record.Fault, record.Detail))];
        }

        var first = await RunAsync(1);

        Assert.Equal(first, await RunAsync(1));
        Assert.NotEqual(first, await RunAsync(2));
    }
}
