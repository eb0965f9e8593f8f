using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Pacsbin.Archives;

/// <summary>Decides whether a server is the archive, and shows it the client's certificate. Nothing turns this off.</summary>
internal sealed class ArchiveTls : IDisposable
{
    private readonly HashSet<string> hosts;
    private readonly string? thumbprint;
    private readonly X509Certificate2Collection? authorities;
    private readonly X509Certificate2? client;

    /// <param name="archive">Says what is trusted.</param>
    /// <param name="secret">The password of the client's certificate; null for none.</param>
    /// <exception cref="PacsbinException">FileNotFound, FileIo, FileAccessDenied, MalformedElement for a certificate's file; KeyMissing if its password is wrong.</exception>
    public ArchiveTls(ArchiveDefinition archive, string? secret)
    {
        hosts = new[] { archive.QidoUri, archive.WadoUri, archive.StowUri }.OfType<Uri>().Select(u => u.IdnHost).ToHashSet(StringComparer.OrdinalIgnoreCase);
        thumbprint = archive.Thumbprint;
        authorities = archive.CaPath is { } path ? LoadAuthorities(path) : null;
        client = archive.ClientCertificatePath is { } own ? LoadClient(own, secret) : null;
    }

    /// <summary>Why the last certificate was not accepted; null if it was.</summary>
    public string? Refusal { get; private set; }

    public SslClientAuthenticationOptions Options(string? host = null) => new()
    {
        TargetHost = host,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        RemoteCertificateValidationCallback = (sender, certificate, chain, errors) => IsTrusted((sender as SslStream)?.TargetHostName, certificate as X509Certificate2, chain, errors),
        ClientCertificates = client is null ? null : [client],
        LocalCertificateSelectionCallback = client is null ? null : (_, _, _, _, _) => client,
    };

    public void Dispose() => client?.Dispose();

    /// <summary>SHA-256 of a certificate, 64 hexadecimal digits.</summary>
    public static string ThumbprintOf(X509Certificate certificate) => Convert.ToHexStringLower(SHA256.HashData(certificate.GetRawCertData()));

    private bool IsTrusted(string? host, X509Certificate2? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        // What is registered is the archive's; a token endpoint elsewhere is also trusted if the machine trusts it.
        var isArchive = host is null || hosts.Contains(host);
        Refusal = certificate is null ? "The server shows no certificate."
            : !isArchive && errors == SslPolicyErrors.None ? null
            : isArchive && thumbprint is not null ? RefusalOfPinned(certificate)
            : errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) ? "The certificate is that of another host."
            : authorities is not null ? RefusalOfChain(certificate, chain)
            : errors == SslPolicyErrors.None ? null
            : "The certificate is not trusted by this machine" + (chain is null ? "." : $": {StatusOf(chain)}.");
        return Refusal is null;
    }

    /// <summary>Only whether it is the very certificate counts, and that it has not run out.</summary>
    private string? RefusalOfPinned(X509Certificate2 certificate) =>
        !CryptographicOperations.FixedTimeEquals(Convert.FromHexString(thumbprint!), SHA256.HashData(certificate.RawData)) ? "The certificate is not the one that is registered."
        : certificate.NotAfter < DateTime.Now ? "The certificate has run out."
        : null;

    private string? RefusalOfChain(X509Certificate2 certificate, X509Chain? shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities!);
        chain.ChainPolicy.ExtraStore.AddRange(shown?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // an authority of the hospital seldom answers
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // TLS server authentication, RFC 5280 4.2.1.12
        return chain.Build(certificate) ? null : $"The certificate is not trusted by the registered authorities: {StatusOf(chain)}.";
    }

    private static string StatusOf(X509Chain chain) =>
        string.Join(", ", chain.ChainStatus.Select(s => s.Status).Where(s => s != X509ChainStatusFlags.NoError).Distinct()) is { Length: > 0 } text ? text : "unknown reason";

    private static X509Certificate2Collection LoadAuthorities(string path) => Load(() =>
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPem(File.ReadAllText(path));
        return all.Count > 0 ? all : throw new CryptographicException();
    });

    private static X509Certificate2 LoadClient(string path, string? password) => Load(() =>
    {
        var bytes = File.ReadAllBytes(path);
        if (!bytes.AsSpan().StartsWith("-----"u8) && !bytes.AsSpan().StartsWith("Bag Attributes"u8))
        {
            return X509CertificateLoader.LoadPkcs12(bytes, password);
        }

        using var pem = password is null ? X509Certificate2.CreateFromPemFile(path) : X509Certificate2.CreateFromEncryptedPemFile(path, password);
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null); // Windows' TLS does not take a key that is in no file
    });

    private static T Load<T>(Func<T> load)
    {
        try
        {
            return load();
        }
        catch (CryptographicException)
        {
            throw new PacsbinException(PacsbinError.KeyMissing, "The file of a certificate holds none, or its password is wrong.");
        }
        catch (Exception e) when (PacsbinException.FromIo(e) is { } known)
        {
            throw known;
        }
    }
}
