using Microsoft.Net.Http.Headers;
using Pacsbin.Sidecar.Problems;

namespace Pacsbin.Sidecar.Access;

/// <summary>Marks an endpoint that needs neither token nor session.</summary>
internal sealed class OpenToAll;

/// <summary>Lets requests in that are for this host, from no other page, and from somebody who may: in this order.</summary>
internal sealed class LocalAccess(RequestDelegate next, HostNames hosts, Sessions sessions)
{
    private const string Bearer = "Bearer ";

    /// <summary>The name of the session's cookie; browsers share cookies among the ports of a host.</summary>
    public static string CookieOf(HttpContext context) => FormattableString.Invariant($"pacsbin-{context.Connection.LocalPort}");

    public Task InvokeAsync(HttpContext context)
    {
        var refusal = Refuse(context);
        if (refusal == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return refusal is { } status ? ProblemAnswers.WriteAsync(context, status) : next(context);
    }

    private int? Refuse(HttpContext context)
    {
        if (!hosts.IsOwn(context))
        {
            return StatusCodes.Status421MisdirectedRequest;
        }

        if (context.Request.Headers.ContainsKey(HeaderNames.Origin) && !IsOwnOrigin(context))
        {
            return StatusCodes.Status403Forbidden;
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<OpenToAll>() is not null)
        {
            return null;
        }

        var authorization = context.Request.Headers.Authorization;
        if (authorization.Count > 0)
        {
            return authorization is [{ } given] && given.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && sessions.IsToken(given[Bearer.Length..].Trim()) ? null : StatusCodes.Status401Unauthorized;
        }

        if (!sessions.IsSession(context.Request.Cookies[CookieOf(context)]))
        {
            return StatusCodes.Status401Unauthorized;
        }

        // A browser sends the cookie whatever page asks, also one of another port of this host.
        return IsOfOwnPage(context) ? null : StatusCodes.Status403Forbidden;
    }

    private static bool IsOfOwnPage(HttpContext context)
    {
        var isSafe = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        return (isSafe || IsOwnOrigin(context)) && context.Request.Headers["Sec-Fetch-Site"] is [] or ["same-origin" or "none"];
    }

    private static bool IsOwnOrigin(HttpContext context) =>
        context.Request.Headers.Origin is [{ } origin] && origin.Equals($"{context.Request.Scheme}://{context.Request.Host}", StringComparison.OrdinalIgnoreCase);
}
