using Pacsbin.Sidecars;

namespace Pacsbin.PowerShell;

/// <summary>A sidecar of the user that runs.</summary>
/// <param name="ProcessId">Its process.</param>
/// <param name="Url">Where it answers; /openapi/v1.json describes how, and / is the review page.</param>
/// <param name="Started">When it was started.</param>
/// <param name="IsReady">Whether it can work: its folders are there.</param>
/// <param name="Workspace">Its workspace; null for none.</param>
/// <param name="TokenPath">The file with its token, which only the user can read.</param>
/// <param name="LoginUrl">A link that logs a browser in, once, within five minutes; null if none was asked for.</param>
public sealed record PacsbinSidecar(int ProcessId, Uri Url, DateTime Started, bool IsReady, string? Workspace, string TokenPath, Uri? LoginUrl)
{
    /// <summary>Where it answers; never a link that logs in.</summary>
    public override string ToString() => Url.ToString();

    internal static PacsbinSidecar Of(SidecarRecord record, bool withLogin, CancellationToken cancellationToken)
    {
        using var client = new SidecarClient(record.Address, record.TokenPath);
        var isReady = client.IsReady(cancellationToken);
        var login = withLogin ? client.Send(HttpMethod.Post, "/v1/login-links", null, cancellationToken) : null;
        return new PacsbinSidecar(record.ProcessId, record.Address, record.Started.LocalDateTime, isReady, record.Workspace, record.TokenPath, login is null ? null : new Uri((string)login["url"]!));
    }
}
