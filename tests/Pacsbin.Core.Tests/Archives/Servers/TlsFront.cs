using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>Speaks TLS for a server on this machine that does not, as a reverse proxy does.</summary>
internal sealed class TlsFront : IAsyncDisposable
{
    private readonly Listener listener;
    private readonly SslServerAuthenticationOptions options;
    private readonly int target;

    /// <param name="target">The server's port on 127.0.0.1.</param>
    public TlsFront(int target, SslServerAuthenticationOptions options)
    {
        this.target = target;
        this.options = options;
        listener = new Listener(ServeAsync);
    }

    /// <summary>The port of TLS on 127.0.0.1.</summary>
    public int Port => listener.Port;

    /// <summary>How a server shows a certificate, and what it wants to see of its clients.</summary>
    /// <param name="clientAuthority">Who must have signed the client's certificate; null: it needs none.</param>
    /// <param name="protocols">The versions that the server speaks; none: the system's choice.</param>
    public static SslServerAuthenticationOptions Options(
        X509Certificate2 certificate, X509Certificate2? clientAuthority = null, SslProtocols protocols = SslProtocols.None)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificate = certificate,
            EnabledSslProtocols = protocols,
            ClientCertificateRequired = clientAuthority is not null,
        };
        if (clientAuthority is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            options.CertificateChainPolicy.CustomTrustStore.Add(clientAuthority);
        }

        return options;
    }

    public ValueTask DisposeAsync() => listener.DisposeAsync();

    private async Task ServeAsync(Socket socket, int number, CancellationToken stop)
    {
        using var client = new SslStream(new NetworkStream(socket));
        await client.AuthenticateAsServerAsync(options, stop);
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, target, stop);
        server.NoDelay = true;
        using var plain = server.GetStream();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var ended = await Task.WhenAny(plain.CopyToAsync(client, both.Token), client.CopyToAsync(plain, both.Token));
        await both.CancelAsync();
        await ended;
    }
}
