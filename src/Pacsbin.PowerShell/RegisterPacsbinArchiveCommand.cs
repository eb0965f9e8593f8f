using System.Management.Automation;
using System.Security;
using Pacsbin.Archives;

namespace Pacsbin.PowerShell;

/// <summary>Registers an archive or a PACS that speaks DICOMweb, under a name.</summary>
/// <remarks>
/// <para>Get-DicomStudy, Receive-DicomStudy and Send-PacsbinStudy know it by this name. It is kept for the current user: in the application data, or in the folder that the environment variable
/// PACSBIN_ARCHIVES names, for service accounts and scheduled tasks.</para>
/// <para>A password, token or client secret is stored encrypted, bound to all else that is registered: if somebody changes the address in the file, it is not sent there. Better, for a service, is an
/// environment variable, of which only the name is stored. The secret is never shown.</para>
/// <para>TLS 1.2 or later and a certificate that this machine trusts are needed. For a certificate of your own, give the file of its authority with -CaFile, or the certificate's SHA-256 with -Thumbprint,
/// which Test-PacsbinArchive shows; check it with whoever runs the archive. There is no way to turn the check off. Plain http is for this machine only, unless -AllowHttp says otherwise.</para>
/// </remarks>
/// <example>
///   <code>Register-PacsbinArchive -Name pacs -Uri https://pacs.hospital.example/dicom-web -Authentication Basic -Credential (Get-Credential)</code>
///   Registers a PACS that wants user name and password, with one root for all services.
/// </example>
/// <example>
///   <code>Register-PacsbinArchive -Name teaching -StowUri https://teaching.example/api/dicom -Authentication Bearer -SecretVariable TEACHING_TOKEN</code>
///   Registers an archive that only takes studies, with a token in an environment variable.
/// </example>
/// <example>
///   <code>
///   Register-PacsbinArchive -Name research -Uri https://research.example/dicomweb -Authentication OAuth2ClientCredentials -TokenUri https://login.example/oauth2/token -Credential (Get-Credential client-7) -CaFile ./hospital-ca.pem
///   Test-PacsbinArchive research
///   </code>
///   Registers an archive with OAuth 2.0 and an authority of the hospital's own, and tries it.
/// </example>
/// <seealso cref="TestPacsbinArchiveCommand"/>
/// <seealso cref="GetPacsbinArchiveCommand"/>
/// <seealso cref="SendPacsbinStudyCommand"/>
/// <seealso cref="ReceiveDicomStudyCommand"/>
[Cmdlet(VerbsLifecycle.Register, "PacsbinArchive", DefaultParameterSetName = "Root", SupportsShouldProcess = true)]
[OutputType(typeof(PacsbinArchive))]
public sealed class RegisterPacsbinArchiveCommand : ArchiveCmdlet
{
    /// <summary>What you call it: up to 64 characters. Case does not matter.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The root of all three services, before /studies.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Root")]
    [ValidateNotNull]
    public Uri Uri { get; set; } = null!;

    /// <summary>The root of QIDO-RS, by which the archive is searched.</summary>
    [Parameter(ParameterSetName = "Services")]
    [ValidateNotNull]
    public Uri? QidoUri { get; set; }

    /// <summary>The root of WADO-RS, by which studies are fetched.</summary>
    [Parameter(ParameterSetName = "Services")]
    [ValidateNotNull]
    public Uri? WadoUri { get; set; }

    /// <summary>The root of STOW-RS, by which studies are stored.</summary>
    [Parameter(ParameterSetName = "Services")]
    [ValidateNotNull]
    public Uri? StowUri { get; set; }

    /// <summary>How the archive knows who asks.</summary>
    [Parameter]
    [PSDefaultValue(Value = ArchiveAuthentication.None)]
    public ArchiveAuthentication Authentication { get; set; }

    /// <summary>User name and password of Basic, or client id and client secret of OAuth2ClientCredentials.</summary>
    [Parameter]
    [ValidateNotNull]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>The token of Bearer.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>User name or client id, if the secret is in an environment variable.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? UserName { get; set; }

    /// <summary>The name of an environment variable that holds password, token, client secret, or the password of the client's certificate when the archive is used.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SecretVariable { get; set; }

