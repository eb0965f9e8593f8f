using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pacsbin.Tests.Archives.Servers;

/// <summary>Certificates made in memory: two authorities, and servers and a client that they vouch for.</summary>
internal sealed class TestCertificates : IDisposable
{
    /// <summary>The password of the client's PFX file.</summary>
    public const string Password = "open sesame";

    private static readonly string[] LoopbackNames = ["localhost", "127.0.0.1", "::1"];
    private readonly Lazy<X509Certificate2> server;
    private readonly Lazy<X509Certificate2> client;
    private readonly Lazy<X509Certificate2> expiredServer;
    private readonly Lazy<X509Certificate2> otherHostServer;
    private readonly Lazy<X509Certificate2> foreignAuthority;
    private readonly Lazy<X509Certificate2> foreignServer;

    public TestCertificates()
    {
        Authority = MakeAuthority("Test authority");
        foreignAuthority = new(() => MakeAuthority("Foreign authority"));
        server = new(() => Make(Authority, "localhost", LoopbackNames, isServer: true));
        client = new(() => Make(Authority, "client", [], isServer: false));
        expiredServer = new(() => Make(Authority, "localhost", LoopbackNames, isServer: true, endsInDays: -1));
        otherHostServer = new(() => Make(Authority, "other.invalid", ["other.invalid"], isServer: true));
        foreignServer = new(() => Make(foreignAuthority.Value, "localhost", LoopbackNames, isServer: true));
    }

    /// <summary>The authority that a client should be told to trust; it has its private key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>For localhost, 127.0.0.1 and ::1.</summary>
    public X509Certificate2 Server => server.Value;

    public X509Certificate2 Client => client.Value;

    /// <summary>As <see cref="Server"/>, but its time was over yesterday.</summary>
    public X509Certificate2 ExpiredServer => expiredServer.Value;

    /// <summary>For other.invalid alone.</summary>
    public X509Certificate2 OtherHostServer => otherHostServer.Value;

    /// <summary>An authority that nobody trusts.</summary>
    public X509Certificate2 ForeignAuthority => foreignAuthority.Value;

    /// <summary>As <see cref="Server"/>, but by the foreign authority.</summary>
    public X509Certificate2 ForeignServer => foreignServer.Value;

    /// <summary>Writes a certificate without its key, in PEM.</summary>
    /// <returns>The file's path.</returns>
    public static string WriteCertificate(X509Certificate2 certificate, string folder, string name) =>
        Write(Path.Join(folder, name), certificate.ExportCertificatePem() + "\n");

    /// <summary>Writes a private key in PEM.</summary>
    /// <returns>The file's path.</returns>
    public static string WriteKey(X509Certificate2 certificate, string folder, string name) =>
        Write(Path.Join(folder, name), KeyPem(certificate));

    /// <summary>Writes a certificate and its key in one PEM file, as Orthanc wants them.</summary>
    /// <returns>The file's path.</returns>
    public static string WriteCertificateWithKey(X509Certificate2 certificate, string folder, string name) =>
        Write(Path.Join(folder, name), $"{certificate.ExportCertificatePem()}\n{KeyPem(certificate)}");

    /// <summary>Writes a certificate with its key as a PFX file that <see cref="Password"/> opens.</summary>
    /// <returns>The file's path.</returns>
    public static string WritePfx(X509Certificate2 certificate, string folder, string name)
    {
        var path = Path.Join(folder, name);
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, Password));
        return path;
    }

    public void Dispose()
    {
        Authority.Dispose();
        foreach (var certificate in new[] { server, client, expiredServer, otherHostServer, foreignAuthority, foreignServer })
        {
            if (certificate.IsValueCreated)
            {
                certificate.Value.Dispose();
            }
        }
    }

    private static string Write(string path, string text)
    {
        File.WriteAllText(path, text);
        return path;
    }

    private static string KeyPem(X509Certificate2 certificate)
    {
        using var key = certificate.GetRSAPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem() + "\n";
    }

    private static X509Certificate2 MakeAuthority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
        return WithStoredKey(made);
    }

    private static X509Certificate2 Make(X509Certificate2 authority, string name, IEnumerable<string> hosts, bool isServer, int endsInDays = 10)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
        {
            if (IPAddress.TryParse(host, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(host);
            }
        }

        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        if (hosts.Any())
        {
            request.CertificateExtensions.Add(names.Build());
        }

        using var made = request.Create(authority, DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(endsInDays), RandomNumberGenerator.GetBytes(8));
        using var withKey = made.CopyWithPrivateKey(key);
        return WithStoredKey(withKey);
    }

    // Windows' TLS does not take keys that live in memory alone.
    private static X509Certificate2 WithStoredKey(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null, X509KeyStorageFlags.Exportable);
}
