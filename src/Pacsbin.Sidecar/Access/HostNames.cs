using System.Net;
using System.Net.Sockets;

namespace Pacsbin.Sidecar.Access;

/// <summary>The names under which clients may ask. A page elsewhere whose name is made to lead here (DNS rebinding) asks under its own.</summary>
internal sealed class HostNames(SidecarOptions options)
{
    private readonly HashSet<string> names = new(
        ["localhost", "127.0.0.1", "[::1]", .. options.HostNames, .. options.Addresses.Where(IsOne).Select(a => a.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{a}]" : a.ToString())],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a request is for this sidecar, by name and port.</summary>
    public bool IsOwn(HttpContext context) =>
        context.Request.Host is { HasValue: true } host
        && names.Contains(host.Host)
        && (host.Port ?? (context.Request.IsHttps ? 443 : 80)) == context.Connection.LocalPort;

    private static bool IsOne(IPAddress address) => !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any);
}