    /// <summary>The token endpoint of OAuth 2.0.</summary>
    [Parameter]
    [ValidateNotNull]
    public Uri? TokenUri { get; set; }

    /// <summary>The scope that a token is asked for.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Scope { get; set; }

    /// <summary>The file with the client's certificate and its key: .pfx, or PEM. No character in it is a wildcard.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ClientCertificate { get; set; }

    /// <summary>The password of the client's certificate.</summary>
    [Parameter]
    [ValidateNotNull]
    public SecureString? CertificatePassword { get; set; }

    /// <summary>A PEM file with the authorities that may have signed the archive's certificate. No character in it is a wildcard.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CaFile { get; set; }

    /// <summary>SHA-256 of the only certificate that is accepted, 64 hexadecimal digits, with or without colons.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Thumbprint { get; set; }

    /// <summary>Lets plain http leave this machine. Whoever is on the way can read and change what is fetched and sent, the credentials too.</summary>
    [Parameter]
    public SwitchParameter AllowHttp { get; set; }

    /// <summary>Replaces an archive of the same name.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void EndProcessing()
    {
        var secret = SecretOf();
        var archive = new ArchiveDefinition
        {
            Name = Name,
            QidoUri = RootOf(QidoUri ?? Uri),
            WadoUri = RootOf(WadoUri ?? Uri),
            StowUri = RootOf(StowUri ?? Uri),
            Authentication = Authentication,
            UserName = Credential?.UserName ?? UserName,
            SecretVariable = SecretVariable,
            TokenUri = TokenUri,
            Scope = Scope,
            ClientCertificatePath = PathOf(ClientCertificate),
            CaPath = PathOf(CaFile),
            Thumbprint = Thumbprint?.Replace(":", "", StringComparison.Ordinal).ToUpperInvariant(),
            AllowHttp = AllowHttp,
        };
        if ((archive with { ProtectedSecret = secret is null ? null : "" }).Problem() is { } problem)
        {
            ThrowTerminatingError(new ErrorRecord(new PSArgumentException(problem), "InvalidArgument", ErrorCategory.InvalidArgument, Name));
        }

        if (AllowHttp && new[] { archive.QidoUri, archive.WadoUri, archive.StowUri, TokenUri }.Any(u => u is { IsLoopback: false } && u.Scheme == System.Uri.UriSchemeHttp))
        {
            WriteWarning("Without TLS others on the network can read and change what is fetched and sent, the credentials too.");
        }

        if (ShouldProcess(Name, "Register the archive"))
        {
            var added = secret is null
                ? Attempt(Name, s => s.Add(archive, [], Force))
                : Attempt(Name, s => SecretKey.Use(secret, text => s.Add(archive, text, Force)));
            WriteObject(PacsbinArchive.Of(added));
        }
    }

    private SecureString? SecretOf()
    {
        var given = new[] { Credential?.Password, Token, CertificatePassword }.Where(s => s is { Length: > 0 }).ToList();
        if (given.Count + (SecretVariable is null ? 0 : 1) > 1)
        {
            ThrowTerminatingError(new ErrorRecord(
                new PSArgumentException("Give one of -Credential, -Token, -CertificatePassword and -SecretVariable."), "InvalidArgument", ErrorCategory.InvalidArgument, Name));
        }

        return given.FirstOrDefault();
    }

    /// <summary>The root, also of an address that somebody has copied with /studies.</summary>
    private static Uri? RootOf(Uri? uri) =>
        uri is { IsAbsoluteUri: true, Query: "", Fragment: "" } && uri.AbsolutePath.TrimEnd('/').EndsWith("/studies", StringComparison.Ordinal) ? new Uri(uri.AbsoluteUri.TrimEnd('/')[..^"/studies".Length]) : uri;

    private string? PathOf(string? path)
    {
        try
        {
            return path is null ? null
                : SourcePaths.Resolve(this, path) is var full && File.Exists(full) ? full
                : throw new PacsbinException(PacsbinError.FileNotFound, "The file does not exist.");
        }
        catch (PacsbinException e)
        {
            ThrowTerminatingError(ErrorRecords.Of(e, path!));
            throw;
        }
    }
}
