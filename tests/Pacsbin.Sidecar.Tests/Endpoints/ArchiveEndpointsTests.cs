using System.Net;
using Pacsbin.Archives;
using Pacsbin.Tests.Archives.Servers;

namespace Pacsbin.Tests.Endpoints;

public sealed class ArchiveEndpointsTests
{
    private const string SecretText = "open-sesame-4711";

    [Fact]
    public async Task Archives_are_shown_without_their_secrets()
    {
        await using var server = await SidecarServer.StartAsync();
        var root = new Uri("https://pacs.example/dicom-web");
        new ArchiveStore().Add(new ArchiveDefinition { Name = "pacs 1", QidoUri = root, Authentication = ArchiveAuthentication.Basic, UserName = "robot" }, SecretText, replace: true);
        var all = await server.GetAsync("/v1/archives");
        var shown = all["archives"]!.AsArray().Single(a => (string?)a!["name"] == "pacs 1")!;
        Assert.Equal(("https://pacs.example/dicom-web", "Basic", "Stored", null), ((string?)shown["qidoUri"], (string?)shown["authentication"], (string?)shown["secret"], (string?)shown["stowUri"]));
        Assert.Equal(shown.ToJsonString(), (await server.GetAsync("/v1/archives/PACS%201")).ToJsonString());
        Assert.DoesNotContain(SecretText, all.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(new ArchiveStore().Find("pacs 1").ProtectedSecret!, all.ToJsonString(), StringComparison.Ordinal);
        await server.RefusedAsync(HttpMethod.Get, "/v1/archives/none", null, HttpStatusCode.NotFound, PacsbinError.FileNotFound);
        await server.RequireHealthyAsync(SecretText);
    }

    [Fact]
    public async Task Archive_is_tried_over_the_network()
    {
        await using var server = await SidecarServer.StartAsync();
        using var nobody = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        nobody.Start();
        var port = ((IPEndPoint)nobody.LocalEndpoint).Port;
        nobody.Stop();
        new ArchiveStore().Add(new ArchiveDefinition { Name = "silent", QidoUri = new Uri($"http://127.0.0.1:{port}/dicom-web") }, "", replace: true);
        new ArchiveStore().Add(new ArchiveDefinition { Name = "itself", QidoUri = new Uri(server.Address, "/dicom-web") }, "", replace: true);
        var silent = await server.SendAsync(HttpMethod.Post, "/v1/archives/silent/test", null, HttpStatusCode.OK);
        Assert.Equal((false, "Silent", "NotRegistered"), ((bool?)silent["isReachable"], (string?)silent["qido"], (string?)silent["stow"]));

        // A server that answers 401 without being an archive: this one.
        var other = await server.SendAsync(HttpMethod.Post, "/v1/archives/itself/test", null, HttpStatusCode.OK);
        Assert.Equal((true, "Refuses"), ((bool?)other["isReachable"], (string?)other["qido"]));
    }

    [Fact]
    public async Task Archive_is_searched()
    {
        await using var orthanc = await RequiredServer.OrthancAsync();
        await using var server = await SidecarServer.StartAsync();
        foreach (var study in Enumerable.Range(1, 3))
        {
            await orthanc.UploadAsync(SampleInstance.Make($"1.2.3.{study}", $"1.2.3.{study}.1", $"1.2.3.{study}.1.1"));
        }

        new ArchiveStore().Add(new ArchiveDefinition { Name = "orthanc", QidoUri = orthanc.DicomWebRoot }, "", replace: true);
        var all = await server.SendAsync(HttpMethod.Post, "/v1/archives/orthanc/search", "{}", HttpStatusCode.OK);
        Assert.Equal(["1.2.3.1", "1.2.3.2", "1.2.3.3"], all["studies"]!.AsArray().Select(s => (string)s!["studyInstanceUid"]!).Order(StringComparer.Ordinal));
        Assert.True((bool)all["isWhole"]!);
        var some = await server.SendAsync(HttpMethod.Post, "/v1/archives/orthanc/search", """{ "most": 2 }""", HttpStatusCode.OK);
        Assert.Equal((2, false), (some["studies"]!.AsArray().Count, (bool)some["isWhole"]!));
        var one = await server.SendAsync(HttpMethod.Post, "/v1/archives/orthanc/search", """{ "studyInstanceUid": "1.2.3.2", "since": "1900-01-01" }""", HttpStatusCode.OK);
        Assert.InRange(one["studies"]!.AsArray().Count, 0, 1);
        await server.SendAsync(HttpMethod.Post, "/v1/archives/orthanc/search", """{ "most": 0 }""", HttpStatusCode.BadRequest);
        await server.SendAsync(HttpMethod.Post, "/v1/archives/orthanc/search", """{ "patientid": "P" }""", HttpStatusCode.BadRequest);
        await server.RequireHealthyAsync("1.2.3.2");
    }
}
