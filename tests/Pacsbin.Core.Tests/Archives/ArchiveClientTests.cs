using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Pacsbin.Archives;
using Pacsbin.Tests.Archives.Servers;
using Xunit;

namespace Pacsbin.Tests.Archives;

public sealed class ArchiveClientTests : ArchivingTests
{
    private const string Secret = "Tr0ub4dor-3";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Basic_and_bearer_go_with_every_request()
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(2);
        var basic = Definition(archive.DicomWebRoot) with { Authentication = ArchiveAuthentication.Basic, UserName = "müller" };
        archive.Faults.RequiredAuthorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"müller:{Secret}"));
        Assert.Equal(2, (await SendAsync(Client(basic, Secret)))!.Stored);
        archive.Faults.RequiredAuthorization = "Bearer " + Secret;
        Assert.True((await SendAsync(Client(Definition(archive.DicomWebRoot) with { Authentication = ArchiveAuthentication.Bearer }, Secret)))!.IsVerified);
        Assert.Empty(Failures);
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task Who_is_refused_does_not_try_again(int status)
    {
        await using var server = new ScriptedServer(e => e.RespondAsync(status));
        MakeApproved(2);
        var study = StudyOf(Destination);
        var send = new StudySend(Client(Definition(server.Address) with { QidoUri = null, Authentication = ArchiveAuthentication.Bearer }, Secret)) { ThrottleLimit = 1, Rejected = Fail };
        var error = await Assert.ThrowsAsync<PacsbinException>(() => send.RunAsync([study, study], _ => { }, cancellationToken: Cancel));
        Assert.Equal(PacsbinError.ArchiveRefused, error.Error);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_token_is_asked_for_once_and_anew_when_it_is_withdrawn()
    {
        var given = 0;
        await using var login = new ScriptedServer(e => e.RespondAsync(200, $$"""{"access_token":"token-{{++given}}","token_type":"Bearer","expires_in":3600}""", "application/json"));
        await using var archive = new ScriptedArchive();
        MakeApproved(4);
        var definition = Definition(archive.DicomWebRoot) with
        {
            Authentication = ArchiveAuthentication.OAuth2ClientCredentials, UserName = "client 7", TokenUri = new Uri(login.Address, "token"), Scope = "dicom.write",
        };
        archive.Faults.RequiredAuthorization = "Bearer token-1";
        var client = Client(definition, Secret);
        Assert.Equal(4, (await SendAsync(client, c => new StudySend(c) { RequestInstances = 1, Rejected = Fail }))!.Stored);
        var request = Assert.Single(login.Requests);
        Assert.Equal("grant_type=client_credentials&scope=dicom.write", Encoding.ASCII.GetString(request.Body!));
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes($"client%207:{Secret}")), request.Header("Authorization"));
        archive.Faults.RequiredAuthorization = "Bearer token-2";
        Assert.True((await SendAsync(client))!.IsVerified);
        Assert.Equal(2, login.Requests.Count);
        archive.Faults.RequiredAuthorization = "Bearer nobody";
        var error = await Assert.ThrowsAsync<PacsbinException>(() => SendAsync(client));
        Assert.Equal(PacsbinError.ArchiveRefused, error.Error);
        Assert.Equal(3, login.Requests.Count);
    }

    [Theory]
    [InlineData(401, "{}", PacsbinError.ArchiveRefused)]
    [InlineData(400, "{\"error\":\"invalid_client\"}", PacsbinError.ArchiveRefused)]
    [InlineData(200, "<html>", PacsbinError.ArchiveFailed)]
    [InlineData(200, "[1]", PacsbinError.ArchiveFailed)]
    [InlineData(200, "{\"access_token\":\"\"}", PacsbinError.ArchiveFailed)]
    [InlineData(200, "{\"access_token\":\"a\\r\\nb\"}", PacsbinError.ArchiveFailed)]
    [InlineData(500, "", PacsbinError.ArchiveFailed)]
    public async Task A_token_endpoint_that_gives_none_is_an_error(int status, string body, PacsbinError expected)
    {
        await using var login = new ScriptedServer(e => e.RespondAsync(status, body, "application/json"));
        await using var archive = new ScriptedArchive();
        var definition = Definition(archive.DicomWebRoot) with { Authentication = ArchiveAuthentication.OAuth2ClientCredentials, UserName = "c", TokenUri = login.Address };
        var error = await Assert.ThrowsAsync<PacsbinException>(() => SearchAsync(Client(definition, Secret)));
        Assert.Equal(expected, error.Error);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(archive.Server.Requests);
    }

    [Theory]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_to_the_same_server_is_followed(int status)
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(2);
        archive.Faults.RedirectStatus = status;
        var result = await SendAsync(Client(archive.DicomWebRoot));
        Assert.Equal((2, true), (result!.Stored, result.IsVerified));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    public async Task A_redirect_that_would_turn_storing_into_reading_is_not_followed(int status)
    {
        await using var archive = new ScriptedArchive();
        MakeApproved(2);
        archive.Faults.RedirectStatus = status;
        var result = await SendAsync(Client(Definition(archive.DicomWebRoot) with { QidoUri = null }));
        Assert.Equal(2, result!.Failed);
        Assert.Equal(PacsbinError.ArchiveFailed, Assert.Single(Failures).Error.Error);
        Assert.All(archive.Server.Requests, r => Assert.Equal("POST", r.Method));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    public async Task No_redirect_to_another_server_is_followed_and_nothing_goes_there(int status)
    {
        await using var archive = new ScriptedArchive();
        await using var other = new ScriptedArchive();
        MakeApproved(2);
        (archive.Faults.RedirectStatus, archive.Faults.RedirectOrigin) = (status, other.Server.Address);
        var client = Client(Definition(archive.DicomWebRoot) with { Authentication = ArchiveAuthentication.Bearer }, Secret);
        Assert.Equal(PacsbinError.ArchiveFailed, (await Assert.ThrowsAsync<PacsbinException>(() => SearchAsync(client))).Error);
        Assert.Equal(2, (await SendAsync(client))!.Failed);
        Assert.Equal(0, other.Server.Connections);
    }

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        await using var server = new ScriptedServer(e => e.RespondAsync(307, headers: ("Location", "/again")));
        Assert.Equal(PacsbinError.ArchiveFailed, (await Assert.ThrowsAsync<PacsbinException>(() => SearchAsync(Client(server.Address)))).Error);
        Assert.InRange(server.Requests.Count, 2, 8);
    }

    [Fact]
    public async Task A_silent_archive_is_not_waited_for_forever()
    {
        using var end = new CancellationTokenSource();
        await using var server = new ScriptedServer(async e =>
        {
            await e.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/dicom+json\r\nContent-Length: 100\r\n\r\n[");
            await Task.Delay(Timeout.InfiniteTimeSpan, end.Token);
        });
        using var client = new ArchiveClient(Store, Store.Add(Definition(server.Address), "", replace: true)) { RetryDelay = TimeSpan.FromMilliseconds(1), Patience = TimeSpan.FromMilliseconds(100) };
        var error = await Assert.ThrowsAsync<PacsbinException>(() => SearchAsync(client));
        Assert.Equal(PacsbinError.ArchiveFailed, error.Error);
        Assert.Contains("silent", error.Message, StringComparison.Ordinal);
        await end.CancelAsync();
    }

    [Fact]
    public async Task Nobody_there_is_an_error_that_says_so()
    {
        Uri address;
        await using (var server = new ScriptedServer(e => e.RespondAsync(200)))
        {
            address = server.Address;
        }

        var error = await Assert.ThrowsAsync<PacsbinException>(() => SearchAsync(Client(address)));
        Assert.Equal("The archive cannot be reached. It was tried 7 times.", error.Message);
    }

    [Fact]
    public async Task A_certificate_counts_by_its_authority_or_its_thumbprint_and_nothing_else()
    {
        using var made = new TestCertificates();
        await using var good = new ScriptedArchive(TlsFront.Options(made.Server));
        await using var foreign = new ScriptedArchive(TlsFront.Options(made.ForeignServer));
        await using var expired = new ScriptedArchive(TlsFront.Options(made.ExpiredServer));
        await using var otherHost = new ScriptedArchive(TlsFront.Options(made.OtherHostServer));
        var ca = TestCertificates.WriteCertificate(made.Authority, Temporary.Path, "ca");
        ArchiveDefinition Trusting(ScriptedArchive archive) => Definition(archive.DicomWebRoot) with { CaPath = ca };
        ArchiveDefinition Pinning(ScriptedArchive archive, System.Security.Cryptography.X509Certificates.X509Certificate2 certificate) =>
            Definition(archive.DicomWebRoot) with { Thumbprint = ArchiveTls.ThumbprintOf(certificate) };

        await SearchAsync(Client(Trusting(good)));
        await SearchAsync(Client(Pinning(good, made.Server)));
        await SearchAsync(Client(Pinning(foreign, made.ForeignServer)));
        foreach (var (definition, why) in new[]
        {
            (Definition(good.DicomWebRoot), "not trusted by this machine"), (Trusting(foreign), "not trusted by the registered authorities"), (Trusting(expired), "NotTimeValid"),
            (Trusting(otherHost), "another host"), (Pinning(good, made.ForeignServer), "not the one that is registered"), (Pinning(expired, made.ExpiredServer), "run out"),
        })
        {
            var error = await Assert.ThrowsAsync<PacsbinException>(() => SearchAsync(Client(definition)));
            Assert.Equal(PacsbinError.ArchiveRefused, error.Error);
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal([2, 1, 0, 0], new[] { good, foreign, expired, otherHost }.Select(a => a.Server.Requests.Count));
    }

    [Fact]
    public async Task The_pin_of_an_archive_is_not_that_of_a_token_endpoint_elsewhere()
    {
        using var made = new TestCertificates();
        await using var login = new ScriptedServer(e => e.RespondAsync(200, """{"access_token":"t"}""", "application/json"), TlsFront.Options(made.Server));
        await using var archive = new ScriptedArchive(TlsFront.Options(made.ForeignServer));
        archive.Faults.RequiredAuthorization = "Bearer t";
        var definition = Definition(archive.DicomWebRoot) with
        {
            Authentication = ArchiveAuthentication.OAuth2ClientCredentials, UserName = "c", Thumbprint = ArchiveTls.ThumbprintOf(made.ForeignServer),
            TokenUri = new UriBuilder(login.Address) { Host = "localhost" }.Uri,
        };
        Assert.Equal(PacsbinError.ArchiveRefused, (await Assert.ThrowsAsync<PacsbinException>(() => SearchAsync(Client(definition, Secret)))).Error);
        await SearchAsync(Client(definition with { CaPath = TestCertificates.WriteCertificate(made.Authority, Temporary.Path, "ca") }, Secret));
        Assert.Single(login.Requests);
    }

    [Fact]
    public async Task A_client_shows_its_certificate()
    {
        using var made = new TestCertificates();
        await using var archive = new ScriptedArchive(TlsFront.Options(made.Server, made.Authority));
        var definition = Definition(archive.DicomWebRoot) with { CaPath = TestCertificates.WriteCertificate(made.Authority, Temporary.Path, "ca") };
        await Assert.ThrowsAsync<PacsbinException>(() => SearchAsync(Client(definition)));
        var own = definition with { Authentication = ArchiveAuthentication.ClientCertificate, ClientCertificatePath = TestCertificates.WritePfx(made.Client, Temporary.Path, "client") };
        await SearchAsync(Client(own, TestCertificates.Password));
        Assert.Equal(PacsbinError.KeyMissing, Assert.Throws<PacsbinException>(() => Client(own, "wrong")).Error);
        await SearchAsync(Client(own with { ClientCertificatePath = TestCertificates.WriteCertificateWithKey(made.Client, Temporary.Path, "client2") }));
    }

    [Fact]
    public async Task A_test_tells_what_is_there_and_asks_for_nothing_of_a_patient()
    {
        using var made = new TestCertificates();
        await using var archive = new ScriptedArchive(TlsFront.Options(made.Server));
        archive.Add(SampleInstance.Make("1.2.3", "1.2.3.1", "1.2.3.1.1"));
        var definition = Definition(archive.DicomWebRoot) with { CaPath = TestCertificates.WriteCertificate(made.Authority, Temporary.Path, "ca"), WadoUri = null };
        var result = await new ArchiveTest(Client(definition)).RunAsync(Cancel);
        Assert.Equal((true, ServiceState.Answers, ServiceState.NotRegistered, ServiceState.Answers), (result.IsReachable, result.Qido, result.Wado, result.Stow));
        Assert.Null(result.Problem);
        Assert.StartsWith("Tls1", result.Tls, StringComparison.Ordinal);
        Assert.Equal(ArchiveTls.ThumbprintOf(made.Server), result.Thumbprint);
        Assert.Equal(made.Server.NotAfter.ToUniversalTime(), result.CertificateEnd!.Value.UtcDateTime, TimeSpan.FromSeconds(1));
        Assert.True(result.RoundTrip > TimeSpan.Zero);
        Assert.Single(archive.Instances);
    }

    [Fact]
    public async Task A_test_of_an_archive_that_is_not_trusted_shows_its_thumbprint_all_the_same()
    {
        using var made = new TestCertificates();
        await using var archive = new ScriptedArchive(TlsFront.Options(made.Server));
        var result = await new ArchiveTest(Client(archive.DicomWebRoot)).RunAsync(Cancel);
        Assert.Equal((false, ServiceState.Refuses), (result.IsReachable, result.Qido));
        Assert.Equal(ArchiveTls.ThumbprintOf(made.Server), result.Thumbprint);
        Assert.Contains("not trusted", result.Problem, StringComparison.Ordinal);
        Assert.Empty(archive.Server.Requests);
    }

    [Theory]
    [InlineData(401, ServiceState.Refuses)]
    [InlineData(200, ServiceState.Answers)]
    [InlineData(500, ServiceState.Unknown)]
    [InlineData(405, ServiceState.Unknown)]
    public async Task A_test_tells_services_that_refuse_from_those_that_are_something_else(int status, ServiceState expected)
    {
        await using var server = new ScriptedServer(e => e.RespondAsync(status));
        var result = await new ArchiveTest(Client(server.Address)).RunAsync(Cancel);
        Assert.Equal((expected, expected, expected), (result.Qido, result.Wado, result.Stow));
        Assert.Equal(status == 200, result.Problem is null);
    }

    [Fact]
    public async Task Old_versions_of_tls_are_not_spoken()
    {
        using var made = new TestCertificates();
#pragma warning disable SYSLIB0039, CA5397 // the very thing that is tested
        var old = new SslServerAuthenticationOptions { ServerCertificate = made.Server, EnabledSslProtocols = SslProtocols.Tls11 };
#pragma warning restore SYSLIB0039, CA5397
        await using var archive = new ScriptedArchive(old);
        var error = await Assert.ThrowsAsync<PacsbinException>(() => SearchAsync(Client(Definition(archive.DicomWebRoot) with { Thumbprint = ArchiveTls.ThumbprintOf(made.Server) })));
        Assert.True(error.Error is PacsbinError.ArchiveRefused or PacsbinError.ArchiveFailed);
        Assert.Empty(archive.Server.Requests);
    }

    private static async Task SearchAsync(ArchiveClient client)
    {
        await foreach (var _ in new ArchiveSearch(client).StudiesAsync(new StudyQuery(), Cancel))
        {
        }
    }
}
