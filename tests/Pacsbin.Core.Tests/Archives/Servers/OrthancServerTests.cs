using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Xunit;

namespace Pacsbin.Tests.Archives.Servers;

public sealed class OrthancServerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Stored_bytes_are_those_sent_and_every_arrival_is_counted()
    {
        await using var orthanc = await RequiredServer.OrthancAsync(new() { CountsArrivals = true });
        var file = SampleInstance.Make("1.2.3", "1.2.3.1", "1.2.3.1.1");

        await orthanc.UploadAsync(file);
        var index = await orthanc.ChangeIndexAsync();
        await orthanc.UploadAsync(file);

        Assert.Equal(["1.2.3.1.1"], await orthanc.SopInstanceUidsAsync());
        Assert.Equal(file, await orthanc.StoredBytesAsync("1.2.3.1.1"));
        Assert.Equal(2, orthanc.Arrivals()["1.2.3.1.1"]);
        Assert.Equal(index, await orthanc.ChangeIndexAsync());
    }

    [Fact]
    public async Task Reset_leaves_nothing()
    {
        await using var orthanc = await RequiredServer.OrthancAsync(new() { CountsArrivals = true, Overwrites = true });
        await orthanc.UploadAsync(SampleInstance.Make("1.2.3", "1.2.3.1", "1.2.3.1.1"));
        await orthanc.UploadAsync(SampleInstance.Make("1.2.4", "1.2.4.1", "1.2.4.1.1", patient: "Q"));
        Assert.Equal(2, await orthanc.CountAsync());

        await orthanc.ResetAsync();

        Assert.Equal(0, await orthanc.CountAsync());
        Assert.Empty(orthanc.Arrivals());
    }

    [Fact]
    public async Task Dicomweb_asks_for_certificate_and_password()
    {
        using var certificates = new TestCertificates();
        await using var orthanc = await RequiredServer.OrthancAsync(new()
        {
            Certificate = certificates.Server,
            ClientAuthority = certificates.Authority,
            ControlCertificate = certificates.Client,
            Users = new Dictionary<string, string> { ["reader"] = "secret" },
        });
        using var trusting = Client(certificates.Authority, certificates.Client);
        using var nameless = Client(certificates.Authority, null);
        using var distrustful = Client(certificates.ForeignAuthority, certificates.Client);
        var studies = new Uri(orthanc.DicomWebRoot + "/studies");

        using var known = await orthanc.Control.GetAsync(studies, Cancel);
        using var unknown = await trusting.GetAsync(studies, Cancel);

        Assert.Equal(HttpStatusCode.OK, known.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => nameless.GetAsync(studies, Cancel));
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => distrustful.GetAsync(studies, Cancel));
        Assert.IsType<AuthenticationException>(refused.InnerException);
    }

    internal static HttpClient Client(X509Certificate2 authority, X509Certificate2? own)
    {
        var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(authority);
        handler.SslOptions.ClientCertificates = own is null ? null : [own];
        return new HttpClient(handler);
    }
}
