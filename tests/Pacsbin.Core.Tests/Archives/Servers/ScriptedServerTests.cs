using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Pacsbin.Tests.Archives.Servers;

public sealed class ScriptedServerTests
{
    private static readonly byte[] First = SampleInstance.Make("1.2.3", "1.2.3.1", "1.2.3.1.1");
    private static readonly byte[] Second = SampleInstance.Make("1.2.3", "1.2.3.1", "1.2.3.1.2");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_goes_out_byte_by_byte_and_can_be_cut()
    {
        await using var server = new ScriptedServer(async exchange =>
        {
            await exchange.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
            await exchange.SendAsync("12345");
            exchange.Cut();
        });
        using var client = new HttpClient();

        using var answer = await client.GetAsync(server.Address, HttpCompletionOption.ResponseHeadersRead, Cancel);

        Assert.Equal(10, answer.Content.Headers.ContentLength);
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsByteArrayAsync(Cancel));
    }

    [Fact]
    public async Task Requests_are_recorded_chunked_or_not_on_one_connection()
    {
        await using var server = new ScriptedServer(exchange => exchange.RespondAsync(200, "ok", "text/plain"));
        using var client = new HttpClient();
        foreach (var chunked in new[] { false, true })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, server.Address) { Content = new ByteArrayContent(First) };
            request.Headers.TransferEncodingChunked = chunked;
            using var answer = await client.SendAsync(request, Cancel);
            Assert.Equal("ok", await answer.Content.ReadAsStringAsync(Cancel));
        }

        Assert.Equal([false, true], server.Requests.Select(request => request.IsChunked));
        Assert.All(server.Requests, request => Assert.Equal(First, request.Body));
        Assert.Equal(1, server.Connections);
        Assert.Empty(server.Errors);
    }

    [Fact]
    public async Task Archive_stores_finds_and_retrieves_over_tls()
    {
        using var certificates = new TestCertificates();
        await using var archive = new ScriptedArchive(TlsFront.Options(certificates.Server));
        using var client = OrthancServerTests.Client(certificates.Authority, null);

        using var stored = await client.PostAsync(archive.DicomWebRoot + "/studies", Form(First, Second), Cancel);
        var page = await client.GetStringAsync(archive.DicomWebRoot + "/studies/1.2.3/instances?limit=1&offset=1", Cancel);
        using var retrieved = await client.GetAsync(archive.DicomWebRoot + "/studies/1.2.3", Cancel);

        Assert.Equal(HttpStatusCode.OK, stored.StatusCode);
        Assert.Equal(["1.2.3.1.1", "1.2.3.1.2"], Confirmations.Of(await stored.Content.ReadAsByteArrayAsync(Cancel)));
        Assert.Equal("1.2.3.1.2", (string?)JsonNode.Parse(page)!.AsArray().Single()!["00080018"]!["Value"]![0]);
        var parts = Multipart.Parse(retrieved.Content.Headers.ContentType!.ToString(), await retrieved.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal([First, Second], parts.Select(part => part.Body));
        Assert.Empty(archive.Server.Errors);
    }

    [Fact]
    public async Task Archive_does_wrong_where_told_to()
    {
        await using var archive = new ScriptedArchive();
        using var client = new HttpClient();
        archive.Faults.FailureReasons["1.2.3.1.1"] = 0xA700;
        archive.Faults.BusyAnswers = 1;
        var studies = archive.DicomWebRoot + "/studies";

        using var busy = await client.PostAsync(studies, Form(First, Second), Cancel);
        using var partly = await client.PostAsync(studies, Form(First, Second), Cancel);
        using var none = await client.PostAsync(studies, Form(First), Cancel);
        archive.Faults.MaximumBody = 10;
        using var large = await client.PostAsync(studies, Form(Second), Cancel);
        archive.Faults.NothingIsNoContent = true;
        using var nothing = await client.GetAsync(studies + "?PatientID=nobody", Cancel);
        archive.Faults.RedirectStatus = 307;
        using var moved = await client.GetAsync(studies, Cancel);

        Assert.Equal([503, 202, 409, 413, 204, 200], new[] { busy, partly, none, large, nothing, moved }.Select(answer => (int)answer.StatusCode));
        var failed = JsonNode.Parse(await partly.Content.ReadAsStringAsync(Cancel))!["00081198"]!["Value"]![0]!;
        Assert.Equal(0xA700, (int)failed["00081197"]!["Value"]![0]!);
        Assert.Equal(["1.2.3.1.2"], archive.Instances.Keys);
        Assert.StartsWith("/moved/dicom-web", moved.RequestMessage!.RequestUri!.AbsolutePath, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(AnswerFraming.Length)]
    [InlineData(AnswerFraming.Chunked)]
    [InlineData(AnswerFraming.Close)]
    internal async Task Retrieve_answers_end_in_three_ways_and_a_cut_shows_unless_connection_tells_the_end(AnswerFraming framing)
    {
        await using var archive = new ScriptedArchive();
        archive.Add(First);
        archive.Faults.RetrieveFraming = framing;
        archive.Faults.CutsInOrder = true;
        archive.Faults.CutAfter = 400;
        using var client = new HttpClient();
        var study = archive.DicomWebRoot + "/studies/1.2.3";

        using var whole = await client.GetAsync(study, Cancel);
        archive.Faults.CutAnswers = 1;
        var cut = await Record.ExceptionAsync(async () => (await client.GetAsync(study, Cancel)).Dispose());

        var parts = Multipart.Parse(whole.Content.Headers.ContentType!.ToString(), await whole.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal([First], parts.Select(part => part.Body));
        Assert.Equal(framing == AnswerFraming.Close, cut is null);
    }

    internal static HttpContent Form(params byte[][] files)
    {
        var form = new Multipart();
        var content = new ByteArrayContent(form.Build(files.Select(file => new MultipartPart(file))));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(form.ContentType);
        return content;
    }
}
