using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pacsbin.Archives;

/// <summary>Whether a service of an archive answers.</summary>
public enum ServiceState
{
    /// <summary>The archive is registered without it.</summary>
    NotRegistered,

    /// <summary>It answers as the standard has it.</summary>
    Answers,

    /// <summary>It wants other credentials, or does not allow this.</summary>
    Refuses,

    /// <summary>The server answers, but not as this service.</summary>
    Unknown,

    /// <summary>There is no answer.</summary>
    Silent,
}

/// <summary>What can be told of an archive without fetching or storing anything.</summary>
/// <param name="Name">The archive.</param>
/// <param name="IsReachable">Whether any server answers.</param>
/// <param name="Tls">The TLS version; null for plain http, or without a connection.</param>
/// <param name="Thumbprint">SHA-256 of the server's certificate, as -Thumbprint takes it; shown also if it is not trusted.</param>
/// <param name="CertificateEnd">When the certificate runs out.</param>
/// <param name="Qido">Whether the archive can be searched.</param>
/// <param name="Wado">Whether instances can be fetched.</param>
/// <param name="Stow">Whether instances can be stored.</param>
/// <param name="RoundTrip">The time of one small request over an open connection.</param>
/// <param name="Problem">The first thing that is wrong; null if all is well.</param>
public sealed record ArchiveTestResult(
    string Name, bool IsReachable, string? Tls, string? Thumbprint, DateTimeOffset? CertificateEnd, ServiceState Qido, ServiceState Wado, ServiceState Stow, TimeSpan? RoundTrip, string? Problem);

/// <summary>Tries what can be tried of an archive with a UID that nobody has: nothing of a patient is asked for, and nothing is stored.</summary>
/// <param name="client">Asks the archive.</param>
public sealed class ArchiveTest(ArchiveClient client)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private string? problem;
    private TimeSpan? roundTrip;
    private bool isRefused;

    /// <summary>Tries.</summary>
    public async Task<ArchiveTestResult> RunAsync(CancellationToken cancellationToken = default)
    {
        var archive = client.Archive;
        var handshake = new Handshake(null, null, null);
        foreach (var root in new[] { archive.QidoUri, archive.WadoUri, archive.StowUri }.OfType<Uri>().Where(u => u.Scheme == Uri.UriSchemeHttps).Take(1))
        {
            handshake = await ShakeHandsAsync(root, cancellationToken).ConfigureAwait(false);
        }

        var uid = $"2.25.{new System.Numerics.BigInteger(RandomNumberGenerator.GetBytes(16), isUnsigned: true)}";
        var qido = await TryAsync(archive.QidoUri, $"studies?StudyInstanceUID={uid}&limit=1", Search, s => s is 200 or 204 or 404, cancellationToken).ConfigureAwait(false);
        var wado = await TryAsync(archive.WadoUri, $"studies/{uid}", Retrieve, s => s is 200 or 204 or 404 or 410, cancellationToken).ConfigureAwait(false);
        var stow = await TryAsync(archive.StowUri, "studies", Store, s => s is 200 or 202 or 204 or 400 or 409 or 415 or 422, cancellationToken).ConfigureAwait(false);
        return new ArchiveTestResult(archive.Name, client.HasAnswered, handshake.Protocol, handshake.Thumbprint, handshake.End, qido, wado, stow, roundTrip, problem);
    }

    private static HttpRequestMessage Search(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/dicom+json"));
        return request;
    }

    private static HttpRequestMessage Retrieve(Uri address)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", "multipart/related; type=\"application/dicom\"; transfer-syntax=*");
        return request;
    }

    /// <summary>A request to store nothing.</summary>
    private static HttpRequestMessage Store(Uri address)
    {
        var content = new ByteArrayContent("--none--\r\n"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", "multipart/related; type=\"application/dicom\"; boundary=none");
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/dicom+json"));
        return request;
    }

    private async Task<ServiceState> TryAsync(Uri? root, string resource, Func<Uri, HttpRequestMessage> make, Func<int, bool> isAnswer, CancellationToken cancellationToken)
    {
        if (root is null)
        {
            return ServiceState.NotRegistered;
        }

        if (isRefused)
        {
            return ServiceState.Refuses; // it would be, and archives lock out who tries too often
        }

        using var silence = new Silence(Patience, cancellationToken);
        try
        {
            var status = 0;
            for (var attempt = 0; attempt < 2; attempt++) // the first opens the connection, the second measures
            {
                var started = Stopwatch.GetTimestamp();
                using var response = await client.SendAsync(() => make(ArchiveDefinition.At(root, resource)), silence.Token).ConfigureAwait(false);
                await response.Content.CopyToAsync(Stream.Null, silence.Token).ConfigureAwait(false);
                status = (int)response.StatusCode;
                if (attempt > 0 && (roundTrip is null || Stopwatch.GetElapsedTime(started) < roundTrip))
                {
                    roundTrip = Stopwatch.GetElapsedTime(started);
                }
            }

            if (isAnswer(status))
            {
                return ServiceState.Answers;
            }

            problem ??= $"The archive answers {status} where {ServiceOf(make)} should.";
            return ServiceState.Unknown;
        }
        catch (PacsbinException e)
        {
            problem ??= e.Message;
            isRefused = e.Error == PacsbinError.ArchiveRefused;
            return isRefused ? ServiceState.Refuses : ServiceState.Unknown;
        }
        catch (Exception e) when (PassingFailureException.Of(e) is { } failure)
        {
            problem ??= failure.Message;
            return ServiceState.Silent;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            problem ??= "The archive was silent for too long.";
            return ServiceState.Silent;
        }
    }

    private static string ServiceOf(Func<Uri, HttpRequestMessage> make) => make.Method.Name switch
    {
        nameof(Search) => "QIDO-RS",
        nameof(Retrieve) => "WADO-RS",
        _ => "STOW-RS",
    };

    private async Task<Handshake> ShakeHandsAsync(Uri root, CancellationToken cancellationToken)
    {
        using var silence = new Silence(Patience, cancellationToken);
        string? thumbprint = null;
        DateTimeOffset? end = null;
        try
        {
            using var tcp = new TcpClient();
            await tcp.ConnectAsync(root.DnsSafeHost, root.Port, silence.Token).ConfigureAwait(false);
            var options = client.Tls.Options(root.IdnHost);
            var decide = options.RemoteCertificateValidationCallback!;
            options.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
            {
                if (certificate is not null)
                {
                    (thumbprint, end) = (ArchiveTls.ThumbprintOf(certificate), (certificate as X509Certificate2)?.NotAfter);
                }

                return decide(sender, certificate, chain, errors);
            };
            await using var tls = new SslStream(tcp.GetStream());
            await tls.AuthenticateAsClientAsync(options, silence.Token).ConfigureAwait(false);
            return new Handshake(tls.SslProtocol.ToString(), thumbprint, end);
        }
        catch (AuthenticationException)
        {
            problem ??= client.Tls.Refusal ?? "The TLS handshake failed; TLS 1.2 or later is needed.";
        }
        catch (Exception e) when (e is SocketException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Behind a proxy nothing is reached in this way; the services tell whether it is by the other.
        }

        return new Handshake(null, thumbprint, end);
    }

    private sealed record Handshake(string? Protocol, string? Thumbprint, DateTimeOffset? End);
}
